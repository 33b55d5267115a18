package notebook

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

func drawn(t *testing.T, w int, c color.Color) string {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, w, 4))
	for y := range 4 {
		for x := range w {
			im.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestCompare(t *testing.T) {
	printed := func(s string) Output { return Output{"output_type": "stream", "name": "stdout", "text": s} }
	warned := func(s string) Output { return Output{"output_type": "stream", "name": "stderr", "text": s} }
	result := func(mime, s string) Output {
		return Output{"output_type": "execute_result", "data": map[string]any{mime: s}}
	}
	failed := func(name, value string) Output { return Output{"output_type": "error", "ename": name, "evalue": value} }
	grey := func(v uint8) Output { return result("image/png", drawn(t, 8, color.Gray{v})) }
	for _, c := range []struct {
		name      string
		want, got []Output
		tol       Tolerance
		says      string // "" for the same
	}{
		{"nothing", nil, nil, Tolerance{}, ""},
		{"equal", []Output{printed("a\n")}, []Output{printed("a\n")}, Tolerance{}, ""},
		{"blanks at the ends", []Output{printed("a  \nb\n\n")}, []Output{printed("a\nb")}, Tolerance{}, ""},
		{"a stream in parts", []Output{printed("a\nb\n")}, []Output{printed("a\n"), printed("b\n")}, Tolerance{}, ""},
		{"streams in another order of parts", []Output{printed("a\nb\n"), warned("w")}, []Output{printed("a\n"), warned("w"), printed("b\n")}, Tolerance{}, ""},
		{"another word", []Output{printed("x\nloss 1")}, []Output{printed("x\ncost 1")}, Tolerance{Numbers: 1}, `stdout, line 2: "loss 1" is kept, found "cost 1"`},
		{"a number close by", []Output{printed("loss 3.2145e-2 after 10")}, []Output{printed("loss 3.2146e-2 after 10")}, Tolerance{Numbers: 1e-4}, ""},
		{"a number too far", []Output{printed("loss 3.2145")}, []Output{printed("loss 3.3")}, Tolerance{Numbers: 1e-4}, "off by 0.026, 0.0001 is allowed"},
		{"a number of another length", []Output{printed("loss   9.99")}, []Output{printed("loss  10.01")}, Tolerance{Numbers: 0.01}, ""},
		{"a digit of a word", []Output{printed("conv2 1")}, []Output{printed("conv3 1")}, Tolerance{Numbers: 1}, "is kept"},
		{"a sign", []Output{printed("-1")}, []Output{printed("1")}, Tolerance{Numbers: 0.5}, "off by 2"},
		{"a line less", []Output{printed("a\nb")}, []Output{printed("a")}, Tolerance{}, `"b" is missing`},
		{"a line more", []Output{printed("a")}, []Output{printed("a\nb")}, Tolerance{}, "one line too many"},
		{"an output less", []Output{printed("a"), result("text/plain", "1")}, []Output{printed("a")}, Tolerance{}, "kept, and not there: execute_result of text/plain"},
		{"an output more", nil, []Output{printed("a")}, Tolerance{}, `one output more than is kept: stdout "a"`},
		{"another kind", []Output{printed("a")}, []Output{failed("panic", "a")}, Tolerance{}, "found error panic: a"},
		{"another error", []Output{failed("panic", "a")}, []Output{failed("compile error", "a")}, Tolerance{}, "found error compile error: a"},
		{"another form", []Output{result("text/plain", "1")}, []Output{result("text/html", "1")}, Tolerance{}, "found execute_result of text/html"},
		{"the same picture", []Output{grey(100)}, []Output{grey(100)}, Tolerance{}, ""},
		{"a picture close by", []Output{grey(100)}, []Output{grey(101)}, Tolerance{Pictures: 0.01}, ""},
		{"a picture too far", []Output{grey(100)}, []Output{grey(200)}, Tolerance{Pictures: 0.01}, "differs by 0.29 of the range"},
		{"a picture of another size", []Output{grey(1)}, []Output{result("image/png", drawn(t, 9, color.Gray{1}))}, Tolerance{Pictures: 1}, "8 x 4 pixels are kept, found 9 x 4"},
		{"no picture", []Output{grey(1)}, []Output{result("image/png", "AAAA")}, Tolerance{Pictures: 1}, "cannot be read"},
	} {
		want := &File{Cells: []*Cell{{Kind: "code", Source: "x", Outputs: c.want}}}
		got := &File{Cells: []*Cell{{Kind: "code", Source: "x", Outputs: c.got}}}
		diffs, _ := Compare(want, got, c.tol)
		var said string
		for _, d := range diffs {
			said += d.String() + "\n"
		}
		if c.says == "" && said != "" || c.says != "" && (len(diffs) != 1 || !strings.Contains(said, c.says) || !strings.HasPrefix(said, "cell 1 (x): ")) {
			t.Errorf("%s: said %q, expected %q", c.name, said, c.says)
		}
	}
	a := &File{Cells: []*Cell{{Kind: "code", tags: []string{"nbval-ignore-output"}, Outputs: []Output{printed("a")}}, {Kind: "code"}}}
	b := &File{Cells: []*Cell{{Kind: "code", Outputs: []Output{printed("b")}}, {Kind: "code"}}}
	if diffs, n := Compare(a, b, Tolerance{}); len(diffs) > 0 || n != 0 {
		t.Errorf("an ignored output was compared: %v", diffs)
	}
}
