package viz_test

import (
	"math"
	"math/rand"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/viz"
)

// book makes up the pictures of n codes, shaded in some direction, and how
// often each is used.
func book(n int) (entries []*fourm.Picture, use []int) {
	r := rand.New(rand.NewSource(2))
	for i := range n {
		p := modality.NewPicture(8, 8, 3)
		a, hue := 2*math.Pi*r.Float64(), r.Float64()
		for y := range 8 {
			for x := range 8 {
				s := 0.6 + 0.06*(math.Cos(a)*(float64(x)-3.5)+math.Sin(a)*(float64(y)-3.5))
				for c := range 3 {
					p.Set(y, x, c, float32(s*(0.6+0.4*math.Cos(2*math.Pi*(hue+float64(c)/3)))))
				}
			}
		}
		entries = append(entries, p)
		use = append(use, max(0, int(4000*math.Exp(-5.5*float64(i)/float64(n))*(0.6+0.8*r.Float64()))-26))
	}
	return entries, use
}

// codes256 is a tokenizer whose codes are those of book.
type codes256 struct{ fourm.Tokenizer }

func (codes256) Entries() ([]*fourm.Picture, error) { entries, _ := book(256); return entries, nil }

// What each code looks like, the most used first.
//
//	viz.Codebook(tok, tok.Usage(ds)...)
func ExampleCodebook() {
	_, use := book(256)
	save(viz.Codebook(codes256{}, use...), "codebook")
}

func TestCodebook(t *testing.T) { golden(t, ExampleCodebook, "codebook") }

// How often each code is used; the fewer are dead, the better.
//
//	viz.CodeUse(tok.Usage(ds))
func ExampleCodeUse() {
	_, use := book(256)
	save(viz.CodeUse(use), "code_use")
}

func TestCodeUse(t *testing.T) { golden(t, ExampleCodeUse, "code_use") }
