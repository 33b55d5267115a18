package vq

// Pictures into the network and out of it.

import (
	"fmt"

	"fourmlab/fourm/modality"
)

// Scale holds what was measured on the training pictures.
type Scale struct {
	Near    float64 `json:"near,omitempty"` // LinearScale, LogScale: the least and the largest known number; equal: 0 to 1
	Far     float64 `json:"far,omitempty"`
	Classes int     `json:"classes,omitempty"` // ClassIDs: how many

	Mean []float64 `json:"mean,omitempty"` // Standardised: of each channel
	Dev  []float64 `json:"dev,omitempty"`  // Standardised: standard deviation of each channel
}

// scaling gives how the network sees the tokenizer's values.
func (t *Tokenizer) scaling() scaling { return scalings[t.Of.Look.Spec().Scaling] }

// labels tells whether values are class ids, which the network embeds.
func (t *Tokenizer) labels() bool { return t.Of.Look.Spec().Scaling == modality.ClassIDs }

// channels is the number of values a pixel has on its way in.
func (t *Tokenizer) channels() int {
	if t.labels() {
		return 4 // of the class embedding
	}
	return t.Of.Channels
}

// outChannels is the number of values a pixel has on its way out.
func (t *Tokenizer) outChannels() int {
	if t.labels() {
		return t.Scale.Classes
	}
	return t.Of.Channels
}

// put writes picture i of a batch into the network's input.
func (t *Tokenizer) put(n *net, i int, p *modality.Picture) error {
	x := modality.Patches(p, t.Of.Patch)
	if t.labels() {
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
	look, by := t.Of.Look.Spec(), t.scaling()
	in, c := by.in(t.Scale), t.Of.Channels
	dst := n.in[i*len(x) : (i+1)*len(x)]
	for j := 0; j < len(x); j += c {
		unknown := by.apart && look.Known != nil && !look.KnownAt(x[j:j+c])
		for k, v := range x[j : j+c] {
			if unknown {
				dst[j+k] = beyond
			} else {
				dst[j+k] = in(k, v)
			}
		}
	}
	return nil
}

// picture makes a picture of the network's output for one sample.
func (t *Tokenizer) picture(out []float32) *modality.Picture {
	h, w := t.Of.Grid()*t.Of.Patch, t.Of.Cols()*t.Of.Patch
	if t.labels() {
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
	look, by := t.Of.Look.Spec(), t.scaling()
	back, c := by.out(t.Scale), t.Of.Channels
	x := make([]float32, h*w*c)
	for j := 0; j < len(x); j += c {
		if by.apart && look.Known != nil && behind(out[j:j+c]) {
			continue // unknown: zeros
		}
		for k := range c {
			x[j+k] = back(k, out[j+k])
		}
	}
	p := modality.Unpatch(x, h, w, c, t.Of.Patch)
	if by.last != nil {
		by.last(p)
	}
	return p
}

// behind tells whether a pixel lies nearer to what is unknown than to the
// largest number, in the mean of its channels.
func behind(pixel []float32) bool {
	sum := float32(0)
	for _, v := range pixel {
		sum += v
	}
	return sum > float32(len(pixel))*(1+beyond)/2
}
