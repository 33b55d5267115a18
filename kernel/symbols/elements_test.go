package symbols

import (
	"fmt"
	"strings"
	"testing"

	"fourmlab/kernel/session"
)

// Methods of compiled types that reach an element give cells what they give
// compiled code, whatever the numbers they take, and panic in the same words
// at the line of the call.
func TestElementsInCells(t *testing.T) {
	s := session.New()
	for i, c := range []struct{ cell, want string }{
		{"import \"gonum.org/v1/gonum/mat\"\np := &fourm.Picture{H: 3, W: 4, C: 2, Pix: make([]float32, 24)}\nfor i := range p.Pix {\n\tp.Pix[i] = float32(i) / 8\n}", ""},
		{"sum := float32(0)\nfor y := range p.H {\n\tfor x := range p.W {\n\t\tsum += p.At(y, x, 1) - p.At(y, x, 0)\n\t}\n}\nsum", "1.5"},
		{"for y := range 3 {\n\tp.Set(y, 3-y, 1, float32(y)-0.5)\n}\nfmt.Sprint(p.Pix[7], p.Pix[13], p.Pix[19])", "-0.5 0.5 1.5"},
		{"m, v := mat.NewDense(2, 3, nil), mat.NewVecDense(3, nil)\nfor j := range 3 {\n\tm.Set(1, j, float64(j)/4)\n\tv.SetVec(j, m.At(1, j)*math.Sqrt(4))\n}\nfmt.Sprint(mat.Sum(m), v.AtVec(2), v.Len(), math.Pow(2, 0.5) == math.Sqrt2, math.Floor(-0.5))", "0.75 1 3 true -1"},
		{"func twice(p *fourm.Picture, y int) float32 { return 2 * p.At(y, 0, 0) }\ntwice(p, 1) + twice(p, 2)", "6"},
		{"func sum(p interface{ At(y, x, c int) float32 }) float32 { return p.At(0, 1, 0) + p.At(0, 1, 1) }\nsum(p)", "0.625"},
	} {
		r := s.Run(t.Context(), i+1, c.cell)
		if r.Err != nil {
			t.Errorf("%s: %v", c.cell, r.Err)
		} else if c.want != "" && (len(r.Values) != 1 || fmt.Sprint(r.Values[0]) != c.want) {
			t.Errorf("%s: %v, expected %s", c.cell, r.Values, c.want)
		}
	}
	for cell, want := range map[string]string{
		"x := 0\nfor y := range 9 {\n\tx += int(p.At(y, 0, 0))\n}":     "index out of range [24] with length 24",
		"x := 0\np.Set(-1, 0, 0, 1)\nx":                                "index out of range [-8]",
		"var none *fourm.Picture\n_ = 0\nz := none.At(0, 0, 0) + 1\nz": "nil pointer dereference",
		"k := 1\nfor i := range 3 {\n\tk += int(m.At(i, 0))\n}":        "mat: row index out of range",
	} {
		r := s.Run(t.Context(), 20, cell)
		if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("%s: %v, expected %q", cell, r.Err, want)
		}
	}
}
