package vq

// What the network sees of a picture's values, and back.

import (
	"fmt"
	"math"

	"fourmlab/fourm/modality"
)

// Scale holds what was measured on the training pictures.
type Scale struct {
	Near    float64 `json:"near,omitempty"` // Depth: the least and the largest one in metres
	Far     float64 `json:"far,omitempty"`
	Classes int     `json:"classes,omitempty"` // Label: number of classes

	Mean []float64 `json:"mean,omitempty"` // Feature: of each channel
	Dev  []float64 `json:"dev,omitempty"`  // Feature: standard deviation of each channel
}

// beyond is the place of unknown depth behind the farthest, in the network's
// units: -1 is Near, 1 is Far.
const beyond = 1.5

// measure finds the scale of a modality from pictures.
func measure(m modality.Modality, pics []*modality.Picture) Scale {
	var s Scale
	switch m.Look {
	case modality.Depth:
		s.Near, s.Far = math.Inf(1), 0
		for _, p := range pics {
			for _, v := range p.Pix {
				if v > 0 {
					s.Near, s.Far = math.Min(s.Near, float64(v)), math.Max(s.Far, float64(v))
				}
			}
		}
		if s.Far == 0 {
			s.Near, s.Far = 1, 10
		}
		if s.Far < s.Near*1.01 {
			s.Far = s.Near * 1.01
		}
	case modality.Feature:
		s.Mean, s.Dev = moments(pics, m.Channels)
	case modality.Label:
		s.Classes = len(m.Labels)
		for _, p := range pics {
			for _, v := range p.Pix {
				s.Classes = max(s.Classes, int(min(v, 1<<30))+1)
			}
		}
	}
	return s
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

// channels is the number of values a pixel has on its way in.
func (t *Tokenizer) channels() int {
	if t.Of.Look == modality.Label {
		return 4 // of the class embedding
	}
	return t.Of.Channels
}

// outChannels is the number of values a pixel has on its way out.
func (t *Tokenizer) outChannels() int {
	if t.Of.Look == modality.Label {
		return t.Scale.Classes
	}
	return t.Of.Channels
}

// put writes picture i of a batch into the network's input.
func (t *Tokenizer) put(n *net, i int, p *modality.Picture) error {
	x := modality.Patches(p, t.Of.Patch)
	if t.Of.Look == modality.Label {
		at := i * len(x)
		for j, v := range x {
			id := int32(v)
			if id < 0 || int(id) >= t.Scale.Classes {
				return fmt.Errorf("vq: class %d in a picture of %s, expected one below %d", id, t.Of.Name, t.Scale.Classes)
			}
			n.index[2*(at+j)+1] = id
			if n.labels != nil {
				n.labels[at+j] = id
			}
		}
		return nil
	}
	dst := n.in[i*len(x) : (i+1)*len(x)]
	for j, v := range x {
		dst[j] = t.toNet(j%t.Of.Channels, v)
	}
	return nil
}

// toNet gives a number of channel c as the network sees it.
func (t *Tokenizer) toNet(c int, v float32) float32 {
	switch t.Of.Look {
	case modality.Depth:
		if v <= 0 {
			return beyond
		}
		f := math.Log(float64(v)/t.Scale.Near) / math.Log(t.Scale.Far/t.Scale.Near)
		return float32(2*f - 1)
	case modality.Normal:
		return v
	case modality.Feature:
		return float32((float64(v) - t.Scale.Mean[c]) / t.Scale.Dev[c])
	}
	return 2*v - 1
}

// fromNet is the inverse of toNet; what has a range of its own stays in it.
func (t *Tokenizer) fromNet(c int, v float32) float32 {
	switch t.Of.Look {
	case modality.Depth:
		if v > (1+beyond)/2 {
			return 0
		}
		f := math.Min(math.Max((float64(v)+1)/2, 0), 1)
		return float32(t.Scale.Near * math.Pow(t.Scale.Far/t.Scale.Near, f))
	case modality.Normal:
		return v
	case modality.Feature:
		return float32(float64(v)*t.Scale.Dev[c] + t.Scale.Mean[c])
	}
	return min(max((v+1)/2, 0), 1)
}

// picture makes a picture of the network's output for one sample.
func (t *Tokenizer) picture(out []float32) *modality.Picture {
	h, w := t.Of.Grid()*t.Of.Patch, t.Of.Cols()*t.Of.Patch
	if t.Of.Look == modality.Label {
		k := t.Scale.Classes
		ids := make([]float32, h*w)
		for i := range ids {
			best := 0
			for c, v := range out[i*k : i*k+k] {
				if v > out[i*k+best] {
					best = c
				}
			}
			ids[i] = float32(best)
		}
		return modality.Unpatch(ids, h, w, 1, t.Of.Patch)
	}
	x := make([]float32, h*w*t.Of.Channels)
	for i := range x {
		x[i] = t.fromNet(i%t.Of.Channels, out[i])
	}
	p := modality.Unpatch(x, h, w, t.Of.Channels, t.Of.Patch)
	if t.Of.Look == modality.Normal {
		unit(p)
	}
	return p
}

// unit makes every vector one of length 1; short ones mean "no surface".
func unit(p *modality.Picture) {
	for i := 0; i+2 < len(p.Pix); i += 3 {
		v := p.Pix[i : i+3]
		n := math.Sqrt(float64(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]))
		for c := range v {
			if n < 0.3 {
				v[c] = 0
			} else {
				v[c] /= float32(n)
			}
		}
	}
}
