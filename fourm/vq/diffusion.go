package vq

// A network whose decoder is one of fourm/diffusion: its configuration, its
// tensors among the others (docs/4m.md, 2.4).

import (
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// diffusion gives the decoder and the process that the configuration names.
func (s Spec) diffusion() (diffusion.Network, diffusion.Process, error) {
	raw := maps.Clone(s.Diffusion)
	raw["n_channels"], raw["latent_dim"] = s.Channels, s.Latent
	return diffusion.Official(raw)
}

// drawn says what the diffusion decoder is.
func (s Spec) drawn() string {
	kind := "diffusion"
	if by, _ := s.Diffusion["beta_schedule"].(string); strings.HasPrefix(by, "flow") {
		kind = "flow"
	}
	return fmt.Sprintf("%s decoder %v", kind, s.Diffusion["dec_type"])
}

// diffuses notes a key of a diffusion decoder, as it comes back from a file:
// whole numbers are ints.
func (s *Spec) diffuses(key string, v any) {
	if s.Diffusion == nil {
		s.Diffusion = map[string]any{}
	}
	s.Diffusion[key] = whole(v)
}

func whole(v any) any {
	switch v := v.(type) {
	case float32: // its shortest text, not that of the float64
		f, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		if err != nil {
			panic(err)
		}
		return whole(f)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int(v)
		}
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = whole(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = whole(x)
		}
		return out
	}
	return v
}

// Diffusion gives the diffusion decoder; nil: the decoder is none. Its tensors
// are the network's.
func (n *Network) Diffusion() *diffusion.Decoder {
	if n.drawer != nil {
		n.drawer.Tape = n.Tape
	}
	return n.drawer
}

// draws makes d the decoder.
func (n *Network) draws(d *diffusion.Decoder) {
	n.drawer = d
	for name, p := range d.State() {
		n.Params[name] = p
	}
}

// readDrawer reads the diffusion decoder of a state dict, of which the network
// itself has some tensors.
func (n *Network) readDrawer(t diffusion.Tensors) error {
	net, process, err := n.Spec.diffusion()
	if err != nil {
		return err
	}
	own := map[string]bool{}
	for _, e := range n.entries {
		own[e.name] = true
	}
	d, err := diffusion.Load(net, process, without{t, own})
	if err != nil {
		return fault.Kind(checkpoint.ErrForeign, err)
	}
	n.draws(d)
	return nil
}

// without are tensors of which some are another's.
type without struct {
	diffusion.Tensors
	own map[string]bool
}

func (w without) Names() (out []string) {
	for _, name := range w.Tensors.Names() {
		if !w.own[name] {
			out = append(out, name)
		}
	}
	return out
}

// kept are the tensors of a tokenizer in a model's checkpoint.
type kept modality.Stored

func (k kept) Names() (out []string) {
	for name := range k.Tensors {
		out = append(out, name)
	}
	return out
}
func (k kept) Shape(name string) []int               { return k.Tensors[name].Shape }
func (k kept) Floats(name string) ([]float32, error) { return k.Tensors[name].Data, nil }
