package model

// Initial values of the parameters (docs/4m.md, 4.5), and the position tables
// that are no parameters (docs/4m.md, 4.4).

import (
	"math"
	"math/rand/v2"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
	"fourmlab/internal/memory"
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

// sineShape is the shape of a fixed position table: a grid, or a line of so
// many rows.
type sineShape struct {
	grid       bool
	rows, cols int
}

// numbers counts the numbers of a table for a model of width dim.
func (s sineShape) numbers(dim int) float64 {
	if s.grid {
		return product(s.rows, s.cols, dim)
	}
	return product(s.rows, dim)
}

// lacking gives the fixed position tables that are not there yet, by shape,
// with the names that they go by: those of one shape are one table.
func (m *Model) lacking() map[sineShape][]string {
	out := map[sineShape][]string{}
	put := func(name string, d modality.Domain) {
		if d.Learned || m.pos[name] != nil {
			return
		}
		s := sineShape{d.Grid(), d.Rows, d.Cols}
		if !s.grid {
			s.rows, s.cols = max(d.Positions, d.Table), 0
		}
		out[s] = append(out[s], name)
	}
	for _, d := range m.In {
		put(encoderName(d)+".pos_emb", d)
	}
	for _, d := range m.Out {
		put(decoderName(d)+".pos_emb", d)
	}
	return out
}

// place makes the position tables of all domains that have fixed ones and no
// table yet. Nobody writes to them.
func (m *Model) place() {
	lacking := m.lacking()
	need := 0.0
	for s := range lacking {
		need += 4 * s.numbers(m.Config.Dim)
	}
	memory.Need("fourm.New", need, "dim %d: the position tables", m.Config.Dim)
	for s, names := range lacking {
		t := m.sines(s.grid, s.rows, s.cols)
		for _, n := range names {
			m.pos[n] = t
		}
	}
}

// sines gives the fixed table of a grid, (rows * cols, D), or of a line of so
// many rows. The official table of a grid that is not square numbers its cells
// in another order than the tokens have; Compat keeps that order.
func (m *Model) sines(grid bool, rows, cols int) []float32 {
	switch {
	case grid && m.Config.Compat:
		return ops.GridPositions(cols, rows, m.Config.Dim)
	case grid:
		return ops.GridPositions(rows, cols, m.Config.Dim)
	}
	return ops.LinePositions(rows, m.Config.Dim)
}

// rows gives the number of positions that a table of a domain has.
func (m *Model) rows(name string) int {
	if p := m.byName[name]; p != nil {
		return p.Shape[1]
	}
	return len(m.pos[name]) / m.Config.Dim
}
