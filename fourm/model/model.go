package model

import (
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
)

// Model is a 4M model: its configuration, domains, parameters, and the
// tokenizers of its modalities.
type Model struct {
	Config     Config
	In, Out    []modality.Domain
	Params     []*Param
	Tokenizers map[string]modality.Tokenizer // by modality
	Tape       bool                          // graphs run by gorgonia's TapeMachine, the oracle

	byName map[string]*Param
	pos    map[string][]float32 // fixed position tables by the names they have in a checkpoint
	idle   []*Param             // of the official state dict, read by nothing
	act    activation
	graphs []built  // the one used last is the last
	spare  *Decoder // memory of the last text
}

// New makes a model with fresh weights. Every modality of the configuration
// must have a tokenizer. One that the memory cannot hold is a panic with a
// *fault.Error, before anything of it is made.
func New(c Config) *Model {
	m := begin(c)
	m.fit("fourm.New")
	m.declare()
	m.initialise()
	m.place()
	return m
}

// outline gives a model that knows its domains and the names and shapes of its
// parameters, and has no numbers yet.
func outline(c Config) *Model {
	m := begin(c)
	m.declare()
	return m
}

// begin gives a model that knows its domains.
func begin(c Config) *Model {
	const op = "fourm.New"
	m := &Model{Config: c.resolved(), Tokenizers: map[string]modality.Tokenizer{}, byName: map[string]*Param{}, pos: map[string][]float32{}}
	m.act, _ = activationNamed(m.Config.Act)
	for _, n := range m.Config.Inputs {
		m.In = append(m.In, m.Config.domain(op, n, true))
	}
	for _, n := range m.Config.Outputs {
		d := m.Config.domain(op, n, false)
		if d.Pixels || d.Kind == modality.Vectors {
			fault.Panic(op, "%q cannot be predicted: it has no tokens", n)
		}
		m.Out = append(m.Out, d)
	}
	for _, d := range m.domains() {
		if d.Pixels || d.Kind == modality.Vectors || d.Kind == modality.Symbols && modality.Registered(d.Modality) == nil {
			continue
		}
		// what a published model's own description says needs no tokenizer
		// until values are asked for
		if t := modality.TokenizerOf(d.Modality); t != nil && t.Vocab() == d.Vocab {
			m.Tokenizers[d.Modality] = t
		} else if !m.described(d.Name) {
			m.Tokenizers[d.Modality] = modality.NeedTokenizer(op, d.Modality)
		}
	}
	return m
}

// described tells whether the configuration describes a domain itself.
func (m *Model) described(name string) bool {
	return slices.ContainsFunc(m.Config.Domains, func(d modality.Domain) bool { return d.Name == name })
}

func (m *Model) domains() []modality.Domain {
	return append(append([]modality.Domain{}, m.In...), m.Out...)
}

func (m *Model) isInput(domain string) bool {
	for _, d := range m.In {
		if d.Name == domain {
			return true
		}
	}
	return false
}

// Domain gives the output domain of a modality.
func (m *Model) Domain(name string) (modality.Domain, bool) {
	for _, d := range m.Out {
		if d.Modality == name || d.Name == name {
			return d, true
		}
	}
	return modality.Domain{}, false
}

// InputDomain gives the domain through which a modality is given: of a domain's
// own name that one ("tok_rgb"), of a modality's its pixels where the model
// takes them, else its tokens.
func (m *Model) InputDomain(name string) (modality.Domain, bool) {
	for _, d := range m.In {
		if d.Name == name {
			return d, true
		}
	}
	for _, d := range m.In {
		if d.Modality == name {
			return d, true
		}
	}
	return modality.Domain{}, false
}

// Tokenizer gives the model's own tokenizer of a modality; nil where it has
// none. Symbols need none: they are tokens already.
func (m *Model) Tokenizer(name string) modality.Tokenizer {
	if t, ok := m.Tokenizers[name]; ok {
		return t
	}
	if d, ok := modality.Find(name); ok && d.Kind == modality.Symbols {
		return modality.TokenizerOf(name)
	}
	return nil
}

// As gives a sample with its modalities under the names that the model has for
// them, too: a set's "rgb" as the model's "rgb@224".
func (m *Model) As(s modality.Sample) modality.Sample {
	var names []string
	for _, d := range m.domains() {
		names = append(names, d.Modality)
	}
	return s.As(names...)
}

// Takes tells whether a modality is among the inputs or outputs.
func (m *Model) Takes(name string) bool {
	return slices.ContainsFunc(m.domains(), func(d modality.Domain) bool { return d.Modality == name })
}

// Head gives the weights (V, D) that make an output domain's logits.
func (m *Model) Head(d modality.Domain) []float32 {
	return m.byName[m.headName(d)].Data
}

// Param gives the parameter of an official name, or nil.
func (m *Model) Param(name string) *Param { return m.byName[name] }

// Size counts the parameters: those of the blocks, and all.
func (m *Model) Size() (trunk, all int) {
	for _, p := range m.Params {
		all += size(p.Shape)
		if !strings.Contains(p.Name, "_embeddings.") {
			trunk += size(p.Shape)
		}
	}
	return trunk, all
}

func (m *Model) String() string {
	trunk, all := m.Size()
	var b strings.Builder
	fmt.Fprintf(&b, "4M model: %v\n", m.Config)
	fmt.Fprintf(&b, "%s parameters, %s of them in the blocks; %s as float32\n", human.Short(float64(all)), human.Short(float64(trunk)), human.Bytes(float64(all)*4))
	row := func(what string, ds []modality.Domain) {
		for _, d := range ds {
			switch {
			case d.Pixels:
				fmt.Fprintf(&b, "  %-7s %-16s %3d patches of %d numbers\n", what, d.Name, d.Max, d.Dim)
			case d.Kind == modality.Vectors:
				fmt.Fprintf(&b, "  %-7s %-16s %3d vectors of %d numbers\n", what, d.Name, d.Max, d.Dim)
			default:
				fmt.Fprintf(&b, "  %-7s %-16s %3d tokens of %d\n", what, d.Name, d.Max, d.Vocab)
			}
		}
	}
	row("in", m.In)
	row("out", m.Out)
	return strings.TrimRight(b.String(), "\n")
}
