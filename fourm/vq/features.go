package vq

// A loss of features: two pictures are alike where a network that has learned to
// see finds the same in both (Johnson et al., arXiv 1603.08155; LPIPS: Zhang et
// al., arXiv 1801.03924). Here it is one minus the cosine between the features of
// a place, the mean over places and layers; the network stays as it is.

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
)

// features is a network that sees.
type features struct {
	name string
	// layers gives what it finds in pictures (B, H, W, C) in the network's units, by
	// layer, channels last.
	layers func(x *G.Node) []*G.Node
	// in makes a graph's own copy of it: its parameters are nodes.
	in func(g *graph) *features
}

// readFeatures reads a network for pictures of a tokenizer.
func readFeatures(path string, t *Tokenizer) (*features, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if holds(f) {
		k, err := load(f, path)
		if err != nil {
			return nil, err
		}
		if err := k.sees(t); err != nil {
			return nil, fmt.Errorf("vq: features %s: %w", path, err)
		}
		return k.features(), nil
	}
	v, err := readVGG(f)
	if err != nil {
		return nil, fmt.Errorf("vq: features %s: %w", path, err)
	}
	if look := t.Of.Look.Spec(); t.Of.Channels != 3 || look.Scaling != modality.LinearScale || t.Scale.Near != t.Scale.Far {
		return nil, fmt.Errorf("vq: features %s are of colours, and %s has %s", path, t.Of.Name, t.Range())
	}
	if h, w := t.size()[0], t.size()[1]; h < 16 || w < 16 {
		return nil, fmt.Errorf("vq: features %s need pictures of at least 16x16, and %s has %dx%d", path, t.Of.Name, h, w)
	}
	return v, nil
}

// sees tells why the encoder cannot look at the pictures of another tokenizer.
func (t *Tokenizer) sees(of *Tokenizer) error {
	s, p, size := t.net.Spec, t.net.Spec.encPatch(), of.size()
	switch {
	case s.Enc.Kind != ViT || s.Features || s.Labels > 0:
		return fmt.Errorf("%v, expected one with a ViT for pictures", s)
	case t.scalingKind() != of.scalingKind() || s.Channels != of.Of.Channels || t.Scale.Near != of.Scale.Near || t.Scale.Far != of.Scale.Far:
		return fmt.Errorf("a tokenizer that takes %s of %d channels, expected %s of %d", t.Range(), s.Channels, of.Range(), of.Of.Channels)
	case size[0]%p[0] != 0 || size[1]%p[1] != 0:
		return fmt.Errorf("patches of %dx%d, and %s has pictures of %dx%d", p[0], p[1], of.Of.Name, size[0], size[1])
	}
	return nil
}

func (t *Tokenizer) scalingKind() modality.Scaling { return t.Of.Look.Spec().Scaling }

// features of a tokenizer are what comes out of up to four blocks of its encoder,
// spread evenly, the last among them.
func (t *Tokenizer) features() *features {
	n := t.net
	name := "encoder of a " + n.Spec.String()
	return &features{name: name, in: func(g *graph) *features {
		h := &graph{b: g.b, n: n, g: g.g, nodes: map[string]*G.Node{}, prefix: "features."}
		return &features{name: name, layers: func(x *G.Node) (found []*G.Node) {
			p, s := n.Spec.encPatch(), x.Shape()
			h.rows, h.cols = s[1]/p[0], s[2]/p[1]
			depth := n.Spec.Enc.Depth
			h.tap = func(i int, x *G.Node) {
				for k := range min(4, depth) {
					if i == (k+1)*depth/min(4, depth)-1 {
						found = append(found, x)
					}
				}
			}
			w := n.Params["encoder.proj.weight"]
			at := slices.IndexFunc(n.entries, func(e entry) bool { return e.name == "encoder.proj.weight" })
			kernel := h.input("encoder.proj.kernel", n.entries[at].official, n.entries[at].turn.back().of(w.Data))
			y := convWindows(x, kernel, h.param("encoder.proj.bias"), p)
			h.blocks("encoder", n.Spec.Enc, h.place("encoder", n.Spec.Enc.Dim, ops.Reshape(y, s[0], h.rows*h.cols, n.Spec.Enc.Dim)))
			return found
		}}
	}}
}

// convWindows is a convolution whose square windows lie side by side.
func convWindows(x, w, b *G.Node, p [2]int) *G.Node {
	if p[0] != p[1] {
		fault.Panic(opTrain, "features of patches of %dx%d, expected square ones", p[0], p[1])
	}
	return ops.Conv(x, w, b, p[0], 0)
}

// perceptual is the loss of features between output and truth.
func (g *graph) perceptual(f *features) *G.Node {
	of := f.in(g)
	pixels := func(x *G.Node) *G.Node {
		if s := g.n.Spec; !s.OutConv || s.Dec.mlp() { // patches
			p := s.decPatch()
			return ops.Unpatch(x, g.rows, g.cols, p[0], p[1])
		}
		return x
	}
	out, truth := of.layers(pixels(g.out)), of.layers(pixels(g.target))
	var sum []*G.Node
	var weights []float32
	for i, x := range out {
		s := x.Shape()
		sum = append(sum, cosine(x, ops.Detach(truth[i]), s[len(s)-1]))
		weights = append(weights, 1/float32(len(out)))
	}
	return ops.Sum(weights, sum...)
}
