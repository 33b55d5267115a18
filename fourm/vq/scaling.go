package vq

// How the network sees numbers: one entry for each modality.Scaling.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// beyond is the place of what is unknown behind the largest number, in the
// network's units: -1 is the least number, 1 the largest.
const beyond = 1.5

// scaling is how the numbers of pictures get into the network and out of it.
type scaling struct {
	// measure finds what is to be known of the training pictures.
	measure func(m modality.Modality, pics []*modality.Picture) Scale
	// apart tells that unknown pixels lie beyond the range; else their zeros are
	// numbers like others.
	apart bool
	// in and out map a number of channel c; out keeps what has a range in it.
	in, out func(s Scale) func(c int, v float32) float32
	// last corrects a picture that came out of the network; nil: nothing.
	last func(p *modality.Picture)
	// takes says what values there are.
	takes func(look modality.LookSpec, s Scale) string
}

var scalings = map[modality.Scaling]scaling{
	modality.LinearScale:  linear,
	modality.LogScale:     logarithmic,
	modality.UnitVectors:  unitVectors,
	modality.Standardised: standard,
	modality.ClassIDs:     classes,
}

// linear leaves Near and Far 0 where the range is 0 to 1.
var linear = scaling{
	measure: func(m modality.Modality, pics []*modality.Picture) Scale {
		look := m.Look.Spec()
		lo, hi := look.Low, look.High
		if lo == hi {
			if lo, hi = extent(look, pics); lo > hi {
				lo, hi = 0, 1
			}
			hi = math.Max(hi, lo+math.Max(0.01*math.Abs(lo), 1e-6))
		}
		if lo == 0 && hi == 1 {
			return Scale{}
		}
		return Scale{Near: lo, Far: hi}
	},
	apart: true,
	in: func(s Scale) func(c int, v float32) float32 {
		if s.Near == s.Far {
			return func(_ int, v float32) float32 { return 2*v - 1 }
		}
		return func(_ int, v float32) float32 { return float32(2*(float64(v)-s.Near)/(s.Far-s.Near) - 1) }
	},
	out: func(s Scale) func(c int, v float32) float32 {
		if s.Near == s.Far {
			return func(_ int, v float32) float32 { return min(max((v+1)/2, 0), 1) }
		}
		return func(_ int, v float32) float32 { return float32(s.Near + (s.Far-s.Near)*share(v)) }
	},
	takes: func(look modality.LookSpec, s Scale) string {
		switch {
		case s.Near == s.Far:
			return "[0, 1]"
		case look.Known != nil && look.Low == look.High:
			return unknownZero(look, s)
		}
		return strings.TrimSpace(fmt.Sprintf("[%g, %g] %s", s.Near, s.Far, look.Unit))
	},
}

var logarithmic = scaling{
	measure: func(m modality.Modality, pics []*modality.Picture) Scale {
		positive := m.Look.Spec()
		known := positive.Known
		positive.Known = func(pixel []float32) bool {
			for _, v := range pixel {
				if v <= 0 {
					return false
				}
			}
			return known == nil || known(pixel)
		}
		lo, hi := extent(positive, pics)
		if lo > hi {
			lo, hi = 1, 10
		}
		return Scale{Near: lo, Far: math.Max(hi, lo*1.01)}
	},
	apart: true,
	in: func(s Scale) func(c int, v float32) float32 {
		return func(_ int, v float32) float32 {
			if v <= 0 {
				return beyond
			}
			f := math.Log(float64(v)/s.Near) / math.Log(s.Far/s.Near)
			return float32(2*f - 1)
		}
	},
	out: func(s Scale) func(c int, v float32) float32 {
		return func(_ int, v float32) float32 {
			if v > (1+beyond)/2 {
				return 0
			}
			return float32(s.Near * math.Pow(s.Far/s.Near, share(v)))
		}
	},
	takes: unknownZero,
}

var unitVectors = scaling{
	measure: nothing,
	in:      asIs,
	out:     asIs,
	last:    ones,
	takes:   func(modality.LookSpec, Scale) string { return "unit vectors, components in [-1, 1]" },
}

