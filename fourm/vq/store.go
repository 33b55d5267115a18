package vq

import (
	"encoding/json"
	"fmt"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

type stored struct {
	Config VQ    `json:"config"`
	Scale  Scale `json:"scale"`
}

// Store gives the tokenizer for a checkpoint.
func (t *Tokenizer) Store() (modality.Stored, error) {
	if t.Err != nil {
		return modality.Stored{}, t.Err
	}
	b, err := json.Marshal(stored{t.Config, t.Scale})
	s := modality.Stored{Kind: "vq", Config: string(b), Tensors: map[string]modality.StoredTensor{}}
	for n, p := range t.Params {
		s.Tensors[n] = modality.StoredTensor{Shape: p.Shape, Data: p.Data}
	}
	return s, err
}

func init() {
	modality.RegisterKind("vq", func(m modality.Modality, s modality.Stored) (_ modality.Tokenizer, err error) {
		defer fault.Catch(&err)
		var c stored
		if err := json.Unmarshal([]byte(s.Config), &c); err != nil {
			return nil, fmt.Errorf("vq: %w", err)
		}
		t := &Tokenizer{Of: m, Config: c.Config.resolved(m), Scale: c.Scale}
		if t.Config.Depth > len(s.Tensors) { // each block has some of its own
			return nil, fmt.Errorf("vq: the tokenizer of %s has %d blocks and %d arrays", m.Name, t.Config.Depth, len(s.Tensors))
		}
		if t.Of.Look.Spec().Scaling == modality.Standardised && (len(c.Scale.Mean) != m.Channels || len(c.Scale.Dev) != m.Channels) {
			return nil, fmt.Errorf("vq: the tokenizer of %s has means of %d channels, expected %d", m.Name, len(c.Scale.Mean), m.Channels)
		}
		t.outline()
		for _, e := range t.net.entries {
			if e.made {
				continue
			}
			if t.Params[e.name], err = restored(m, s, e.name, e.shape); err != nil {
				return nil, err
			}
		}
		if _, err := restored(m, s, codebook, []int{t.Config.Vocab, t.Config.Latent}); err != nil { // before it is made
			return nil, err
		}
		t.net.books()
		for _, q := range t.net.quant.Tensors() {
			name := "quantize." + q.Name
			if _, ok := s.Tensors[name]; !ok {
				continue // how often codes were used lately is not in older checkpoints
			}
			p, err := restored(m, s, name, q.Shape)
			if err != nil {
				return nil, err
			}
			copy(q.Data, p.Data)
		}
		return t, nil
	})
}

// restored gives a tensor of a checkpoint.
func restored(m modality.Modality, s modality.Stored, name string, shape []int) (*Param, error) {
	x, ok := s.Tensors[name]
	if !ok {
		return nil, fmt.Errorf("vq: the tokenizer of %s lacks %q", m.Name, name)
	}
	if !slices.Equal(x.Shape, shape) {
		return nil, fmt.Errorf("vq: %q of the tokenizer of %s has shape %v, expected %v", name, m.Name, x.Shape, shape)
	}
	return &Param{shape, x.Data}, nil
}
