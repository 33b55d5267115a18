package term

import (
	"bytes"
	"fmt"
	"os"
	"testing"
)

func Example() {
	fmt.Printf("%q\n", Line("\x1b[31mstep 7\nloss 2.5", 80))
	fmt.Printf("%q\n", Redraw("step 8"))
	// Output:
	// "[31mstep 7 loss 2.5"
	// "\r\x1b[2Kstep 8"
}

func TestNoTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for name, stream := range map[string]any{"a buffer": &bytes.Buffer{}, "a pipe": w, "the null device": null, "nothing": nil} {
		if Is(stream) || Width(stream) != 0 {
			t.Errorf("%s is taken for a terminal of %d columns", name, Width(stream))
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "abcdef": "abc…", "  a\tb ": "a…", "äöüß": "äöüß"} {
		if got := Line(in, 4); got != want {
			t.Errorf("Line(%q, 4) is %q, expected %q", in, got, want)
		}
	}
}
