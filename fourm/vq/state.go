package vq

// A network in an official state dict, both ways: which tensors it reads, under
// which names they may stand, and how they lie (docs/4m.md, 9.2).

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/internal/fault"
)

// older are the names that projections had before they had their own.
var older = map[string][]string{
	"quant_proj.":      {"quant_conv.0.", "quant_conv."},
	"post_quant_proj.": {"post_quant_conv.0.", "post_quant_conv."},
}

// names gives those that a tensor may have in a file, its own first.
func names(name string) []string {
	out := []string{name}
	for own, others := range older {
		if rest, ok := strings.CutPrefix(name, own); ok {
			for _, o := range others {
				out = append(out, o+rest)
			}
		}
	}
	return out
}

// stateReader takes tensors from a file, and remembers what it did not find.
type stateReader struct {
	f      *checkpoint.File
	unread map[string]bool
	left   *checkpoint.Leftover
}

// find gives the name that a tensor has in the file, which is read from then on.
func (r *stateReader) find(name string) (string, bool) {
	for _, n := range names(name) {
		if at, err := r.f.Resolve(n); err == nil {
			delete(r.unread, n)
			return at, true
		}
	}
	return "", false
}

// shape refuses a tensor of another shape.
func shape(name string, got, want []int) error {
	if slices.Equal(got, want) {
		return nil
	}
	return fault.Kind(checkpoint.ErrForeign, fmt.Errorf("vq: tensor %q has shape %v, expected %v", name, got, want))
}

// fromState makes a network of a configuration and the tensors of a file.
// Position tables may be absent, and of any grid. A tensor that is missing or
// left over is an error that names it.
func fromState(s Spec, f *checkpoint.File) (n *Network, err error) {
	defer fault.Catch(&err)
	r := stateReader{f, map[string]bool{}, &checkpoint.Leftover{Of: "the tokenizer"}}
	all := f.AllNames()
	for _, name := range all {
		// the diffusion decoder's are looked at where it is read
		r.unread[name] = !strings.HasPrefix(name, "loss.") && !(s.Diffusion != nil && strings.HasPrefix(name, "decoder."))
	}
	if s.Enc.Depth > len(all) || s.Dec.Depth > len(all) {
		return nil, fault.Kind(checkpoint.ErrForeign, fmt.Errorf("vq: %d encoder and %d decoder blocks in a file of %d tensors", s.Enc.Depth, s.Dec.Depth, len(all)))
	}
	n = outline(s, 0)
	for _, e := range n.entries {
		if err := r.entry(n, e); err != nil {
			return nil, err
		}
	}
	if err := r.quantizer(n); err != nil {
		return nil, err
	}
	for name, unread := range r.unread {
		if unread {
			r.left.Unread = append(r.left.Unread, name)
		}
	}
	slices.Sort(r.left.Unread)
	if len(r.left.Missing) > 0 || len(r.left.Unread) > 0 {
		return nil, fault.Kind(checkpoint.ErrForeign, r.left)
	}
	if s.Diffusion != nil {
		err = n.readDrawer(f)
	}
	return n, err
}

// entry reads a tensor of the network.
func (r *stateReader) entry(n *Network, e entry) error {
	name, ok := r.find(e.name)
	switch got := r.f.Shape(name); {
	case !ok && e.made:
		n.place(e)
		return nil
	case !ok:
		r.left.Missing = append(r.left.Missing, e.name)
		return nil
	case !e.fits(got):
		return shape(name, got, e.official)
	}
	v, err := r.f.Floats(name)
	if err != nil {
		return err
	}
	if e.made {
		got := r.f.Shape(name)
		places := got[2] * got[3]
		n.pos[e.side()] = table{got[2], got[3], turn{1, got[1], places, 1}.of(v)}
		return nil
	}
	n.Params[e.name] = &Param{Shape: e.shape, Data: e.turn.of(v)}
	return nil
}

// quantizer reads the quantizer's tensors. The large ones are looked at before
// any is made: their sizes are the configuration's word alone.
func (r *stateReader) quantizer(n *Network) error {
	books := n.Spec.books()
	for _, name := range slices.Sorted(maps.Keys(books)) {
		at, ok := r.find(name)
		if !ok {
			r.left.Missing = append(r.left.Missing, name)
		} else if err := shape(at, r.f.Shape(at), books[name]); err != nil {
			return err
		}
	}
	if len(r.left.Missing) > 0 {
		return nil
	}
	n.books()
	for _, t := range n.quant.Tensors() {
		at, ok := r.find("quantize." + t.Name)
		if !ok {
			r.left.Missing = append(r.left.Missing, "quantize."+t.Name)
			continue
		}
		if err := shape(at, r.f.Shape(at), t.Shape); err != nil {
			return err
		}
		if err := r.f.Into(at, t.Data); err != nil {
			return err
		}
	}
	return n.sound()
}

// sound refuses numbers of a quantizer that cannot be.
func (n *Network) sound() error {
	if q, ok := n.quant.(interface{ Check() error }); ok {
		if err := q.Check(); err != nil {
			return fault.Kind(checkpoint.ErrForeign, fmt.Errorf("vq: %w", err))
		}
	}
	return nil
}

// state gives the official state dict.
func (n *Network) state() []checkpoint.Tensor {
	var out []checkpoint.Tensor
	for _, e := range n.entries {
		if e.made {
			t := n.pos[e.side()]
			d, places := e.official[1], t.rows*t.cols
			out = append(out, checkpoint.Tensor{Name: e.name, Shape: []int{1, d, t.rows, t.cols}, Data: turn{1, places, d, 1}.of(t.data)})
			continue
		}
		out = append(out, checkpoint.Tensor{Name: e.name, Shape: e.official, Data: e.turn.back().of(n.Params[e.name].Data)})
	}
	for _, t := range n.quant.Tensors() {
		out = append(out, checkpoint.Tensor{Name: "quantize." + t.Name, Shape: t.Shape, Data: t.Data})
	}
	if n.drawer != nil {
		drawn := n.drawer.State()
		for _, name := range slices.Sorted(maps.Keys(drawn)) {
			out = append(out, checkpoint.Tensor{Name: name, Shape: drawn[name].Shape, Data: drawn[name].Data})
		}
	}
	return out
}

// ReadNetwork reads a network of a configuration from a file of an official
// state dict. A tensor that is missing, left over or of another shape is an error
// that names it.
func ReadNetwork(path string, s Spec) (*Network, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n, err := fromState(s, f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}
