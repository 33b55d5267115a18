package vq

// Numbers by quantile bins: the one tokenizer without a network.

import (
	"fmt"
	"math"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/quantize"
)

// binned makes the bins of the numbers of all pictures, place by place.
func (t *Tokenizer) binned(q quantize.Fitter, pics []*modality.Picture) error {
	var z []float32
	for i, p := range pics {
		for k, v := range p.Pix {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("vq: number %d of %s of sample %d is %g, expected a finite one", k%p.C, t.Of.Name, i, v)
			}
		}
		z = append(z, p.Pix...)
	}
	if err := q.Fit(z); err != nil {
		return fmt.Errorf("vq: %s: %w", t.Of.Name, err)
	}
	return nil
}
