package engine_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
	"fourmlab/kernel/worker"
)

// adder is a small engine: it adds up the whole numbers of a cell.
type adder struct{ options engine.Options }

func (adder) Run(_ context.Context, n int, code string) engine.Result {
	sum := 0
	for _, word := range strings.Fields(code) {
		x, err := strconv.Atoi(word)
		if err != nil {
			return engine.Result{Err: &engine.Failure{Name: "compile error", Value: fmt.Sprintf("In [%d]: %s is no whole number", n, word)}}
		}
		sum += x
	}
	return engine.Result{Values: []any{sum}}
}

func (adder) Interrupt()        {}
func (adder) Interrupted() bool { return false }
func (adder) Complete(code string, at int) engine.Completion {
	return engine.Completion{From: at, To: at}
}
func (adder) Inspect(string, int, bool) map[string]string { return nil }
func (adder) Whole(string) (engine.Status, string)        { return engine.Complete, "" }
func (adder) Close() error                                { return nil }

// TestMain lets the test binary be a worker whose cells are sums.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := worker.Run(func(o engine.Options) engine.Engine { return adder{o} }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A worker runs whatever engine it is given. What an engine does not offer is
// told to the person who asks for it.
func ExampleEngine() {
	p, err := link.Start(link.Options{Print: func(_, text string, _ int) { fmt.Print(text) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	for i, code := range []string{"40 2", "1 x", "%who", "%get example.org/m", "%%yaegi\n1", "%timeit 1", "%reset", "7"} {
		reply, _ := p.Ask(link.RunCell{Number: i + 1, Code: code})
		r := reply.(link.Result)
		switch {
		case r.Failure != nil:
			fmt.Println(r.Failure)
		case r.Data != nil: // %reset shows nothing
			fmt.Println(r.Data["text/plain"])
		}
	}
	// Output:
	// 42
	// compile error: In [2]: x is no whole number
	// command error: In [3]: %who: this engine does not tell what is defined
	// command error: In [4]: %get: this engine fetches no modules
	// command error: In [5]: %yaegi: this engine has no yaegi
	// command error: In [6]: %timeit: this engine cannot be called by cells
	// 7
}
