package notebook

import (
	"bytes"
	"go/format"
	"go/parser"
	"go/types"
	"html"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is in a file, reading it ends in a notebook or an error; a notebook
// is written so that it is read again as it is.
func FuzzDecode(f *testing.F) {
	for _, file := range oddFiles {
		f.Add([]byte(file))
	}
	for _, s := range []string{jupyters, "", "\ufeff", "NaN", "[NaN]", `{"nbformat": 4, "cells": [null]}`, `{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", null], "outputs": [{"output_type": "stream", "text": {"a": 1}}]}]}`,
		`{"nbformat": 3, "worksheets": [null, {"cells": [{"cell_type": "heading", "level": -1, "source": "` + "\\r" + `"}]}]}`, `{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "![a](attachment:b)", "attachments": {"b": {"image/png": 3}}}]}`,
		`{"nbformat": 4, "metadata": {"kernelspec": 3, "language_info": null}, "cells": [{"cell_type": "code", "source": "\ue000NaN\ue000", "outputs": [{"output_type": "pyout", "json": "{", "metadata": 3}]}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Decode(data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of more than one line: %q", err)
			}
			return
		}
		once, err := nb.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := nb.Page(); err != nil {
			t.Fatal(err)
		}
		again, err := Decode(once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%v: written as\n%s\nand then as\n%s", err, once, twice)
		}
	})
}

// Every program is a notebook or an error.
func FuzzFromScript(f *testing.F) {
	for _, s := range []string{
		"package main\n\nfunc main() {\n\t// %% [markdown] 1 tags=[\"a\"]\n\t// text  ¶\n\t// %% 2\n\t// kernel: import \"fmt\"\n\tfunc() { // to the cell's end\n\t\treturn\n\t}()\n}\n",
		"package main\n// %% variables\nvar x int\nfunc main() { x, y := 1, 2; x = *new(int); _ = y }", "package main\nfunc main() { s := `\n// %% 3\n`; _ = s }", "package main // %% 1\nfunc main() { // %% 2\n}", "package main\n/* // %% 1 */\n",
		"package main\r\n\r\nfunc main() {\r\n// %% 1 a={\r\n}", "package main\n// %% 1 metadata=[1] =3\nconst c = 1", "package main\nimport . \"fourmlab/kernel/display/bare\"\nfunc main() {\n// %% 1 tags=[\"skip-execution\"]\n// a\nb()\n}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		nb, err := FromScript("a.go", src)
		if err != nil {
			return
		}
		data, err := nb.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(data); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	})
}

// A text comes out of comment lines as it went in, also where gofmt had them
// in between; so does code out of its guard.
func FuzzComments(f *testing.F) {
	for _, s := range []string{"", "\n", "a  \n\tb\t\n\n", "%% 3\nkernel: x\n\\%% y", "// %% z\n//%% w", "¶\na ¶\n¶¶", "é`\"'", "\\\\%%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\x00\ufeff\f\v") {
			t.Skip()
		}
		const head, tail = "package p\n\nfunc _() {\n\t// %% 1\n", "}\n"
		src, err := format.Source([]byte(head + commented(s) + tail))
		if err != nil {
			t.Fatalf("%q: %v", commented(s), err)
		}
		if got := uncommented(strings.TrimSuffix(strings.TrimPrefix(string(src), head), tail)); got != s {
			t.Errorf("%q came back as %q by\n%s", s, got, src)
		}
		if got := unguarded(guarded(s)); got != s {
			t.Errorf("the code %q came back as %q by %q", s, got, guarded(s))
		}
	})
}

// A parameter's value is an expression of Go, whatever is typed.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "1", "NaN", "-inf", "[1, NaN]", `{"a": [1]}`, "[", "it's", `say "hi"`, "a\nb", "`", "1e3", "0x", "func() {}", "'a'", "1h", "\x00", "[[1], [\"a\"]]", "nil", "//", "1; x", "\"\x00\"", "\"\ufeff\"", "`\x00`"} {
		f.Add(s)
	}
	of := func(k types.BasicKind) types.Type { return types.Typ[k] }
	kinds := []types.Type{nil, of(types.String), of(types.Bool), of(types.Int), of(types.Float64), of(types.Float32), of(types.UntypedFloat), types.NewSlice(of(types.Float64)),
		types.NewMap(of(types.String), types.NewSlice(of(types.Int))), types.NewSlice(of(types.String)), types.NewArray(of(types.Bool), 2), types.Universe.Lookup("any").Type(), types.NewSlice(types.Universe.Lookup("any").Type())}
	f.Fuzz(func(t *testing.T, value string) {
		for _, kind := range kinds {
			if text, _ := literal(value, kind); text != "" {
				if _, err := parser.ParseExpr(text); err != nil {
					t.Errorf("%q for %v is %q: %v", value, kind, text, err)
				}
			} else {
				t.Errorf("%q for %v is nothing", value, kind)
			}
		}
	})
}

// Whatever is printed, the page of it is text in well-formed elements.
func FuzzPrinted(f *testing.F) {
	for _, s := range sequences {
		f.Add("a" + s + "b\nc" + s + s)
	}
	for _, s := range []string{"\x1b[38;5;300m\x1b[48:2:1mx", "\x1b[999999999;999999999Hx", "\x1b]8;;javascript:x\x07y", "\x1b", "\x1b[", "\x1b]", "日\b\x1b[P", "\x1b[99999@x", "\x1b[1;2;3;4;5;7;8;9mx", "<\x1b[31m&", "\u0301", "\x1b[3g\x1bc\x1b(B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		page := string(pre(s))
		for _, tag := range []string{"span", "a", "pre"} {
			if strings.Count(page, "<"+tag) < strings.Count(page, "</"+tag+">") {
				t.Errorf("%q is %q", s, page)
			}
		}
		text := words(page)
		if strings.ContainsAny(text, "\x1b\r\b\a") || strings.ContainsAny(html.UnescapeString(tagOfHTML.ReplaceAllString(page, "")), "\x1b") {
			t.Errorf("%q has control characters left: %q", s, text)
		}
		if len(text) > (len(s)+2)*(farColumn+farRow) {
			t.Errorf("%d bytes of %d", len(text), len(s))
		}
	})
}
