package model

// A model in a checkpoint: the official state dict under its own names, the
// official configuration in the metadata, and beside them what only this
// program knows, tokenizers and modalities (docs/4m.md, 9).

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
)

// about is what the metadata say of a model beyond the official configuration.
type about struct {
	Config     Config
	Modalities []modality.Modality
	Tokenizers map[string]modality.Stored
}

const metaKey = "fourmlab"

// Save writes the model to path, whole or not at all; extra tensors and
// metadata ride along.
func (m *Model) Save(path string, extra []checkpoint.Tensor, meta map[string]string) error {
	return m.SaveAs(path, "F32", extra, meta)
}

// SaveAs is Save that stores the model's tensors as "F32", "F16" or "BF16".
func (m *Model) SaveAs(path, dtype string, extra []checkpoint.Tensor, meta map[string]string) error {
	if !slices.Contains([]string{"F32", "F16", "BF16"}, dtype) {
		return fmt.Errorf("model: type %q, expected F32, F16 or BF16", dtype)
	}
	tensors, aliases := m.state()
	for i := range tensors {
		tensors[i].Dtype = dtype
	}
	a := about{Config: m.Config, Tokenizers: map[string]modality.Stored{}}
	for _, name := range m.Config.Modalities() {
		a.Modalities = append(a.Modalities, modality.Lookup(name))
		t, ok := m.Tokenizers[name]
		if !ok {
			continue
		}
		st, ok := t.(modality.Storer)
		if !ok {
			continue // a tokenizer of the person's own comes back with its registration
		}
		s, err := st.Store()
		if err != nil {
			return err
		}
		a.Tokenizers[name] = s
		var names []string
		for n := range s.Tensors {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			tensors = append(tensors, checkpoint.Tensor{Name: "tokenizers." + name + "." + n, Shape: s.Tensors[n].Shape, Data: s.Tensors[n].Data})
		}
	}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	all, err := checkpoint.Flatten(m.officialConfig())
	if err != nil {
		return err
	}
	all[metaKey] = string(b)
	for _, more := range []map[string]string{aliases, meta} {
		for k, v := range more {
			all[k] = v
		}
	}
	return checkpoint.Write(path, append(tensors, extra...), all)
}

// state gives the official state dict, and which names stand for a tensor that
// has another.
func (m *Model) state() (tensors []checkpoint.Tensor, aliases map[string]string) {
	aliases = map[string]string{}
	idle := map[string][]float32{}
	for _, p := range m.idle {
		idle[p.Name] = p.Data
	}
	for name, shape := range m.shapes() {
		data := m.pos[name]
		if p := m.byName[name]; p != nil {
			data = p.Data
			for _, n := range m.Aliases(name)[1:] {
				aliases[n] = name
			}
		} else if idle[name] != nil {
			data = idle[name]
		} else if data == nil {
			data = make([]float32, size(shape))
		}
		tensors = append(tensors, checkpoint.Tensor{Name: name, Shape: shape, Data: data})
	}
	return slices.DeleteFunc(tensors, func(t checkpoint.Tensor) bool { return aliases[t.Name] != "" }), aliases
}

// shapes gives the names and shapes of the official state dict: parameters and
// the names they share, position tables, the zero biases of norms without, and
// the tables of image targets that nothing reads.
func (m *Model) shapes() map[string][]int {
	out := map[string][]int{}
	for _, p := range m.Params {
		for _, n := range m.Aliases(p.Name) {
			out[n] = p.Shape
		}
		if base, ok := strings.CutSuffix(p.Name, ".weight"); ok && len(p.Shape) == 1 && !m.Config.NormBias {
			out[base+".bias"] = p.Shape
		}
	}
	positions := func(pre string, d modality.Domain) {
		n := d.Max
		if !d.Grid() {
			n = max(d.Positions, d.Table)
		}
		if t := m.pos[pre+".pos_emb"]; t != nil {
			n = len(t) / m.Config.Dim
		}
		out[pre+".pos_emb"] = []int{1, n, m.Config.Dim}
	}
	for _, d := range m.In {
		positions(encoderName(d), d)
	}
	for _, d := range m.Out {
		positions(decoderName(d), d)
		out[decoderName(d)+".token_emb.weight"] = []int{d.Vocab, m.Config.Dim}
	}
	return out
}
