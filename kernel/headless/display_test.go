package headless

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/notebook"
)

// A script prints what can be printed and asks its terminal.
func TestScriptDisplay(t *testing.T) {
	const src = `package main

import (
	"fmt"

	"fourmlab/kernel/display"
)

func main() {
	h := display.Show([]int{1, 2})
	h.Update(display.HTML("<p>a &lt; <b>b</b></p>"))
	display.Clear(false)
	p := display.Progress("work", 3)
	for i := 0; i < 3; i++ {
		p.Step()
	}
	name, secret := display.Input("Name? "), display.Password("Secret? ")
	var rest string
	fmt.Scanln(&rest)
	fmt.Println(name, secret, rest)
	display.OnComm("a", func(c *display.Comm, data map[string]interface{}) {})
	c := display.OpenComm("a", nil)
	c.Send(map[string]interface{}{"x": 1})
	c.Close()
	display.Input("More? ")
}
`
	path := filepath.Join(t.TempDir(), "script.go")
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"yaegi", "ssa"} {
		c := exec.Command(os.Args[0], "run", engine, path)
		var out, errs bytes.Buffer
		c.Stdin, c.Stdout, c.Stderr = strings.NewReader("Zoë B\r\nfour\nrest\n"), &out, &errs
		if err := c.Run(); err == nil {
			t.Errorf("%s: input that has ended is no error", engine)
		}
		if out.String() != "[1 2]\na < b\nZoë B four rest\n" {
			t.Errorf("%s printed %q", engine, out.String())
		}
		for _, w := range []string{"work 3/3 (100%)", "Name? Secret? More? ", `display.Input: no answer to "More? ": standard input has ended`} {
			if !strings.Contains(errs.String(), w) {
				t.Errorf("%s: no %q in %q", engine, w, errs.String())
			}
		}
	}
}

// A notebook without a front end keeps what a front end would show.
func TestNotebookDisplay(t *testing.T) {
	dir := t.TempDir()
	in := kerneltest.Notebook(t, dir,
		"fmt.Println(1)\ndisplay.Clear(true)\ndisplay.Show(2)",
		"display.Show(1)\ndisplay.Clear(false)",
		"display.Show(1)\ndisplay.Clear(true)",
		"p := display.Progress(\"work\", 1000)\nfor range 1000 { p.Step() }",
		"type Row struct{ A int; B string }\n[]Row{{1, \"<b>\"}}",
		"display.Input(\"Name? \")",
	)
	out, page := filepath.Join(dir, "out.ipynb"), filepath.Join(dir, "out.html")
	_, err := executeTo(context.Background(), in, out, page, Options{})
	if err == nil || !strings.Contains(err.Error(), "display.Input: no answer to \"Name? \": nobody is here to answer") {
		t.Errorf("a question to nobody: %v", err)
	}
	nb, err := notebook.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{"2"}, {}, {"1"}, {"work 1,000/1,000 (100%)"}, {"[]Row, 1 row\n   A  B\n0  1  <b>"}} {
		outputs := nb.Cells[i].Outputs
		if len(outputs) != len(want) {
			t.Errorf("cell %d: %v, expected %q", i+1, outputs, want)
			continue
		}
		for j, w := range want {
			if outputs[j].Data() == nil || !strings.HasPrefix(outputs[j].Text(), w) {
				t.Errorf("cell %d: %v, expected %q", i+1, outputs[j], w)
			}
		}
	}
	if html, err := os.ReadFile(page); err != nil || !strings.Contains(string(html), ">&lt;b&gt;</td>") || !strings.Contains(string(html), "<progress") {
		t.Errorf("no table or no bar in the page, %v", err)
	}
	validate(t, out)
}
