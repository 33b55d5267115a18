package model

// Initial values of the parameters (inventory 4.5), and the position tables
// that are no parameters (inventory 4.4).

import (
	"math"
	"math/rand/v2"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
)

// initialise draws the initial values: Xavier uniform for linear maps, with
// packed maps counted as the single ones they hold; N(0, 0.02) for tables;
// ones and zeros for norms and biases. A tied head ends up Xavier, as the
// official order of initialisation leaves it.
func (m *Model) initialise() {
	for i, p := range m.Params {
		r := rand.New(rand.NewPCG(uint64(m.Config.Seed), uint64(i)))
		p.Data = make([]float32, size(p.Shape))
		switch {
		case strings.HasSuffix(p.Name, ".bias"):
		case !p.Decays(): // norms
			for j := range p.Data {
				p.Data[j] = 1
			}
		case m.isTable(p.Name):
			for j := range p.Data {
				p.Data[j] = float32(r.NormFloat64() * 0.02)
			}
		default:
			rows, cols := float64(p.Shape[0]), float64(p.Shape[1])
			if strings.Contains(p.Name, "qkv") {
				rows /= 3
			} else if strings.Contains(p.Name, ".kv.") {
				rows /= 2
			}
			bound := math.Sqrt(6 / (rows + cols))
			for j := range p.Data {
				p.Data[j] = float32((2*r.Float64() - 1) * bound)
			}
		}
	}
}

// isTable tells a table of embeddings from a linear map.
func (m *Model) isTable(name string) bool {
	for _, end := range []string{"mod_emb", "pos_emb", "mask_token", "register_tokens"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return strings.HasSuffix(name, "token_emb.weight") && (m.Config.Untied || strings.HasPrefix(name, "encoder_embeddings."))
}

// place makes the position tables of all domains that have fixed ones and no
// table yet.
func (m *Model) place() {
	put := func(name string, d modality.Domain) {
		if !d.Learned && m.pos[name] == nil {
			m.pos[name] = m.sines(d)
		}
	}
	for _, d := range m.In {
		put(encoderName(d)+".pos_emb", d)
	}
	for _, d := range m.Out {
		put(decoderName(d)+".pos_emb", d)
	}
}

// sines gives the fixed table of a domain, (Max, D) for a grid, else one row a
// position. The official table of a grid that is not square numbers its cells
// in another order than the tokens have; Compat keeps that order.
func (m *Model) sines(d modality.Domain) []float32 {
	switch {
	case d.Grid() && m.Config.Compat:
		return ops.GridPositions(d.Cols, d.Rows, m.Config.Dim)
	case d.Grid():
		return ops.GridPositions(d.Rows, d.Cols, m.Config.Dim)
	}
	return ops.LinePositions(max(d.Positions, d.Table), m.Config.Dim)
}

// rows gives the number of positions that a table of a domain has.
func (m *Model) rows(name string) int {
	if p := m.byName[name]; p != nil {
		return p.Shape[1]
	}
	return len(m.pos[name]) / m.Config.Dim
}