var standard = scaling{
	measure: func(m modality.Modality, pics []*modality.Picture) (s Scale) {
		s.Mean, s.Dev = moments(pics, m.Channels)
		return s
	},
	in: func(s Scale) func(c int, v float32) float32 {
		return func(c int, v float32) float32 { return float32((float64(v) - s.Mean[c]) / s.Dev[c]) }
	},
	out: func(s Scale) func(c int, v float32) float32 {
		return func(c int, v float32) float32 { return float32(float64(v)*s.Dev[c] + s.Mean[c]) }
	},
	takes: func(_ modality.LookSpec, s Scale) string {
		if !slices.ContainsFunc(s.Mean, func(v float64) bool { return v != 0 }) && !slices.ContainsFunc(s.Dev, func(v float64) bool { return v != 1 }) {
			return "any numbers, as they are"
		}
		return "any numbers; each channel is standardised as the training pictures were"
	},
}

// classes are embedded and told apart by the network itself (net.go, put).
var classes = scaling{
	measure: func(m modality.Modality, pics []*modality.Picture) Scale {
		s := Scale{Classes: len(m.Labels)}
		for _, p := range pics {
			for _, v := range p.Pix {
				s.Classes = max(s.Classes, int(min(v, 1<<30))+1)
			}
		}
		return s
	},
	takes: func(_ modality.LookSpec, s Scale) string { return fmt.Sprintf("class ids 0 to %d", s.Classes-1) },
}

func nothing(modality.Modality, []*modality.Picture) Scale { return Scale{} }

func asIs(Scale) func(c int, v float32) float32 {
	return func(_ int, v float32) float32 { return v }
}

// share gives where a number of the network lies between least and largest.
func share(v float32) float64 { return math.Min(math.Max((float64(v)+1)/2, 0), 1) }

func unknownZero(look modality.LookSpec, s Scale) string {
	return fmt.Sprintf("%s, as in training, 0 = unknown", strings.TrimSpace(fmt.Sprintf("%.2f to %.2f %s", s.Near, s.Far, look.Unit)))
}

// extent gives the least and the largest known number of pictures, the first
// above the second where nothing is known.
func extent(look modality.LookSpec, pics []*modality.Picture) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range pics {
		for i := 0; i+p.C <= len(p.Pix) && p.C > 0; i += p.C {
			pixel := p.Pix[i : i+p.C]
			if !look.KnownAt(pixel) {
				continue
			}
			for _, v := range pixel {
				lo, hi = math.Min(lo, float64(v)), math.Max(hi, float64(v))
			}
		}
	}
	return lo, hi
}

// moments gives the mean and the standard deviation of each channel; one that
// never changes has a deviation of 1.
func moments(pics []*modality.Picture, channels int) (mean, dev []float64) {
	mean, dev = make([]float64, channels), make([]float64, channels)
	n := 0.0
	for _, p := range pics {
		for i, v := range p.Pix {
			mean[i%channels] += float64(v)
		}
		n += float64(p.H * p.W)
	}
	for c := range mean {
		mean[c] /= n
	}
	for _, p := range pics {
		for i, v := range p.Pix {
			d := float64(v) - mean[i%channels]
			dev[i%channels] += d * d
		}
	}
	for c := range dev {
		if dev[c] = math.Sqrt(dev[c] / n); dev[c] < 1e-12 {
			dev[c] = 1
		}
	}
	return mean, dev
}

// ones makes every vector one of length 1; short ones mean "no surface".
func ones(p *modality.Picture) {
	for i := 0; i+p.C <= len(p.Pix); i += p.C {
		v := p.Pix[i : i+p.C]
		sum := float32(0)
		for _, x := range v {
			sum += x * x
		}
		n := math.Sqrt(float64(sum))
		for c := range v {
			if n < 0.3 {
				v[c] = 0
			} else {
				v[c] /= float32(n)
			}
		}
	}
}
