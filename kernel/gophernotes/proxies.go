package gophernotes

// gomacro's types have no methods that compiled code can see. A proxy stands
// for a value of a cell's type where fourm expects one of its interfaces; the
// names and the trailing underscores are what gomacro looks for.

import (
	r "reflect"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

var proxies = map[string]map[string]r.Type{
	"fourmlab/fourm": {
		"Data":      r.TypeFor[dataProxy](),
		"Host":      r.TypeFor[hostProxy](),
		"Tokenizer": r.TypeFor[tokenizerProxy](),
	},
	"fourmlab/fourm/modality": {"Tokenizer": r.TypeFor[tokenizerProxy]()},
}

type dataProxy struct {
	Object  any
	Len_    func(any) int
	Sample_ func(any, int) (fourm.Sample, error)
}

func (p *dataProxy) Len() int                           { return p.Len_(p.Object) }
func (p *dataProxy) Sample(i int) (fourm.Sample, error) { return p.Sample_(p.Object, i) }

type tokenizerProxy struct {
	Object  any
	Decode_ func(any, modality.Tokens) (any, error)
	Encode_ func(any, any) (modality.Tokens, error)
	Vocab_  func(any) int
}

func (p *tokenizerProxy) Encode(v any) (modality.Tokens, error) { return p.Encode_(p.Object, v) }
func (p *tokenizerProxy) Decode(t modality.Tokens) (any, error) { return p.Decode_(p.Object, t) }
func (p *tokenizerProxy) Vocab() int                            { return p.Vocab_(p.Object) }

type hostProxy struct {
	Object       any
	Interrupted_ func(any) bool
	Show_        func(any, map[string]any) string
	Update_      func(any, string, map[string]any)
}

func (p *hostProxy) Show(b map[string]any) string      { return p.Show_(p.Object, b) }
func (p *hostProxy) Update(h string, b map[string]any) { p.Update_(p.Object, h, b) }
func (p *hostProxy) Interrupted() bool                 { return p.Interrupted_(p.Object) }

var (
	_ fourm.Data         = (*dataProxy)(nil)
	_ modality.Tokenizer = (*tokenizerProxy)(nil)
	_ fourm.Host         = (*hostProxy)(nil)
)
