package metric

// Pictures of colours, and what all pictures have in common.

import (
	"math"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

const overPixels = "the number of all known pixels of the set"

// PSNR is the peak signal-to-noise ratio over all channels, for values from 0
// to 1: -10 log10 of the mean squared error. It ends at 100 dB, so that equal
// pictures do not make a mean infinite.
var PSNR = perSample(Metric{
	Name: "PSNR", Unit: "dB", text: "PSNR %.1f dB",
	Unknown: "numbers that are not finite: left out of the truth, 0 in a prediction",
	Source:  "Huynh-Thu, Ghanbari, Scope of validity of PSNR in image/video quality assessment, 2008",
}, func(truth, guess any) float64 {
	a, b, ok := pair("metric.PSNR", truth, guess)
	if !ok {
		return math.NaN()
	}
	sum, n := 0.0, 0.0
	for i, v := range a.Pix {
		if finite(v) {
			d := float64(v - known(b.Pix[i]))
			sum, n = sum+d*d, n+1
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return -10 * math.Log10(math.Max(sum/n, 1e-10))
})

// pair gives a truth and a prediction of its shape; all 0 where the prediction
// is missing. ok is false where there is no truth.
func pair(op string, truth, guess any) (a, b *modality.Picture, ok bool) {
	a, b = asPicture(op, "truth", truth), asPicture(op, "prediction", guess)
	if a == nil {
		return nil, nil, false
	}
	if b == nil {
		b = &modality.Picture{H: a.H, W: a.W, C: a.C, Pix: make([]float32, len(a.Pix))}
	}
	if a.H != b.H || a.W != b.W || a.C != b.C {
		fault.Panic(op, "the truth is a picture of %dx%dx%d, the prediction one of %dx%dx%d", a.H, a.W, a.C, b.H, b.W, b.C)
	}
	return a, b, true
}

func asPicture(op, what string, v any) *modality.Picture {
	if v == nil {
		return nil
	}
	p, ok := v.(*modality.Picture)
	if !ok {
		fault.Panic(op, "the %s is of type %T, expected *fourm.Picture", what, v)
	}
	if p != nil && len(p.Pix) != p.H*p.W*p.C {
		fault.Panic(op, "the %s has %d numbers, expected %dx%dx%d", what, len(p.Pix), p.H, p.W, p.C)
	}
	return p
}

// channels is pair for pictures of so many numbers a pixel.
func channels(op string, c int, truth, guess any) (a, b *modality.Picture, ok bool) {
	a, b, ok = pair(op, truth, guess)
	if ok && a.C != c {
		fault.Panic(op, "pictures of %d numbers a pixel, expected %d", a.C, c)
	}
	return a, b, ok
}

func finite(v float32) bool { return v-v == 0 }

// known is a predicted number, 0 where it is not finite.
func known(v float32) float32 {
	if finite(v) {
		return v
	}
	return 0
}

// colorError is the mean absolute difference of the channels.
func colorError(truth, guess []float32) (e float64) {
	for c, v := range truth {
		e += math.Abs(float64(v-known(guess[c]))) / float64(len(truth))
	}
	if e-e != 0 {
		return math.NaN()
	}
	return e
}
