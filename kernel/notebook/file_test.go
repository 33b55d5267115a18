package notebook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// jupyters is a notebook as Jupyter writes it.
const jupyters = `{
 "cells": [
  {
   "attachments": {
    "a.png": {
     "image/png": "AAAA"
    }
   },
   "cell_type": "markdown",
   "id": "5b1f",
   "metadata": {},
   "source": [
    "# Title <b>\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "77aa",
   "metadata": {
    "collapsed": true,
    "tags": [
     "parameters"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\n",
      "b\n"
     ]
    },
    {
     "data": {
      "application/json": {
       "x": [
        1,
        2
       ]
      },
      "image/png": "AAAA",
      "text/plain": [
       "é < 2"
      ]
     },
     "execution_count": 3,
     "metadata": {},
     "output_type": "execute_result"
    }
   ],
   "source": []
  }
 ],
 "metadata": {
  "authors": [
   {
    "name": "somebody"
   }
  ],
  "kernelspec": {
   "display_name": "Go (fourm)",
   "language": "go",
   "name": "fourm"
  },
  "language_info": LANGUAGE
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`

// What Jupyter wrote and nobody changed is written byte for byte.
func TestRoundTrip(t *testing.T) {
	nb, err := Decode([]byte(strings.Replace(jupyters, "LANGUAGE", "{}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := nb.Encode()
	if err != nil {
		t.Fatal(err)
	}
	head, tail, _ := strings.Cut(jupyters, "LANGUAGE")
	if s := string(data); !strings.HasPrefix(s, head) || !strings.HasSuffix(s, tail) {
		t.Errorf("written as\n%s", s)
	}
	if o := nb.Cells[1].Outputs; o[0].Text() != "a\nb\n" || o[1].Text() != "é < 2" || !nb.Cells[1].Tagged("parameters") {
		t.Errorf("read as %v", o)
	}
	path := filepath.Join(t.TempDir(), "a.ipynb")
	if err := nb.Write(path); err != nil {
		t.Fatal(err)
	}
	if again, err := Read(path); err != nil || len(again.Cells) != 2 {
		t.Errorf("read again: %v, %v", again, err)
	}
}

// What is no notebook is an error that says where.
func TestNoNotebook(t *testing.T) {
	dir := t.TempDir()
	for _, c := range [][2]string{
		{`not json`, "no notebook"},
		{`[]`, "no notebook"},
		{`null`, "nbformat is missing"},
		{`{"nbformat": 3}`, "nbformat is 3, expected 4"},
		{`{"nbformat": 4}`, "cells"},
		{`{"nbformat": 4, "cells": 3}`, "cells"},
		{`{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}`, "cell 1: source"},
		{`{"nbformat": 4, "cells": [{"cell_type": "poem", "source": ""}]}`, `cell 1: cell_type is "poem"`},
		{`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [null]}]}`, "cell 1: an output is null"},
		{`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": 4}]}`, "cell 1: outputs"},
	} {
		path := filepath.Join(dir, "x.ipynb")
		if err := os.WriteFile(path, []byte(c[0]), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), c[1]) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, expected %q", c[0], err, c[1])
		}
	}
	if _, err := Read(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a missing file: %v", err)
	}
}

// A page takes what other tools wrote, whatever is missing in it.
func TestPageOfAnything(t *testing.T) {
	nb, err := Decode([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "outputs": [{}, {"output_type": "stream"}, {"output_type": "error"}, {"output_type": "error", "traceback": ["a", 3]}, {"output_type": "display_data"}, {"output_type": "execute_result", "data": {"text/plain": 3}}]}, {"cell_type": "raw", "source": "r"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nb.Page(); err != nil {
		t.Error(err)
	}
	if _, err := nb.Encode(); err != nil {
		t.Error(err)
	}
}

func TestSet(t *testing.T) {
	const cell = "// how long\nsteps := 500\nlr, name := 1e-3, \"a\"\nvar dir string\nvar wait = 2 * time.Second\nlist := []string{\"rgb\"}"
	for _, c := range []struct {
		values map[string]string
		source string // of the cell that is added
		err    string
	}{
		{map[string]string{"steps": "20"}, "steps = 20", ""},
		{map[string]string{"lr": "1", "steps": "-3"}, "lr = 1\nsteps = -3", ""},
		{map[string]string{"name": "b"}, `name = "b"`, ""},
		{map[string]string{"name": "12"}, `name = "12"`, ""},
		{map[string]string{"name": `"12"`}, `name = "12"`, ""},
		{map[string]string{"dir": "/tmp/x y"}, `dir = "/tmp/x y"`, ""},
		{map[string]string{"dir": "a/b"}, `dir = "a/b"`, ""},
		{map[string]string{"wait": "3*time.Minute"}, "wait = 3*time.Minute", ""},
		{map[string]string{"list": `[]string{"rgb", "depth"}`}, `list = []string{"rgb", "depth"}`, ""},
		{map[string]string{"steps": "many"}, `steps = "many"`, ""},
		{map[string]string{"stepz": "1"}, "", `no parameter "stepz" (did you mean "steps"?); the cell tagged "parameters" defines dir, list, lr, name, steps, wait`},
		{map[string]string{"a b": "1"}, "", `"a b" is no name`},
	} {
		nb := &File{Cells: []*Cell{{Kind: "markdown", Source: "# T"}, {Kind: "code", Source: cell, tags: []string{"parameters"}}, {Kind: "code", Source: "steps"}}}
		err := nb.Set(c.values)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v: %v, expected %q", c.values, err, c.err)
			}
			continue
		}
		if err != nil || len(nb.Cells) != 4 || nb.Cells[2].Source != "// Parameters\n"+c.source || !nb.Cells[2].Tagged("injected-parameters") {
			t.Errorf("%v: %v, %v", c.values, err, nb.Cells)
			continue
		}
		if err := nb.Set(map[string]string{"steps": "7"}); err != nil || len(nb.Cells) != 4 || !strings.Contains(nb.Cells[2].Source, "steps = 7") {
			t.Errorf("set again: %v, %v", err, nb.Cells)
		}
	}
	nb := &File{Cells: []*Cell{{Kind: "code", Source: "x"}}}
	if err := nb.Set(map[string]string{"x": "1", "word": "a"}); err != nil || nb.Cells[0].Source != "// Parameters\nword := \"a\"\nx := 1" {
		t.Errorf("without a cell of parameters: %v, %v", err, nb.Cells[0].Source)
	}
}

// The language of the cells is what the file says, in either place.
func TestLanguage(t *testing.T) {
	for meta, want := range map[string]string{
		`{}`: "", `null`: "", `{"kernelspec": null}`: "",
		`{"kernelspec": {"name": "python3", "language": "Python"}}`:                        "python",
		`{"language_info": {"name": "go"}, "kernelspec": {"language": "python"}}`:          "go",
		`{"language_info": {"name": 3}, "kernelspec": {"name": "x", "language": "julia"}}`: "julia",
	} {
		nb, err := Decode([]byte(`{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": ` + meta + `}`))
		if err != nil {
			t.Errorf("%s: %v", meta, err)
		} else if got := nb.Language(); got != want {
			t.Errorf("%s: %q, expected %q", meta, got, want)
		}
	}
}
