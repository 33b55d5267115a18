package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/modality"
)

// words is a tokenizer that only has a vocabulary.
type words int

func (w words) Vocab() int                          { return int(w) }
func (w words) Encode(any) (modality.Tokens, error) { return modality.Tokens{}, nil }
func (w words) Decode(modality.Tokens) (any, error) { return nil, nil }

// keepRegistry puts the modalities that a test replaces back.
func keepRegistry(t *testing.T) {
	t.Helper()
	var was []modality.Modality
	toks := map[string]modality.Tokenizer{}
	for _, n := range modality.Names() {
		was = append(was, modality.Lookup(n))
		toks[n] = modality.TokenizerOf(n)
	}
	t.Cleanup(func() {
		for _, m := range was {
			modality.Register(m)
			modality.SetTokenizer(m.Name, toks[m.Name])
		}
	})
}

// distance is the largest difference of two slices of one length.
func distance(a, b []float32) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(float64(a[i])-float64(b[i])))
	}
	return d
}

// jolt gives a model weights far from 0, biases and norms too.
func jolt(m *Model) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, p := range m.Params {
		for i := range p.Data {
			p.Data[i] += float32(r.NormFloat64()) * 0.3
		}
	}
}
