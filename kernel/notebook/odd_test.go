package notebook

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python runs a program of nbformat's; where there is none the test is skipped.
func python(t *testing.T, program string, args ...string) string {
	t.Helper()
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import nbformat").Run() != nil {
		t.Skip("no nbformat to judge (Debian: apt install python3-nbformat)")
	}
	c := exec.Command(python, append([]string{"-W", "ignore", "-c", program}, args...)...)
	out, err := c.Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			err = &judged{string(exit.Stderr)}
		}
		t.Errorf("nbformat: %v", err)
	}
	return string(out)
}

type judged struct{ said string }

func (j *judged) Error() string { return j.said }

// oddFiles are notebooks as people have them, which nbformat does not take as
// they are, or has to upgrade.
var oddFiles = map[string]string{
	"null metadata":     `{"nbformat": 4, "nbformat_minor": 4, "metadata": null, "cells": [{"cell_type": "code", "metadata": null, "source": "1", "outputs": [], "execution_count": null}]}`,
	"empty metadata":    `{"nbformat": 4, "nbformat_minor": 4, "metadata": [], "cells": [{"cell_type": "markdown", "metadata": [], "source": "1", "outputs": [], "execution_count": null, "attachments": null}]}`,
	"stars":             `{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, "source": "1", "execution_count": "*", "outputs": [{"output_type": "execute_result", "execution_count": "*", "metadata": {}, "data": {"text/plain": "1"}}]}]}`,
	"ids":               `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"id": "cell-2", "cell_type": "raw", "metadata": {}, "source": "1"}, {"cell_type": "raw", "metadata": {}, "source": "2"}, {"id": "a", "cell_type": "raw", "metadata": {}, "source": "3"}, {"id": "a", "cell_type": "raw", "metadata": {}, "source": "4"}, {"id": "no id!", "cell_type": "raw", "metadata": {}, "source": "5"}, {"id": 7, "cell_type": "raw", "metadata": {}, "source": "6"}, {"id": null, "cell_type": "raw", "metadata": {}, "source": "7"}]}`,
	"a mark before it":  "\ufeff" + `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}`,
	"NaN":               `{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": NaN, "b": [-Infinity, Infinity, "NaN \" Infinity"], "n": 12345678901234567890, "x": 1e400}, "cells": [{"id": "a", "cell_type": "code", "metadata": {"c": NaN}, "source": "NaN", "execution_count": 1, "outputs": [{"output_type": "display_data", "metadata": {"d": NaN}, "data": {"application/json": {"v": NaN, "big": 12345678901234567890, "one": 1.0}, "text/plain": "NaN"}}]}]}`,
	"nothing there":     `{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code"}, {"cell_type": "markdown", "source": null}, {"cell_type": "raw", "source": []}, {"cell_type": "code", "source": ["a\n", "b"], "outputs": null}]}`,
	"tags":              `{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {"tags": "parameters"}, "source": "1", "outputs": [], "execution_count": null}, {"cell_type": "code", "metadata": {"tags": null}, "source": "1", "outputs": [], "execution_count": null}, {"cell_type": "raw", "metadata": {"tags": ["a,b", "a", "", 3]}, "source": "1"}]}`,
	"outputs":           `{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, "source": "1", "execution_count": 2.0, "outputs": [{}, {"output_type": "stream", "text": ["a"]}, {"output_type": "error"}, {"output_type": "error", "traceback": "one text", "ename": null}, {"output_type": "display_data", "data": null, "metadata": null}, {"output_type": "poem", "verse": 1}, {"data": {"text/plain": "x"}}, {"output_type": "pyout", "text": "3", "prompt_number": 4}]}]}`,
	"versions to come":  `{"nbformat": 4, "nbformat_minor": 9, "metadata": {}, "cells": [{"id": "a", "cell_type": "raw", "metadata": {}, "source": "1"}]}`,
	"version 3":         `{"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "T", "signature": "s", "kept": 1}, "worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "metadata": {}, "source": ["A\n", "B"]}, {"cell_type": "code", "language": "python", "collapsed": true, "metadata": {"m": 1}, "input": ["1\n", "2"], "prompt_number": 4, "outputs": [{"output_type": "pyout", "prompt_number": 4, "text": ["3"], "html": "<b>", "metadata": {"png": {"width": 3}}}, {"output_type": "stream", "stream": "stderr", "text": "e"}, {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]}, {"output_type": "display_data", "metadata": {}, "png": "AAAA", "svg": "<svg/>", "json": "{\"a\": [1, 2.5]}"}]}, {"cell_type": "markdown", "metadata": {}, "source": "m"}, {"cell_type": "raw", "metadata": {}, "source": "r"}]}, {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "second"}]}]}`,
	"version 3, sparse": `{"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": "x", "outputs": []}, {"cell_type": "heading", "source": "H"}]}]}`,
	"version 2":         `{"nbformat": 2, "metadata": {"name": "T"}, "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "collapsed": false, "input": "1", "prompt_number": 4, "outputs": [{"output_type": "pyout", "prompt_number": 4, "text": "1"}]}, {"cell_type": "markdown", "source": "m"}]}]}`,
}

