package vq

// The lab's own tokenizer as a configuration of the official family: small, for
// one modality, and with what short runs need.

import (
	"fmt"
	"maps"
	"slices"

	"fourmlab/fourm/ops"
	"fourmlab/fourm/quantize"
	"fourmlab/internal/memory"
)

const (
	decay      = 0.95 // of the codebook's moving average; runs here are short
	neglected  = 8    // a code used less often than this part of its share is replaced
	commitment = 1    // weighs the pull of latents towards their codes
)

// spec gives the network that the tokenizer's configuration stands for.
func (t *Tokenizer) spec() Spec {
	c := t.Config
	arch := func(name string) Arch {
		switch c.Net {
		case "none":
			return Arch{Name: "none", Kind: Identity}
		case "conv":
			return Arch{Name: fmt.Sprintf("conv/B_%d-W_%d", c.Depth, c.Dim), Kind: Conv, Dim: c.Dim, Depth: c.Depth, Ratio: 4}
		case "mlp":
			return Arch{Name: fmt.Sprintf("BottleneckMLP/B_%d-Wi_%d", c.Depth, c.Dim), Kind: BottleneckMLP, Dim: c.Dim, Depth: c.Depth, Ratio: 4}
		}
		return Arch{Name: name, Dim: c.Dim, Depth: c.Depth, Heads: heads, Ratio: 4}
	}
	tokens := float64(c.Batch) * float64(t.Of.Grid()) * float64(t.Of.Cols())
	s := Spec{Size: [2]int{t.Of.Grid() * t.Of.Patch, t.Of.Cols() * t.Of.Patch}, Channels: t.channels(), Labels: t.Scale.Classes,
		Enc: arch("vit_lab_enc"), Dec: arch("vit_lab_dec"), Patch: [2]int{t.Of.Patch, t.Of.Patch},
		Codes: c.Vocab, Books: 1, Latent: c.Latent, NormCodes: true, Decay: decay, Threshold: tokens / float64(c.Vocab) / neglected, Policy: "batch_random",
		Commitment: commitment, KMeans: true, Restart: true}
	if c.Net == "local" {
		s.Enc = Arch{Name: fmt.Sprintf("local/B_%d-W_%d", c.Depth, c.Dim), Kind: Local, Dim: c.Dim, Depth: c.Depth, Ratio: 4}
	}
	if c.Quantizer == "" {
		return s
	}
	q := quantize.ShapeOf(c.Quantizer, c.Latent)
	s.Books = q.Books
	switch q.Kind {
	case "cosine":
	case "euclid":
		s.NormCodes = false
	case "memcodes":
		s.Memcodes = true
	default:
		s.Quantizer = c.Quantizer
	}
	return s
}

// outline makes the network without numbers. Rows and columns of its position
// tables agree, whatever the grid.
func (t *Tokenizer) outline(s Spec) {
	t.net = outline(s, t.Config.Seed)
	for _, e := range t.net.entries {
		if e.made {
			d, rows, cols := e.official[1], e.official[2], e.official[3]
			memory.Need("fourm.TrainTokenizer", 4*float64(rows)*float64(cols)*float64(d), "positions of %dx%d tokens of %s: they", rows, cols, t.Of.Name)
			t.net.pos[e.side()] = table{rows, cols, ops.GridPositions(rows, cols, d)}
		}
	}
	t.Params = t.net.Params
	if (s.Enc.mlp() || s.Enc.Kind == Conv || s.Enc.Kind == Identity) && t.wide == [2]int{} { // which says nothing of how many places there are
		t.wide = [2]int{t.Of.Grid() * t.Of.Patch, t.Of.Cols() * t.Of.Patch}
	}
}

// take begins with another tokenizer's numbers.
func (t *Tokenizer) take(from *Tokenizer) error {
	if from.Err != nil {
		return from.Err
	}
	for _, name := range slices.Sorted(maps.Keys(t.Params)) {
		p, q := t.Params[name], from.Params[name]
		if q == nil || !slices.Equal(p.Shape, q.Shape) {
			return fmt.Errorf("vq: From is a %v, whose %q does not fit; expected a %v", from.net.Spec, name, t.net.Spec)
		}
		copy(p.Data, q.Data)
	}
	return nil
}

// declare makes the parameters with their initial values.
func (t *Tokenizer) declare() {
	t.outline(t.spec())
	t.net.initialise()
	// blocks begin as the identity, so that the first steps fit the linear maps
	if t.Config.Net == "conv" || t.Config.Net == "none" {
		return
	}
	for _, side := range []string{"encoder", "decoder"} {
		for i := range t.Config.Depth {
			if t.Config.Net == "mlp" {
				clear(t.Params[fmt.Sprintf("%s.blocks.%d.block.2.weight", side, i)].Data)
				continue
			}
			if w := t.Params[fmt.Sprintf("%s.blocks.%d.attn.proj.weight", side, i)]; w != nil {
				clear(w.Data)
			}
			clear(t.Params[fmt.Sprintf("%s.blocks.%d.mlp.fc2.weight", side, i)].Data)
		}
	}
}
