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
		t.Params = map[string]*Param{}
		t.layout(func(n string, _ func(int) float32, shape ...int) {
			switch x, ok := s.Tensors[n]; {
			case err != nil:
			case !ok:
				err = fmt.Errorf("vq: the tokenizer of %s lacks %q", m.Name, n)
			case !slices.Equal(x.Shape, shape):
				err = fmt.Errorf("vq: %q of the tokenizer of %s has shape %v, expected %v", n, m.Name, x.Shape, shape)
			default:
				t.Params[n] = &Param{shape, x.Data}
			}
		})
		if err != nil {
			return nil, err
		}
		return t, nil
	})
}
