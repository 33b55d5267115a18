package vq

// The lab's own tokenizer as a configuration of the official family: small, for
// one modality, and with what short runs need.

import (
	"fmt"

	"fourmlab/fourm/ops"
)

const (
	decay      = 0.95 // of the codebook's moving average; runs here are short
	threshold  = 0.5  // a code used less often a step than this is replaced
	commitment = 1    // weighs the pull of latents towards their codes
)

// spec gives the network that the tokenizer's configuration stands for.
func (t *Tokenizer) spec() Spec {
	c := t.Config
	arch := func(name string) Arch {
		return Arch{Name: name, Dim: c.Dim, Depth: c.Depth, Heads: heads, Ratio: 4}
	}
	return Spec{Size: [2]int{t.Of.Grid() * t.Of.Patch, t.Of.Cols() * t.Of.Patch}, Channels: t.channels(), Labels: t.Scale.Classes,
		Enc: arch("vit_lab_enc"), Dec: arch("vit_lab_dec"), Patch: [2]int{t.Of.Patch, t.Of.Patch},
		Codes: c.Vocab, Books: 1, Latent: c.Latent, NormCodes: true, Decay: decay, Threshold: threshold, Policy: "batch_random",
		Commitment: commitment, KMeans: true, Restart: true}
}

// outline makes the network without numbers. Rows and columns of its position
// tables agree, whatever the grid.
func (t *Tokenizer) outline(s Spec) {
	t.net = outline(s, t.Config.Seed)
	for side := range t.net.pos {
		rows, cols, d := t.net.pos[side].rows, t.net.pos[side].cols, s.Enc.Dim
		if side == "decoder" {
			d = s.Dec.Dim
		}
		t.net.pos[side] = table{rows, cols, ops.GridPositions(rows, cols, d)}
	}
	t.Params = t.net.Params
}

// declare makes the parameters with their initial values.
func (t *Tokenizer) declare() {
	t.outline(t.spec())
	t.net.initialise()
	// blocks begin as the identity, so that the first steps fit the linear maps
	for _, side := range []string{"encoder", "decoder"} {
		for i := range t.Config.Depth {
			clear(t.Params[fmt.Sprintf("%s.blocks.%d.attn.proj.weight", side, i)].Data)
			clear(t.Params[fmt.Sprintf("%s.blocks.%d.mlp.fc2.weight", side, i)].Data)
		}
	}
}
