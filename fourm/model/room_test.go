package model

import (
	"math"
	"testing"

	"fourmlab/fourm/exec"
)

// What is counted before a model and its batches are made is no more than they
// take, so that nothing that fits is refused; and of the model it is all of it.
func TestCountedIsTaken(t *testing.T) {
	for _, c := range []struct {
		dim, encoder, decoder int
		shape                 Shape
	}{
		{16, 1, 1, Shape{4, 32, 32}}, {64, 2, 2, Shape{32, 64, 64}}, {64, 1, 1, Shape{256, 8, 8}}, {128, 6, 6, Shape{4, 64, 64}},
		{64, 1, 4, Shape{16, 128, 128}}, {64, 4, 1, Shape{16, 128, 128}}, {128, 2, 2, Shape{8, 1, 128}}, {128, 2, 2, Shape{8, 128, 1}},
	} {
		for _, change := range []func(*Config){func(*Config) {}, func(c *Config) { *c = c.GELU(); c.Registers = 4; c.QKNorm = true }, func(c *Config) { c.Untied = false; c.Apart = true }} {
			cfg := Published("4M-7", "Ti")
			cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = c.dim, 1, c.encoder, c.decoder
			cfg.Inputs, cfg.Outputs = cfg.Inputs[:3], cfg.Outputs[:2]
			change(&cfg)
			counted := begin(cfg).demand()
			m := New(cfg)
			_, all := m.Size()
			taken := 4*float64(all) + 100*float64(len(m.Params))
			tables := map[*float32]bool{}
			for _, p := range m.pos {
				if !tables[&p[0]] {
					tables[&p[0]] = true
					taken += 4 * float64(len(p))
				}
			}
			if math.Abs(counted-taken) > 1e-6*taken {
				t.Errorf("%v: %.0f bytes are counted, %.0f taken", cfg, counted, taken)
			}
			n := m.Graph(Training, c.shape)
			trunk, _ := m.Size()
			if counted, taken := m.activations(c.shape)/2+4*float64(trunk), float64(n.Machine.(*exec.Machine).Bytes()); counted > taken {
				t.Errorf("%v, %v: %.0f bytes are counted for a step, %.0f taken", cfg, c.shape, counted, taken)
			}
			if got, want := m.tables(c.shape), 4*float64(numbersOf(n.Batch)); got != want {
				t.Errorf("%v, %v: %.0f bytes of tables are counted, expected %.0f", cfg, c.shape, got, want)
			}
		}
	}
	m := outline(Published("4M-21", "XL")) // without its numbers
	_, all := m.Size()
	if got, want := begin(m.Config).demand(), 4*float64(all); got < want || got > 1.01*want {
		t.Errorf("4M-21 XL is counted as %.4g bytes, expected %.4g and some for positions", got, want)
	}
}

// numbersOf counts the numbers of a batch's tables.
func numbersOf(b *Batch) int {
	n := len(b.EncTok) + len(b.EncPos) + len(b.EncMod) + len(b.EncSpan) + len(b.DecTok) + len(b.DecPos) + len(b.DecMod) + len(b.DecSpan) + len(b.CrossSpan)
	for _, g := range b.Given {
		n += len(g)
	}
	for _, l := range b.Labels {
		n += len(l)
	}
	return n
}
