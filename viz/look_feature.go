package viz

// Features of a network: pictures of many channels without a fixed meaning, and
// without a range. They are drawn by three fixed mixtures of their channels,
// each of which is put on the scale of the picture it is in, so that like
// patterns have like colours and nothing is cut off.

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"fourmlab/fourm/modality"
)

var featureDisplay = display{
	image: func(_ modality.Modality, p *modality.Picture, _, _ float64) *image.RGBA { return featureColors(p) },
}

// featureColors gives p as it is looked at, pixel for pixel.
func featureColors(p *modality.Picture) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	mix := mixtures(p.C)
	z := make([][3]float64, p.H*p.W)
	var known []int // places whose numbers are all finite
	for i := range z {
		finite := true
		for k := range 3 {
			for c, v := range p.Pix[i*p.C : (i+1)*p.C] {
				z[i][k] += mix[k][c] * float64(v)
			}
			finite = finite && z[i][k]-z[i][k] == 0
		}
		if finite {
			known = append(known, i)
		}
		out.SetRGBA(i%p.W, i/p.W, unknown)
	}
	var mean, dev [3]float64
	for k := range 3 {
		for _, i := range known {
			mean[k] += z[i][k] / float64(len(known))
		}
		for _, i := range known {
			d := z[i][k] - mean[k]
			dev[k] += d * d / float64(len(known))
		}
	}
	for _, i := range known {
		var b [3]uint8
		for k := range 3 {
			x := (z[i][k] - mean[k]) / math.Max(math.Sqrt(dev[k]), 1e-12)
			b[k] = uint8(255/(1+math.Exp(-1.5*x)) + 0.5)
		}
		out.SetRGBA(i%p.W, i/p.W, color.RGBA{b[0], b[1], b[2], 255})
	}
	return out
}

// mixtures gives three directions among the channels, at right angles to each
// other where there are three or more: the channels themselves, or fixed random
// ones of many.
func mixtures(channels int) [3][]float64 {
	var m [3][]float64
	r := rand.New(rand.NewPCG(3, uint64(channels)))
	for k := range m {
		m[k] = make([]float64, channels)
		if channels <= 3 {
			m[k][min(k, channels-1)] = 1
			continue
		}
		for c := range m[k] {
			m[k][c] = r.NormFloat64()
		}
		for _, q := range m[:k] {
			d := 0.0
			for c := range q {
				d += q[c] * m[k][c]
			}
			for c := range q {
				m[k][c] -= d * q[c]
			}
		}
		l := 0.0
		for _, v := range m[k] {
			l += v * v
		}
		for c := range m[k] {
			m[k][c] /= math.Sqrt(l)
		}
	}
	return m
}