// Odd notebooks are read, and what is written of them is valid.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	var args []string
	for name, file := range oddFiles {
		nb, err := Decode([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := nb.Page(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		path := filepath.Join(dir, name+".ipynb")
		if err := nb.Write(path); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := Read(path)
		if err != nil {
			t.Errorf("%s again: %v", name, err)
			continue
		}
		a, _ := nb.Encode()
		if b, _ := again.Encode(); string(a) != string(b) {
			t.Errorf("%s is written as\n%s\nand then as\n%s", name, a, b)
		}
		args = append(args, path)
	}
	python(t, `
import sys, json, nbformat
for path in sys.argv[1:]:
    raw = json.load(open(path))
    for nb in raw, nbformat.read(path, as_version=4):
        errors = list(nbformat.validator.iter_validate(nb))
        assert not errors, "%s: %s" % (path, errors)
`, args...)
	t.Logf("%d files", len(args))
}

// Older versions are upgraded as nbformat upgrades them.
func TestUpgrade(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"version 3", "version 3, sparse", "version 2"} {
		nb, err := Decode([]byte(oddFiles[name]))
		if err != nil {
			t.Fatal(err)
		}
		old, now := filepath.Join(dir, "old.ipynb"), filepath.Join(dir, "now.ipynb")
		if err := os.WriteFile(old, []byte(oddFiles[name]), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := nb.Write(now); err != nil {
			t.Fatal(err)
		}
		python(t, `
import sys, logging, nbformat
logging.disable(logging.CRITICAL)
old, now = (nbformat.read(p, as_version=4) for p in sys.argv[1:])
def plain(nb):
    for c in nb.cells:
        del c["id"]
        c.setdefault("source", "")
    meta = {k: v for k, v in nb.metadata.items() if k not in ("kernelspec", "language_info", "orig_nbformat", "orig_nbformat_minor")}
    return [dict(c) for c in nb.cells], meta
a, b = plain(old), plain(now)
assert a == b, "\n%s\n%s" % (a, b)
`, old, now)
	}
}

// What a file holds is in the file that is written, to the last digit.
func TestNothingLost(t *testing.T) {
	nb, err := Decode([]byte(oddFiles["NaN"]))
	if err != nil {
		t.Fatal(err)
	}
	data, err := nb.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{`"a": NaN`, "-Infinity,\n", `"NaN \" Infinity"`, `"n": 12345678901234567890`, `"x": 1e400`, `"c": NaN`, `"d": NaN`, `"v": NaN`, `"big": 12345678901234567890`, `"one": 1.0`} {
		if !strings.Contains(string(data), w) {
			t.Errorf("no %s in\n%s", w, data)
		}
	}
	nb, err = Decode([]byte(oddFiles["ids"]))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range nb.Cells {
		ids = append(ids, c.ID)
	}
	if got := strings.Join(ids, " "); got != "cell-2 cell-2-2 a cell-4 cell-5 cell-6 cell-7" {
		t.Errorf("ids %s", got)
	}
	for _, bad := range []string{`{"nbformat": 4, "metadata": "mine", "cells": []}`, `{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "metadata": 7, "source": ""}]}`} {
		if _, err := Decode([]byte(bad)); err == nil || !strings.Contains(err.Error(), "metadata: ") || !strings.Contains(err.Error(), "expected an object") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A person's parameters mean what the parameters are.
func TestLiterals(t *testing.T) {
	const cell = "%time\nimport \"time\"\nimport str \"strings\"\n// how long\ntype Mode int\nconst lr = 1e-3\nconst n int64 = 3\nfunc twice(x float64) float64 { return 2 * x * lr }\n" +
		"wait := 2 * time.Second\nrate := 0.5\nvar small float32 = 1\nname := str.ToUpper(\"a\") + \"b\"\nflag := true\nlist := []string{\"a\"}\nnums := []float64{1}\nm := map[string]int{}\nvar grid [][]int\nvar v any\nmode := Mode(1)"
	for _, c := range [][2]string{
		{"rate=NaN", "rate = math.NaN()"}, {"rate=nan", "rate = math.NaN()"}, {"rate=inf", "rate = math.Inf(1)"}, {"rate=-Infinity", "rate = math.Inf(-1)"}, {"small=-inf", "small = float32(math.Inf(-1))"},
		{"lr=0.1", "const lr = 0.1"}, {"n=7", "const n int64 = 7"}, {"wait=90s", "wait = 90 * time.Second"}, {"wait=1h30m", "wait = 90 * time.Minute"}, {"wait=3*time.Minute", "wait = 3*time.Minute"}, {"wait=5", "wait = 5"},
		{`name=say "hi"`, `name = "say \"hi\""`}, {"name=it's", `name = "it's"`}, {"name=NaN", `name = "NaN"`}, {"name=[1]", `name = "[1]"`}, {"name=", `name = ""`}, {"name=é\n`", "name = \"é\\n`\""},
		{"flag=False", "flag = false"}, {"flag=TRUE", "flag = true"}, {`list=["x", "y\"z"]`, `list = []string{"x", "y\"z"}`}, {`list=[]string{"q"}`, `list = []string{"q"}`}, {"list=[]", "list = []string{}"},
		{"nums=[1, 2.5, NaN]", "nums = []float64{1, 2.5, math.NaN()}"}, {`m={"b": 2}`, `m = map[string]int{"b": 2}`}, {"grid=[[1,2],[3]]", "grid = [][]int{[]int{1, 2}, []int{3}}"}, {"grid=null", `grid = "null"`},
		{`v=[1, "a"]`, `v = []any{1, "a"}`}, {"v=hello", `v = "hello"`}, {"v=NaN", "v = math.NaN()"}, {"mode=2", "mode = 2"},
	} {
		name, value, _ := strings.Cut(c[0], "=")
		nb := &File{Cells: []*Cell{{Kind: "code", Source: "first"}, {Kind: "code", Source: cell, tags: []string{"parameters"}}, {Kind: "code", Source: "other := 1", tags: []string{"parameters"}}}}
		if err := nb.Set(map[string]string{name: value}); err != nil {
			t.Errorf("%s: %v", c[0], err)
		} else if got := strings.TrimPrefix(nb.Cells[2].Source, "// Parameters\n"); got != c[1] || len(nb.Cells) != 4 {
			t.Errorf("%s is %s, expected %s", c[0], got, c[1])
		}
	}
	for _, c := range [][2]string{{"other=2", `no parameter "other"`}, {"twice=2", `no parameter "twice"`}, {"lr=NaN", `"lr" is a constant, which cannot be math.NaN(); a variable can`}} {
		name, value, _ := strings.Cut(c[0], "=")
		nb := &File{Cells: []*Cell{{Kind: "code", Source: cell, tags: []string{"parameters"}}, {Kind: "code", Source: "other := 1", tags: []string{"parameters"}}}}
		if err := nb.Set(map[string]string{name: value}); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, expected %q", c[0], err, c[1])
		}
	}
	for _, c := range [][2]string{{"NaN", "x := math.NaN()"}, {"[1, 2.5]", "x := []float64{1, 2.5}"}, {`["a"]`, `x := []string{"a"}`}, {`{"a": [true]}`, `x := map[string][]bool{"a": []bool{true}}`}, {"a-b", `x := "a-b"`}} {
		nb := &File{Cells: []*Cell{{Kind: "code", Source: "1"}}}
		if err := nb.Set(map[string]string{"x": c[0]}); err != nil || nb.Cells[0].Source != "// Parameters\n"+c[1] {
			t.Errorf("%s: %v, %q, expected %q", c[0], err, nb.Cells[0].Source, c[1])
		}
	}
}

// Attachments are in the page itself; what a browser would run is not.
func TestAttachments(t *testing.T) {
	const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	source := "![dot](attachment:p.png) ![spaced](attachment:my%20pic.png \"title\") ![angled](<attachment:my pic.png>) [paper](attachment:a.pdf)\n\n* ![in a list](attachment:p.png)\n\n> ![quoted](attachment:p.png)\n\n| a |\n|---|\n| ![cell](attachment:p.png) |\n\n![none](attachment:none.png) [script](attachment:x.html) ![out](https://a.b/(c).png)\n\n<img src=\"attachment:p.png\" width=\"20%\" onerror=\"alert(1)\"/> <img alt='q\"' src=javascript:x> <img onload=x> <b>"
	cell := map[string]any{"cell_type": "markdown", "id": "a", "metadata": map[string]any{}, "source": source, "attachments": map[string]any{
		"p.png": map[string]any{"image/png": []string{png[:20] + "\n", png[20:]}}, "my pic.png": map[string]any{"image/png": png}, "a.pdf": map[string]any{"application/pdf": "JVBERg=="}, "x.html": map[string]any{"text/html": "PGI+"},
	}}
	data, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": []any{cell}})
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	page, err := nb.Page()
	if err != nil {
		t.Fatal(err)
	}
	s := string(page)
	if n := strings.Count(s, `src="data:image/png;base64,`+png+`"`); n != 7 {
		t.Errorf("%d pictures of 7 in\n%s", n, s[strings.Index(s, "<main>"):])
	}
	for _, w := range []string{`href="data:application/pdf;base64,JVBERg=="`, `alt="none" src="#"`, `<a href="#">script</a>`, `src="https://a.b/(c).png"`, `" width="20%">`, `<img alt="q&#34;" src="#">`, "&lt;img onload=x&gt; &lt;b&gt;"} {
		if !strings.Contains(s, w) {
			t.Errorf("no %s in\n%s", w, s[strings.Index(s, "<main>"):])
		}
	}
	if strings.Contains(s, "attachment:") || strings.Contains(s, "onerror") || strings.Contains(s, "javascript:") {
		t.Error("an attachment is still asked of nobody")
	}
}
