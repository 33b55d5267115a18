package session

import (
	"context"
	"strings"
	"testing"
)

// What compiled functions would make of a number that is too large is refused
// before they are called, and the variables stay; what fits is made, and what
// Go itself refuses has Go's words.
func TestCallsThatAskForTooMuch(t *testing.T) {
	s := New()
	s.Limit(2<<30, nil)
	defer s.Limit(0, nil)
	play(t, s, "keep := 7")
	for cell, want := range map[string]string{
		"len(strings.Repeat(\"ab\", 1<<38))":                                                            "out of memory: strings.Repeat needs 512 GiB",
		"import \"bytes\"\nlen(bytes.Repeat([]byte(\"ab\"), 1<<38))":                                    "out of memory: bytes.Repeat needs 512 GiB",
		"func again(f func(string, int) string) int { return len(f(\"a\", 3)) }\nagain(strings.Repeat)": "",
		"var b strings.Builder\nb.Grow(1 << 36)\nb.Len()":                                               "out of memory: (*strings.Builder).Grow needs 64 GiB",
		"import \"bytes\"\nvar c bytes.Buffer\nc.Grow(1 << 36)\nc.Len()":                                "out of memory: (*bytes.Buffer).Grow needs 64 GiB",
		"import \"bufio\"\nbufio.NewReaderSize(os.Stdin, 1<<36).Size()":                                 "out of memory: bufio.NewReaderSize needs 64 GiB",
		"image.NewRGBA(image.Rect(0, 0, 1<<18, 1<<18)).Stride":                                          "out of memory: image.NewRGBA needs 256 GiB",
		"image.NewGray16(image.Rect(-1<<17, 0, 1<<17, 1<<18)).Stride":                                   "out of memory: image.NewGray16 needs 128 GiB",
		"import \"reflect\"\nreflect.MakeSlice(reflect.TypeOf([]int{}), 1<<36, 1<<36).Len()":            "out of memory: reflect.MakeSlice needs 512 GiB",
		"import \"math/rand/v2\"\nlen(rand.Perm(1 << 36))":                                              "out of memory: math/rand/v2.Perm needs 512 GiB",
		"import \"math/big\"\nnew(big.Int).Lsh(big.NewInt(1), 1<<38).BitLen()":                          "out of memory: (*math/big.Int).Lsh needs 32 GiB",
		"d := make(chan [1024]int, 1<<30)\nlen(d)":                                                      "out of memory: make(chan) needs 8 TiB",
		"n := 1 << 60\ne := make(chan int, n)\nlen(e)":                                                  "makechan: size out of range",
		"len(strings.Repeat(\"ab\", 1<<62))":                                                            "out of memory: strings.Repeat needs",
		"len(strings.Repeat(\"ab\", 1<<20))":                                                            "",
		"image.NewRGBA(image.Rect(0, 0, 100, 100)).Stride":                                              "",
		"g := make(chan int, 100)\ncap(g)":                                                              "",
		"var h strings.Builder\nh.Grow(-1)\nh.Len()":                                                    "strings.Builder.Grow: negative count",
	} {
		r := s.Run(context.Background(), 2, cell)
		if want == "" {
			if r.Err != nil {
				t.Errorf("%s: %v", cell, r.Err)
			}
			continue
		}
		if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("%s: got %v, expected %q", cell, r.Err, want)
		}
		if got, err := play(t, s, "keep"); got != "|7" || err != nil {
			t.Fatalf("%s: keep is %q, %v", cell, got, err)
		}
	}
}
