package quantize

import (
	"fmt"
	"testing"
)

// A name makes what it says, and what it makes says the name.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		name              string
		dim               int
		has, codes, books int
	}{
		{"fsq:8,8,8,5", 0, 4, 2560, 1},
		{"fsq:8,8,8,5", 4, 4, 2560, 1},
		{"fsq:2", 0, 1, 2, 1},
		{"fsq-terramind:8,8,8,6,5", 0, 5, 15360, 1},
		{"lfq:18", 0, 18, 1 << 18, 1},
		{"lfq:31", 31, 31, 1 << 31, 1},
		{"rvq:4x1024", 8, 8, 1024, 4},
		{"cosine:16384x32", 0, 32, 16384, 1},
		{"euclid:100x7", 7, 7, 100, 1},
		{"memcodes:8x1024", 64, 64, 1024, 8},
		{"bins:1024", 3, 3, 1024, 3},
	} {
		q := Parse(c.name, c.dim)
		if q.Dim() != c.has || q.Codes() != c.codes || q.Books() != c.books {
			t.Errorf("%s: latents of %d numbers, %d books of %d codes; expected %d, %d, %d", c.name, q.Dim(), q.Books(), q.Codes(), c.has, c.books, c.codes)
		}
		if s := ShapeOf(c.name, c.dim); s.Dim != c.has || s.Codes != c.codes || s.Books != c.books {
			t.Errorf("the shape of %s is %+v, what it makes has latents of %d numbers and %d books of %d codes", c.name, s, c.has, c.books, c.codes)
		}
		if s := fmt.Sprint(q); s != c.name {
			t.Errorf("%s says that it is %q", c.name, s)
		}
	}
}

func TestWrongNames(t *testing.T) {
	const known = " (there are cosine:CODESxDIM, euclid:CODESxDIM, memcodes:BOOKSxCODES, fsq:L,L,..., fsq-terramind:L,L,..., lfq:BITS, bins:CODES, rvq:BOOKSxCODES)"
	for _, c := range []struct {
		name string
		dim  int
		want string
	}{
		{"vq", 0, `quantize.Parse: no quantizer "vq"` + known},
		{"", 0, `quantize.Parse: no quantizer ""` + known},
		{"FSQ:8,8", 0, `quantize.Parse: no quantizer "FSQ:8,8"` + known},
		{"fsq", 0, `quantize.Parse: "fsq", expected fsq:L,L,... of whole numbers above 0`},
		{"fsq:8,8,", 0, `quantize.Parse: "fsq:8,8,", expected fsq:L,L,... of whole numbers above 0`},
		{"fsq:8, 8", 0, `quantize.Parse: "fsq:8, 8", expected fsq:L,L,... of whole numbers above 0`},
		{"fsq:8,1", 0, `quantize.NewFSQ: number 1 has 1 levels, expected 2 to 65536`},
		{"lfq:018", 0, `quantize.Parse: "lfq:018", expected lfq:BITS of whole numbers above 0`},
		{"lfq:40", 0, `quantize.NewLFQ: 40 bits, expected 1 to 31`},
		{"cosine:16384", 0, `quantize.Parse: "cosine:16384", expected cosine:CODESxDIM of whole numbers above 0`},
		{"euclid:-4x8", 0, `quantize.Parse: "euclid:-4x8", expected euclid:CODESxDIM of whole numbers above 0`},
		{"rvq:4x1024x3", 8, `quantize.Parse: "rvq:4x1024x3", expected rvq:BOOKSxCODES of whole numbers above 0`},
		{"rvq:4x1024", 0, `quantize.Parse: "rvq:4x1024" does not say how many numbers a latent has, and neither did the caller`},
		{"cosine:64x32", 16, `quantize.Parse: "cosine:64x32" takes latents of 32 numbers, expected one for latents of 16`},
		{"memcodes:8x16", 12, `quantize.NewMemcodes: latents of 12 numbers for 8 books, expected a multiple`},
	} {
		if got := wrong(func() { Parse(c.name, c.dim) }); got != c.want {
			t.Errorf("%q: %q, expected %q", c.name, got, c.want)
		}
	}
	for _, name := range []string{"cosine:2000000000x2000000000", "rvq:2000000000x2000000000"} {
		if got := wrong(func() { Parse(name, len(name)/28*32) }); got == "" {
			t.Errorf("%s is made", name)
		}
	}
}
