// Gosuite asks Go's own test programs whether the session runs the language:
// each becomes a cell of a notebook in a process of its own, or with -scripts a
// script, as "fourm run" runs it. docs/kernel.md says which programs are chosen
// and lists those that fail, each with its reason; a failure that is not listed
// there is an error.
//
//	go run ./kernel/gosuite             # from the top of the project
//	go run ./kernel/gosuite -scripts    # make go-suite does both
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// least is how many programs of Go 1.26 must pass.
	least = 790
	// limit is how long a program may take.
	limit = 20 * time.Second
	// abreast is how many run at a time.
	abreast = 2

	listed = "docs/kernel.md"
	report = "out/go-suite%s.txt"
)

// form is what programs are run as.
type form struct{ word, suffix string }

var (
	cells   = form{"cell", ""}
	scripts = form{"script", "-scripts"}
)

// result is what became of a program.
type result struct {
	name string // below the test directory, with slashes
	why  string // "" when it passed
	took time.Duration
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == cells.word {
		os.Exit(runCell(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == scripts.word {
		os.Exit(runScript(os.Args[2]))
	}
	as := cells
	if len(os.Args) == 2 && os.Args[1] == "-scripts" {
		as = scripts
	} else if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "gosuite: no arguments but -scripts")
		os.Exit(2)
	}
	if err := suite(as); err != nil {
		fmt.Fprintln(os.Stderr, "gosuite:", err)
		os.Exit(1)
	}
}

func suite(as form) error {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "test")
	if _, err := os.Stat(root); err != nil {
		fmt.Printf("skipped: this Go came without its test programs (no %s)\n", root)
		return nil
	}
	text, err := os.ReadFile(listed)
	if err != nil {
		return fmt.Errorf("the list of known failures: %w", err)
	}
	known := reasons(string(text))
	names, err := choose(root)
	if err != nil {
		return err
	}
	results, err := runAll(as, root, names)
	if err != nil {
		return err
	}
	return judge(as, results, known)
}

// runAll runs the programs, a few at a time.
func runAll(as form, root string, names []string) ([]result, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	results := make([]result, len(names))
	next := make(chan int)
	var wg sync.WaitGroup
	for range abreast {
		wg.Go(func() {
			for i := range next {
				begun := time.Now()
				why := runOne(self, as, root, names[i])
				results[i] = result{names[i], why, time.Since(begun)}
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	return results, nil
}

// runOne runs a program in a process of its own and says why it failed, or "".
func runOne(self string, as form, root, name string) string {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, as.word, name)
	cmd.Dir = root
	var got bytes.Buffer
	cmd.Stdout, cmd.Stderr = &got, &got // as Go's own runner compares them
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Sprintf("did not end within %v", limit)
	case err != nil:
		return fmt.Sprintf("%v: %s", err, lastLine(got.String()))
	}
	want, err := os.ReadFile(filepath.Join(root, strings.TrimSuffix(name, ".go")+".out"))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	if err != nil {
		return err.Error()
	}
	if !bytes.Equal(bytes.ReplaceAll(got.Bytes(), []byte("\r\n"), []byte("\n")), want) {
		return "printed something else than its .out"
	}
	return ""
}

// lastLine is where a program says why it ended.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// judge prints the failures and the summary, and writes the list.
func judge(as form, results []result, known map[string]string) error {
	var list strings.Builder
	passed, unlisted := 0, 0
	for _, r := range results {
		reason, isKnown := known[r.name]
		line := fmt.Sprintf("ok   %s %.1fs", r.name, r.took.Seconds())
		switch {
		case r.why == "" && isKnown:
			passed++
			fmt.Printf("passes, though %s lists it: %s\n", listed, r.name)
		case r.why == "":
			passed++
		case isKnown:
			line = fmt.Sprintf("fail %s %.1fs: %s (known: %s)", r.name, r.took.Seconds(), r.why, reason)
			fmt.Println(line)
		default:
			unlisted++
			line = fmt.Sprintf("FAIL %s %.1fs: %s", r.name, r.took.Seconds(), r.why)
			fmt.Println(line)
		}
		list.WriteString(line + "\n")
	}
	summary := fmt.Sprintf("%d of %d passed as %ss", passed, len(results), as.word)
	report := fmt.Sprintf(report, as.suffix)
	fmt.Println(summary)
	if err := os.MkdirAll(filepath.Dir(report), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(report, []byte(list.String()+summary+"\n"), 0o644); err != nil {
		return err
	}
	switch {
	case unlisted > 0:
		return fmt.Errorf("%d programs fail that %s does not list", unlisted, listed)
	case passed < least:
		return fmt.Errorf("%d programs passed, expected at least %d", passed, least)
	}
	return nil
}
