package parity

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// scalarsFixture makes a fixture by the paper's formulas in plain loops.
func scalarsFixture(t *testing.T, levels []int, eps float64, rows int) string {
	t.Helper()
	dir, d := t.TempDir(), len(levels)
	r := rand.New(rand.NewPCG(uint64(d), uint64(rows)))
	z, bounded, codes, grad := make([]float32, rows*d), make([]float32, rows*d), make([]float32, rows*d), make([]float32, rows*d)
	ids := make([]int64, rows)
	basis, n := []int{}, 1
	for _, l := range levels {
		basis, n = append(basis, n), n*l
	}
	for i := range z {
		l := levels[i%d]
		half, offset := float64(l-1)*(1+eps)/2, 0.5*float64(1-l%2)
		z[i] = float32(2 * r.NormFloat64())
		a := math.Tanh(float64(z[i]) + math.Atanh(offset/half))
		y, width := a*half-offset, float64(l/2)
		k := math.RoundToEven(y)
		bounded[i], codes[i] = float32(y), float32(k/width)
		grad[i] = float32((2*float64(i)/float64(len(z)-1) - 1) * half * (1 - a*a) / width)
		ids[i/d] += int64((int(k) + l/2) * basis[i%d])
	}
	head := make([]float32, 0, min(64, n)*d)
	for id := range min(64, n) {
		for c, l := range levels {
			head = append(head, float32(float64(id/basis[c]%l-l/2)/float64(l/2)))
		}
	}
	shape := []int{rows, d}
	err := checkpoint.Write(filepath.Join(dir, "cases.safetensors"), []checkpoint.Tensor{
		{Name: "x.z", Shape: shape, Data: z}, {Name: "x.bounded", Shape: shape, Data: bounded}, {Name: "x.codes", Shape: shape, Data: codes},
		{Name: "x.grad_z", Shape: shape, Data: grad}, {Name: "x.indices", Shape: []int{rows}, Dtype: "I64", Ints: ids},
		{Name: "x.codebook_head", Shape: []int{len(head) / d, d}, Data: head}}, nil)
	var b []byte
	if err == nil {
		b, err = json.Marshal(map[string]any{"kind": "fsq_reference", "cases": map[string]any{"x": map[string]any{
			"levels": levels, "codebook_size": n, "basis": basis, "eps": eps}}})
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "config.json"), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Levels and margins that nobody has recorded, by both machines.
func TestScalarCases(t *testing.T) {
	for _, c := range []struct {
		levels []int
		eps    float64
	}{{[]int{2}, 1e-3}, {[]int{3, 2, 6, 4}, 1e-3}, {[]int{8, 8, 8, 6, 5}, 1e-3}, {[]int{16, 9}, 1e-2}, {[]int{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, 1e-3}} {
		dir := scalarsFixture(t, c.levels, c.eps, 50)
		for _, tape := range []bool{false, true} {
			var out bytes.Buffer
			if sum, err := Run([]string{dir}, Options{Tape: tape}, &out); err != nil || sum.Passed != 1 || strings.Count(out.String(), "pass  ") != 7 {
				t.Errorf("levels %v, eps %g: %v, %v\n%s", c.levels, c.eps, sum, err, &out)
			}
		}
	}
}
