package parity

// Kind misc: the registry, seeds, learning rates, position tables, and what
// becomes of pictures and structured values.

import (
	"encoding/json"
	"fmt"
	"strings"

	"fourmlab/fourm/generate"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
)

func init() { register("misc", misc, "misc.json") }

func misc(f *Fixture, r *Report) error {
	var m map[string]json.RawMessage
	if err := f.JSON("misc.json", &m); err != nil {
		return err
	}
	for name, raw := range m {
		var err error
		switch name {
		case "modality_info":
			err = registry(raw, r)
		case "uint15_hash":
			err = hashes(raw, r)
		case "generate_seed":
			err = seeds(raw, r)
		case "schedulers":
			err = schedulers(raw, r)
		case "detection", "metadata", "color_palette", "human_poses", "image":
		default:
			err = fmt.Errorf("no such part is known")
		}
		if err != nil {
			return fmt.Errorf("misc.json: %s: %w", name, err)
		}
	}
	if err := structured(f, m, r); err != nil {
		return err
	}
	if !f.Has("tensors.safetensors") {
		return nil
	}
	t, err := f.Tensors("tensors.safetensors")
	if err != nil {
		return err
	}
	for name, x := range t {
		if err := positions(name, x, r); err != nil {
			return err
		}
	}
	return images(f, m, r)
}

// registered is what the official registry says of a modality.
type registered struct {
	ID       int    `json:"id"`
	Type     string `json:"type"`
	Vocab    int    `json:"vocab_size"`
	Size     int    `json:"input_size"`
	Patch    int    `json:"patch_size"`
	Max      *int   `json:"max_tokens"` // null: the grid
	Channels int    `json:"num_channels"`
	Labels   int    `json:"num_labels"`
	Encoder  string `json:"encoder"`
	Decoder  string `json:"decoder"`
	EncLen   int    `json:"encoder_max_length"`
	DecLen   int    `json:"decoder_max_length"`
}

// registry compares the published domains, and what tokenizers are trained on.
func registry(raw json.RawMessage, r *Report) error {
	var want map[string]registered
	if err := json.Unmarshal(raw, &want); err != nil {
		return err
	}
	sources := map[string]modality.Source{}
	for _, s := range modality.Sources() {
		sources[s.Name] = s
	}
	for name, w := range want {
		r.Ints("modality ids", name, []int{modality.ID(name)}, []int{w.ID})
		d, isDomain := modality.PublishedDomain(name)
		s, isSource := sources[name]
		switch {
		case isDomain && w.Encoder != "":
			got := registered{ID: w.ID, Type: d.Kind.Official(), Vocab: d.Vocab, Patch: d.Patch, Encoder: embedding(d, "Encoder"), Labels: w.Labels}
			if d.Grid() && strings.Contains(name, "@") {
				got.Size = d.Rows * d.Patch
			}
			if w.Max != nil {
				got.Max = &d.Max
			}
			if d.Pixels {
				got.Channels = d.Channels
			}
			if isSource {
				got.Channels = s.Channels
			}
			if !d.Grid() {
				got.EncLen = d.Positions
			}
			if !d.Pixels && d.Kind != modality.Vectors {
				got.Decoder, got.DecLen = embedding(d, "Decoder"), got.EncLen
			}
			r.Text("registry", name, written(got), written(w))
		case isSource:
			got := registered{ID: w.ID, Type: "img", Channels: s.Channels, Labels: s.Labels, Max: w.Max}
			if s.Features {
				got.Type = "feature_map"
			}
			r.Text("registry", name, written(got), written(w))
		default:
			r.Text("registry", name, "not registered", written(w))
		}
	}
	return nil
}

// embedding names the official module that embeds a domain.
func embedding(d modality.Domain, side string) string {
	switch {
	case d.Pixels:
		return "Image" + side + "Embedding"
	case d.Grid():
		return "ImageToken" + side + "Embedding"
	case d.Kind == modality.Vectors:
		return "SequenceEmb" + side + "Embedding"
	}
	return "Sequence" + side + "Embedding"
}

func written(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func hashes(raw json.RawMessage, r *Report) error {
	var want map[string]int
	if err := json.Unmarshal(raw, &want); err != nil {
		return err
	}
	for name, id := range want {
		r.Ints("hashes", fmt.Sprintf("%q", name), []int{modality.ID(name)}, []int{id})
	}
	return nil
}

func seeds(raw json.RawMessage, r *Report) error {
	var cases []struct {
		Args  []any `json:"args"`
		Value int   `json:"value"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		return err
	}
	for _, c := range cases {
		r.Ints("seeds", fmt.Sprint(c.Args), []int{int(generate.SeedOf(c.Args...))}, []int{c.Value})
	}
	return nil
}

func schedulers(raw json.RawMessage, r *Report) error {
	var cases []struct {
		Fn    string    `json:"fn"`
		Args  []any     `json:"args"`
		Value []float64 `json:"value"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		return err
	}
	for i, c := range cases {
		got, err := scheduled(c.Fn, c.Args, nil)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("%s, case %d", c.Fn, i)
		r.Ints("learning rates: steps", what, []int{len(got)}, []int{len(c.Value)})
		for k := range c.Value[:min(len(got), len(c.Value))] {
			r.Number("learning rates", fmt.Sprintf("%s, step %d", what, k), got[k], c.Value[k], 1e-12)
		}
	}
	return nil
}

// positions compares a table named by its shape: posemb1d.NxD, posemb2d.HxWxD.
func positions(name string, want Tensor, r *Report) error {
	kind, shape, _ := strings.Cut(name, ".")
	if kind != "posemb1d" && kind != "posemb2d" {
		return nil
	}
	var n []int
	for _, s := range strings.Split(shape, "x") {
		var x int
		if _, err := fmt.Sscan(s, &x); err != nil || x < 1 || x > 1<<16 {
			return fmt.Errorf("tensors.safetensors: %q does not say its shape", name)
		}
		n = append(n, x)
	}
	switch {
	case kind == "posemb1d" && len(n) == 2:
		r.Floats("position tables", name, ops.LinePositions(n[0], n[1]), want.F, 1e-6)
	case kind == "posemb2d" && len(n) == 3:
		// the official cells are numbered by columns
		r.Floats("position tables", name, ops.GridPositions(n[1], n[0], n[2]), want.F, 1e-6)
	default:
		return fmt.Errorf("tensors.safetensors: %q does not say its shape", name)
	}
	return nil
}
