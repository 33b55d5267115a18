package vq

// What a decoder that needs one pass leaves out of pictures: a decoder behind it has
// no more to draw than that.

import (
	"context"
	"math"
)

// left is the deviation that what the other decoder leaves out has for the new one;
// that of pictures is about as much.
const left = 0.5

// measure finds the unit of what the other decoder leaves out of the first pictures.
func (r *decoderRun) measure() error {
	s := &r.out.net.Spec
	if s.Residual == 0 {
		return nil
	}
	sum, n := 0.0, 0
	for i := range min(len(r.pics), 256) {
		x := make([]float32, len(r.pics[i].Pix))
		if err := r.put(x, i, 1); err != nil {
			return err
		}
		for _, v := range x {
			sum += float64(v) * float64(v)
		}
		n += len(x)
	}
	if s.Residual = math.Sqrt(sum/float64(n)) / left; !(s.Residual > 0) {
		s.Residual = 1 // nothing is left out
	}
	return nil
}

// put writes into x what is to be drawn of picture i, in this unit where another
// decoder leaves it out.
func (r *decoderRun) put(x []float32, i int, unit float64) error {
	r.out.units(x, r.pics[i].Pix)
	if r.out.net.Spec.Residual == 0 {
		return nil
	}
	first, err := r.out.net.say(context.Background(), r.codes[i], nil)
	for k, v := range first.Data {
		x[k] = (x[k] - v) / float32(unit)
	}
	return err
}
