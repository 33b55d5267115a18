package link_test

import (
	"bufio"
	"bytes"
	"fmt"
	"testing"

	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/link"
)

func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

// A worker runs two cells, and tells what they show and end in.
func ExampleStart() {
	p, err := link.Start(link.Options{
		Print: func(name, text string, _ int) { fmt.Printf("%s: %q\n", name, text) },
		Event: func(_ *link.Process, _ int, e link.Event) {
			if d, is := e.(link.Display); is {
				fmt.Println("shown:", d.Data["text/plain"])
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	for i, code := range []string{"x := 41\nfmt.Println(x)\ndisplay.Show(x)\nx + 1", "nope"} {
		reply, alive := p.Ask(link.RunCell{Number: i + 1, Code: code})
		if !alive {
			fmt.Println(p.Failure())
			return
		}
		if r := reply.(link.Result); r.Failure != nil {
			fmt.Println("failed:", r.Failure)
		} else {
			fmt.Println("result:", r.Data["text/plain"])
		}
	}
	// Output:
	// stdout: "41\n"
	// shown: 41
	// result: 42
	// failed: compile error: In [2]:1:1: undefined: nope
}

// Messages are values that either end knows by their types.
func ExampleReadEvent() {
	var pipe bytes.Buffer
	link.WriteEvent(&pipe, link.Head{Cell: 3}, link.Clear{Wait: true})
	link.WriteEvent(&pipe, link.Head{Cell: 3}, link.Display{ID: "a", Bundle: link.Bundle{Data: map[string]any{"text/plain": "a picture", "image/png": []byte("\x89PNG")}}})
	pipe.WriteString("{\"Kind\":\"Dance\"}\n{}\n")
	in := bufio.NewReader(&pipe)
	for {
		h, e, err := link.ReadEvent(in)
		if err != nil {
			fmt.Println(err)
			return
		}
		switch e := e.(type) {
		case link.Clear:
			fmt.Println("cell", h.Cell, "clears, and waits:", e.Wait)
		case link.Display:
			fmt.Println("cell", h.Cell, "shows", e.Data["text/plain"], e.Data["image/png"])
		}
	}
	// Output:
	// cell 3 clears, and waits: true
	// cell 3 shows a picture iVBORw==
	// link: no message "Dance"
}
