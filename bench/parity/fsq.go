package parity

// Kind fsq_reference: finite scalar quantization by its formulas. The official
// code has none.

import (
	"fmt"
	"maps"
	"slices"

	"fourmlab/fourm/quantize"
)

func init() { register("fsq_reference", scalars) }

func scalars(f *Fixture, r *Report) error {
	var d struct {
		Cases map[string]struct {
			Levels []int   `json:"levels"`
			Codes  int     `json:"codebook_size"`
			Basis  []int   `json:"basis"`
			Eps    float64 `json:"eps"`
		} `json:"cases"`
	}
	if err := f.JSON("config.json", &d); err != nil {
		return err
	}
	in, err := f.Tensors("cases.safetensors")
	if err != nil {
		return err
	}
	tol, err := f.tolerances()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.Cases)) {
		x := d.Cases[name]
		fsq := quantize.FSQ{Levels: x.Levels, Margin: x.Eps}
		q := quantize.NewFSQ(fsq)
		c := &compared{r: r, tol: tol, want: in, seen: map[string]bool{}}
		z, ok := in[name+".z"]
		if !ok || len(z.F)%q.Dim() != 0 || len(z.F) == 0 || z.Shape[len(z.Shape)-1] != q.Dim() {
			return fmt.Errorf("case %s: latents of shape %v, expected some of %d numbers", name, z.Shape, q.Dim())
		}
		r.Ints("number of codes", name, []int{q.Codes()}, []int{x.Codes})
		basis, weight := []int{}, 1
		for _, l := range x.Levels {
			basis, weight = append(basis, weight), weight*l
		}
		r.Ints("weights of digits", name, basis, x.Basis)
		bounded := make([]float32, len(z.F))
		fsq.Bound(bounded, z.F)
		c.floats("bounded values", name+".bounded", bounded)
		rows := len(z.F) / q.Dim()
		ids := make([]int32, rows)
		q.Assign(ids, z.F)
		if w, ok := in[name+".indices"]; ok {
			r.Ints("code numbers", name+".indices", whole(ids), w.I)
		}
		// the latents lie as rows: one picture of one place a row
		out, _, grad, err := objective(f, q, z.F, []int{rows, q.Dim(), 1, 1})
		if err != nil {
			return fmt.Errorf("case %s: %w", name, err)
		}
		c.floats("codes", name+".codes", out)
		c.floats("gradients", name+".grad_z", grad)
		if w, ok := in[name+".codebook_head"]; ok {
			head := make([]int32, len(w.F)/q.Dim())
			for i := range head {
				head[i] = int32(i)
			}
			book := make([]float32, len(head)*q.Dim())
			if err := q.Embed(book, head); err != nil {
				return fmt.Errorf("case %s: %w", name, err)
			}
			c.floats("implied codebook", name+".codebook_head", book)
		}
	}
	return nil
}
