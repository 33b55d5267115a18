package vq

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// stored is what a checkpoint says of a tokenizer. Official is the configuration
// of a network that is not the lab's own.
type stored struct {
	Config   VQ             `json:"config"`
	Scale    Scale          `json:"scale"`
	Official map[string]any `json:"official,omitempty"`
	Height   int            `json:"height,omitempty"` // of the pictures, where it is not the network's own
	Width    int            `json:"width,omitempty"`
}

// Store gives the tokenizer for a checkpoint.
func (t *Tokenizer) Store() (modality.Stored, error) {
	if t.Err != nil {
		return modality.Stored{}, t.Err
	}
	c := stored{Config: t.Config, Scale: t.Scale}
	s := modality.Stored{Kind: "vq", Tensors: map[string]modality.StoredTensor{}}
	if !reflect.DeepEqual(t.net.Spec, t.spec()) {
		c.Official, c.Height, c.Width = t.net.Spec.official(), t.wide[0], t.wide[1]
		for side, p := range t.net.pos {
			s.Tensors[side+".pos_emb"] = modality.StoredTensor{Shape: []int{p.rows, p.cols, len(p.data) / (p.rows * p.cols)}, Data: p.data}
		}
	}
	b, err := json.Marshal(c)
	s.Config = string(b)
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
		t := &Tokenizer{Of: m, Config: c.Config, Scale: c.Scale, wide: [2]int{c.Height, c.Width}}
		if t.Of.Look.Spec().Scaling == modality.Standardised && (len(c.Scale.Mean) != m.Channels || len(c.Scale.Dev) != m.Channels) {
			return nil, fmt.Errorf("vq: the tokenizer of %s has means of %d channels, expected %d", m.Name, len(c.Scale.Mean), m.Channels)
		}
		if err := t.restore(c, s); err != nil {
			return nil, err
		}
		return t, nil
	})
}

// restore makes the network with the numbers of a checkpoint.
func (t *Tokenizer) restore(c stored, s modality.Stored) error {
	m := t.Of
	var spec Spec
	if c.Official != nil {
		var err error
		if spec, err = OfficialSpec(c.Official); err != nil {
			return err
		}
	} else {
		t.Config = c.Config.resolved(m)
		spec = t.spec()
	}
	if max(spec.Enc.Depth, spec.Dec.Depth) > len(s.Tensors) { // each block has some of its own
		return fmt.Errorf("vq: the tokenizer of %s has %d blocks and %d arrays", m.Name, max(spec.Enc.Depth, spec.Dec.Depth), len(s.Tensors))
	}
	t.outline(spec)
	for _, e := range t.net.entries {
		if !e.made {
			p, err := restored(m, s, e.name, e.shape)
			if err != nil {
				return err
			}
			t.Params[e.name] = p
		} else if p, ok := s.Tensors[e.name]; ok {
			if len(p.Shape) != 3 || p.Shape[0] < 1 || p.Shape[1] < 1 || p.Shape[2] != e.official[1] || len(p.Data) != count(p.Shape) {
				return fmt.Errorf("vq: %q of the tokenizer of %s has shape %v, expected rows, columns and %d", e.name, m.Name, p.Shape, e.official[1])
			}
			t.net.pos[e.side()] = table{p.Shape[0], p.Shape[1], p.Data}
		}
	}
	for name, shape := range spec.books() { // before they are made
		if _, err := restored(m, s, name, shape); err != nil {
			return err
		}
	}
	t.net.books()
	for _, q := range t.net.quant.Tensors() {
		name := "quantize." + q.Name
		if _, ok := s.Tensors[name]; !ok && !q.Trained && name != codebook {
			continue // how often codes were used lately is not in older checkpoints
		}
		p, err := restored(m, s, name, q.Shape)
		if err != nil {
			return err
		}
		copy(q.Data, p.Data)
	}
	if err := t.net.sound(); err != nil {
		return err
	}
	if spec.Diffusion != nil {
		if err := t.net.readDrawer(kept(s)); err != nil {
			return fmt.Errorf("vq: the tokenizer of %s: %w", m.Name, err)
		}
	}
	return nil
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
	return &Param{Shape: shape, Data: x.Data}, nil
}
