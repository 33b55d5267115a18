package vq

// Pictures into the network and out of it.

import (
	"fmt"
	"math"

	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/kernels/cpu"
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

// rows and cols count the tokens of a picture of the size that the tokenizer was
// made for.
func (t *Tokenizer) rows() int { return t.size()[0] / t.net.Spec.encPatch()[0] }
func (t *Tokenizer) cols() int { return t.size()[1] / t.net.Spec.encPatch()[1] }

// size gives height and width in places of the input.
func (t *Tokenizer) size() [2]int {
	s := t.net.Spec
	switch {
	case t.wide != [2]int{}:
		return t.wide
	case s.Enc.mlp():
		return [2]int{1, 1}
	case s.Features:
		return s.grid(s.EncSize, s.Patch)
	}
	return s.Size
}

// grid gives the rows and columns of tokens of a picture.
func (t *Tokenizer) grid(p *modality.Picture) (rows, cols int) {
	patch := t.net.Spec.encPatch()
	return p.H / patch[0], p.W / patch[1]
}

// fit makes a picture of a value, or says why it is none for this tokenizer.
func (t *Tokenizer) fit(value any) (*modality.Picture, error) {
	p, ok := value.(*modality.Picture)
	if !t.free || !ok || p == nil {
		return t.Of.Fit(value)
	}
	patch := t.net.Spec.encPatch()
	if p.C != t.Of.Channels || p.H < 1 || p.W < 1 || p.H%patch[0] != 0 || p.W%patch[1] != 0 || len(p.Pix) != p.H*p.W*p.C {
		return nil, fmt.Errorf("%s: a picture of %dx%dx%d, expected multiples of %dx%d places of %d numbers", t.Of.Name, p.H, p.W, p.C, patch[0], patch[1], t.Of.Channels)
	}
	return p, nil
}

// bounds are what known numbers of a picture cannot lie beyond. Of a look that has a
// range: this, and half of it on either side, since resizing goes beyond it a
// little. Of one whose range was measured: as much again on either side, and on
// a log scale at least a factor of 4, since others have seen other pictures; what
// lies beyond is in another unit.
func (t *Tokenizer) bounds() (lo, hi float64) {
	look, s := t.Of.Look.Spec(), t.Scale
	switch {
	case look.Scaling == modality.UnitVectors:
		return -2, 2
	case look.Scaling == modality.LinearScale && look.Low != look.High:
		lo, hi = look.Low, look.High
		return lo - (hi-lo)/2, hi + (hi-lo)/2
	case look.Scaling == modality.LinearScale && s.Near != s.Far:
		return 2*s.Near - s.Far, 2*s.Far - s.Near
	case look.Scaling == modality.LogScale && s.Near != s.Far:
		by := math.Max(4, s.Far/s.Near)
		return s.Near / by, s.Far * by
	}
	return math.Inf(-1), math.Inf(1)
}

// within refuses numbers of a picture that are none, or beyond its bounds.
func (t *Tokenizer) within(p *modality.Picture) error {
	lo, hi := t.bounds()
	unknown := t.Of.Look.Spec().Known != nil || t.scalingKind() == modality.LogScale
	for j, v := range p.Pix {
		switch f := float64(v); {
		case math.IsNaN(f), math.IsInf(f, 0):
			return fmt.Errorf("vq: a picture of %s has the number %g at row %d, column %d", t.Of.Name, v, j/(p.W*p.C), j/p.C%p.W)
		case (f < lo || f > hi) && !(unknown && f <= 0):
			return fmt.Errorf("vq: a picture of %s has the number %g at row %d, column %d, expected %s", t.Of.Name, v, j/(p.W*p.C), j/p.C%p.W, t.Range())
		}
	}
	return nil
}

// units writes numbers, pixel by pixel, as the network sees them.
func (t *Tokenizer) units(dst, x []float32) {
	look, by := t.Of.Look.Spec(), t.scaling()
	in, c := by.in(t.Scale), t.Of.Channels
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
}

// put writes picture i of a batch into the network's input.
func (t *Tokenizer) put(g *graph, i int, p *modality.Picture) error {
	if err := t.within(p); err != nil {
		return err
	}
	patch := t.net.Spec.encPatch()
	x := make([]float32, len(p.Pix))
	cpu.Patch(x, p.Pix, cpu.PatchGrid{B: 1, Rows: g.rows, Cols: g.cols, H: patch[0], W: patch[1], C: p.C})
	if t.labels() {
		at := i * len(x)
		for j, v := range x {
			id := int32(v)
			if id < 0 || int(id) >= t.Scale.Classes {
				return fmt.Errorf("vq: class %d in a picture of %s, expected one below %d", id, t.Of.Name, t.Scale.Classes)
			}
			g.index[2*(at+j)+1] = id
			if g.labels != nil {
				g.labels[at+j] = id
			}
		}
		return nil
	}
	t.units(g.in[i*len(x):(i+1)*len(x)], x)
	return nil
}

// picture makes a picture of sample i of the decoder's output.
func (t *Tokenizer) picture(all diffusion.Pictures, i int) *modality.Picture {
	c := all.C
	p := modality.NewPicture(all.H, all.W, c)
	copy(p.Pix, all.Data[i*len(p.Pix):])
	if t.labels() {
		ids := modality.NewPicture(p.H, p.W, 1)
		for i := range ids.Pix {
			best := 0
			for c, v := range p.Pix[i*p.C : i*p.C+p.C] {
				if v > p.Pix[i*p.C+best] {
					best = c
				}
			}
			ids.Pix[i] = float32(best)
		}
		return ids
	}
	x := p.Pix
	if t.Config.Loss == "bce" && t.net.drawer == nil { // logits of shares from 0 to 1, which lie from -1 to 1 as input
		for i, v := range x {
			x[i] = float32(math.Tanh(float64(v) / 2))
		}
	}
	look, by := t.Of.Look.Spec(), t.scaling()
	back := by.out(t.Scale)
	for j := 0; j < len(x); j += c {
		if by.apart && look.Known != nil && behind(x[j:j+c]) {
			clear(x[j : j+c]) // unknown
			continue
		}
		for k := range c {
			x[j+k] = back(k, x[j+k])
		}
	}
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
