package notebook

import (
	"encoding/json"
	"go/format"
	"strings"
	"testing"
)

// told is what a cell is to a person: its kind, text, metadata, attachments.
func told(t *testing.T, c *Cell) string {
	t.Helper()
	source := c.Source
	if c.Kind == "code" && !c.Tagged("skip-execution") {
		source = formatted(source)
	}
	meta, err := object(c.rest, "metadata")
	if err != nil {
		t.Fatal(err)
	}
	return c.Kind + " " + string(encoded(meta)) + " " + string(c.rest["attachments"]) + "\n" + source
}

// formatted is code as gofmt has it; commands stay as they are.
func formatted(code string) string {
	lines := strings.Split(code, "\n")
	n := head(lines)
	text := strings.Join(lines[n:], "\n")
	out, err := format.Source([]byte(text))
	if err != nil {
		return strings.TrimRight(code, "\n")
	}
	return strings.TrimRight(strings.Join(append(lines[:n:n], strings.TrimLeft(string(out), "\n")), "\n"), "\n")
}

func ofJSON(t *testing.T, cells ...map[string]any) *File {
	t.Helper()
	for _, c := range cells {
		if c["cell_type"] == nil {
			c["cell_type"] = "code"
		}
		if c["metadata"] == nil {
			c["metadata"] = map[string]any{}
		}
	}
	data, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": cells})
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

// What is written in a notebook is in it again after it was a program.
func TestThereAndBack(t *testing.T) {
	text := func(kind, s string) map[string]any { return map[string]any{"cell_type": kind, "source": s} }
	code := func(s string, tags ...string) map[string]any {
		c := map[string]any{"source": s}
		if tags != nil {
			c["metadata"] = map[string]any{"tags": tags}
		}
		return c
	}
	nb := ofJSON(t,
		text("markdown", "# Title\n\nhard  \nbreak\n\n    code\n\n// %% not a mark\n%% [markdown] 3\nkernel: x\n\\%% y\nends in ¶\ntab\t\n\n\nend\n\n"),
		text("markdown", ""), text("markdown", "\n\nlead"), text("raw", "raw <text>\n%% 9\n"),
		map[string]any{"cell_type": "markdown", "source": "![p](attachment:p.png)", "attachments": map[string]any{"p.png": map[string]any{"image/png": "AAAA"}}},
		code(""), code("// only a comment"), code("/* block\n   indented */"), code("import \"math\""),
		code("// %% 3 in code\nx := 1 // %% 4 beside\n// kernel: %time\n// \\%% escaped\nx"),
		code("%time\ny := math.Sqrt(2) /* beside */\nfmt.Println(y)", "keep", "two words"),
		code("%time z := 3"), code("z"), code("fmt.Println?"), code("%%time\nfmt.Println(\"all\")"), code("$ echo \"it's `a`\"\nfmt.Println(1) // %% after"),
		code("s := `multi\n\tline\n// %% 3\nend`\nfmt.Println(s)"),
		code("fmt.Println(\"never\")  \n`raw\n%% x`\n\n", "skip-execution"), code("", "skip-execution"), code("this is no Go", "skip-execution"),
		map[string]any{"source": "1", "metadata": map[string]any{"collapsed": true, "odd key": []any{1, " x=y "}, "jupyter": map[string]any{"source_hidden": true}}},
		code("import (\n\t\"strconv\"\n\n\t// a note\n\tstr \"strings\"\n)\n\nstr.ToUpper(strconv.Itoa(3))"),
		code("a, err := strconv.Atoi(\"3\")\nif err != nil {\n\treturn\n}\ndefer fmt.Println(\"deferred\", a)\nb := a + 1\nb"),
		code("func sum() int { return a + b }"), code("sum()"),
		code("outer:\n\tfor {\n\t\tbreak outer\n\t}"), code("outer:\n\tfor {\n\t\tbreak outer\n\t}\nq := 3\nq"),
		code("var p []int\np[3] = 1", "raises-exception"), code("undefined + 1", "raises-exception"),
	)
	src, err := nb.Script()
	if err != nil {
		t.Fatal(err)
	}
	back, err := FromScript("a.go", src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	if len(back.Cells) != len(nb.Cells) {
		t.Errorf("%d cells, expected %d", len(back.Cells), len(nb.Cells))
	}
	for i := range min(len(back.Cells), len(nb.Cells)) {
		if got, want := told(t, back.Cells[i]), told(t, nb.Cells[i]); got != want {
			t.Errorf("cell %d came back as\n%s\nfrom\n%s", i+1, got, want)
		}
	}
	again, err := back.Script()
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(src) {
		t.Errorf("the program of it is\n%s\nexpected\n%s", again, src)
	}
	if t.Failed() {
		t.Logf("%s", src)
	}
}

// A cell that may fail does not end the program.
func TestMayFail(t *testing.T) {
	fails := map[string]any{"tags": []string{"raises-exception"}}
	nb := ofJSON(t, map[string]any{"source": "var p []int"}, map[string]any{"source": "q := 1\nfmt.Println(\"before\", q)\np[3] = 1\nfmt.Println(\"never\")", "metadata": fails},
		map[string]any{"source": "fmt.Println(\"behind\", q)"}, map[string]any{"source": "\"value\"", "metadata": fails}, map[string]any{"source": "", "metadata": fails})
	src, err := nb.Script()
	if err != nil {
		t.Fatal(err)
	}
	back, err := FromScript("a.go", src)
	if err != nil {
		t.Fatal(err)
	}
	for i := range nb.Cells {
		if got, want := told(t, back.Cells[i]), told(t, nb.Cells[i]); got != want {
			t.Errorf("cell %d came back as\n%s\nfrom\n%s\n%s", i+1, got, want, src)
		}
	}
	b := newBuild(t)
	b.add(0, string(src))
	if got := b.run()[0]; got != "before 1\nbehind 1\nvalue\n" {
		t.Errorf("printed %q\n%s", got, src)
	}
}
