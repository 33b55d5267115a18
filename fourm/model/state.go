package model

// The official state dict: which of its tensors a model reads, under which
// other names they may stand, and what nothing reads (docs/4m.md, 9.2).

import (
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/internal/fault"
)

// Tensors is where a state dict is read from: a checkpoint.File, for one.
type Tensors interface {
	Names() []string
	Shape(name string) []int
	Floats(name string) ([]float32, error)
}

// Leftover lists what does not fit between a model and a state dict.
type Leftover = checkpoint.Leftover

// FromState makes a model of a configuration and an official state dict. Tied
// tensors may stand under one of their names, position tables may be left out,
// and norms without bias may have a bias of zeros. A tensor that is missing is
// an error; where strict is true one that is left over, too.
func FromState(c Config, f Tensors, strict bool) (m *Model, err error) {
	defer fault.Catch(&err)
	if n := len(f.Names()); c.Encoder > n || c.Decoder > n {
		return nil, fault.Kind(checkpoint.ErrForeign, fmt.Errorf("%d encoder and %d decoder blocks in a file of %d tensors", c.Encoder, c.Decoder, n))
	}
	m = outline(c)
	if err := m.readState(f, strict); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Model) readState(f Tensors, strict bool) error {
	left := &Leftover{}
	unread := map[string]bool{}
	for _, n := range f.Names() {
		unread[n] = true
	}
	for _, p := range m.Params {
		name := ""
		for _, n := range m.Aliases(p.Name) {
			if unread[n] {
				if name == "" {
					name = n
				}
				delete(unread, n)
			}
		}
		if name == "" {
			left.Missing = append(left.Missing, p.Name)
			continue
		}
		if s := f.Shape(name); !slices.Equal(s, p.Shape) {
			return fault.Kind(checkpoint.ErrForeign, fmt.Errorf("model: tensor %q has shape %v, expected %v", name, s, p.Shape))
		}
		var err error
		if p.Data, err = f.Floats(name); err != nil {
			return err
		}
	}
	if err := m.readPositions(f, unread); err != nil {
		return err
	}
	if err := m.readIdle(f, unread); err != nil {
		return err
	}
	for n := range unread {
		left.Unread = append(left.Unread, n)
	}
	slices.Sort(left.Unread)
	if len(left.Missing) > 0 || strict && len(left.Unread) > 0 {
		return fault.Kind(checkpoint.ErrForeign, left)
	}
	m.place()
	return nil
}

// Aliases gives the names that a parameter may have in a file, its own first:
// those of the tensors it is tied to.
func (m *Model) Aliases(name string) []string {
	out := []string{name}
	for _, d := range m.Out {
		pre := decoderName(d)
		if name == encoderName(d)+".mod_emb" && !m.Config.Apart {
			out = append(out, pre+".mod_emb")
		}
		if name == pre+".token_emb.weight" && !m.Config.Untied {
			out = append(out, pre+".to_logits.weight")
		}
	}
	return out
}

// readPositions takes the fixed position tables that the file has.
func (m *Model) readPositions(f Tensors, unread map[string]bool) error {
	take := func(name string, least int) error {
		if !unread[name] {
			return nil
		}
		delete(unread, name)
		s := f.Shape(name)
		if len(s) != 3 || s[0] != 1 || s[1] < least || s[2] != m.Config.Dim {
			return fmt.Errorf("model: tensor %q has shape %v, expected [1 %d %d]", name, s, least, m.Config.Dim)
		}
		t, err := f.Floats(name)
		m.pos[name] = t
		return err
	}
	for _, d := range m.domains() {
		if d.Learned {
			continue
		}
		least := d.Positions
		if d.Grid() {
			least = d.Max
		}
		for _, n := range []string{encoderName(d) + ".pos_emb", decoderName(d) + ".pos_emb"} {
			if err := take(n, least); err != nil {
				return err
			}
		}
	}
	return nil
}

// readIdle passes over what stands in an official state dict and does nothing:
// zero biases of norms that have none, and the token tables of image targets
// whose heads are untied, which are kept for the next file.
func (m *Model) readIdle(f Tensors, unread map[string]bool) error {
	for n := range unread {
		base, isBias := strings.CutSuffix(n, ".bias")
		if isBias && m.byName[base+".weight"] != nil && strings.Contains(base, "norm") && !m.Config.NormBias {
			b, err := f.Floats(n)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(b, func(v float32) bool { return v != 0 }) {
				return fmt.Errorf("model: tensor %q is not zero, but the configuration says that norms have no bias", n)
			}
			delete(unread, n)
		}
	}
	for _, d := range m.Out {
		n := decoderName(d) + ".token_emb.weight"
		if !unread[n] || !d.Grid() {
			continue
		}
		if s := f.Shape(n); !slices.Equal(s, []int{d.Vocab, m.Config.Dim}) {
			return fmt.Errorf("model: tensor %q has shape %v, expected %v", n, s, []int{d.Vocab, m.Config.Dim})
		}
		data, err := f.Floats(n)
		if err != nil {
			return err
		}
		m.idle = append(m.idle, &Param{Name: n, Shape: f.Shape(n), Data: data})
		delete(unread, n)
	}
	return nil
}
