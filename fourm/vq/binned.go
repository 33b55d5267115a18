package vq

// Numbers by quantile bins: the one tokenizer without a network.

import (
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/quantize"
)

// binned makes the bins of the numbers of all pictures, place by place.
func (t *Tokenizer) binned(q quantize.Fitter, pics []*modality.Picture) error {
	var z []float32
	for _, p := range pics {
		z = append(z, p.Pix...)
	}
	if err := q.Fit(z); err != nil {
		return fmt.Errorf("vq: %s: %w", t.Of.Name, err)
	}
	return nil
}
