package parity

// Fixtures of masking: what the official UnifiedMasking and TransferMasking
// gave for recorded random numbers, and how their results are distributed. A
// folder has any of eight files.

import (
	"bytes"
	"encoding/json"
	"fmt"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// maskingFiles are what such a fixture is told by, and who runs each.
var maskingFiles = []struct {
	name string
	run  func(*Fixture, *Report, string) error
}{
	{"budget_deterministic.json", runBudgets},
	{"image_mask.json", runImageMasks},
	{"span_masking.json", runSpans},
	{"sequence_mask.json", runSequenceMasks},
	{"full_call.json", runFullCalls},
	{"transfer_masking.json", runTransfer},
	{"budget_stats.json", runBudgetStats},
	{"sequence_stats.json", runSequenceStats},
}

func init() {
	for _, f := range maskingFiles {
		register("masking", runMasking, f.name)
	}
}

func runMasking(f *Fixture, r *Report) error {
	for _, x := range maskingFiles {
		if f.Has(x.name) {
			if err := x.run(f, r, x.name); err != nil {
				return err
			}
		}
	}
	return nil
}

// maskModality is what a fixture says of one modality; lists have a value for
// each component of the mixture.
type maskModality struct {
	name   string
	Type   string    `json:"type"`
	Min    int       `json:"min_tokens"`
	Max    int       `json:"max_tokens"`
	In     []float64 `json:"input_alphas"`
	Out    []float64 `json:"target_alphas"`
	Keep   []string  `json:"keep"`
	Offset int       `json:"vocab_offset"`
}

// maskModalities are in the order of the file, which is that of the draws.
type maskModalities []maskModality

// UnmarshalJSON reads an object of modalities.
func (m *maskModalities) UnmarshalJSON(b []byte) error {
	var by map[string]maskModality
	if err := json.Unmarshal(b, &by); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
		x := by[fmt.Sprint(t)]
		x.name = fmt.Sprint(t)
		*m = append(*m, x)
	}
	return nil
}

// domain gives the modality as the masks see it.
func (m maskModality) domain() (modality.Domain, error) {
	d := modality.Domain{Name: m.name, Modality: m.name, Max: m.Max, Offset: m.Offset}
	for _, k := range []modality.Kind{modality.Image, modality.Sequence, modality.Symbols, modality.Vectors} {
		if k.Official() == m.Type {
			d.Kind = k
			return d, nil
		}
	}
	return d, fmt.Errorf("%s is of type %q, which is not known", m.name, m.Type)
}

// entries gives what component k of the mixture does with all of them.
func (m maskModalities) entries(k int) ([]mask.Entry, error) {
	out := make([]mask.Entry, len(m))
	for i, x := range m {
		d, err := x.domain()
		if err != nil {
			return nil, err
		}
		if k >= len(x.In) || k >= len(x.Out) || len(x.Keep) > 0 && k >= len(x.Keep) {
			return nil, fmt.Errorf("%s has %d input and %d target alphas, expected %d or more", x.name, len(x.In), len(x.Out), k+1)
		}
		out[i] = mask.Entry{Domain: d, In: x.In[k], Out: x.Out[k], Min: x.Min}
		if len(x.Keep) > 0 {
			out[i].Keep = x.Keep[k]
		}
	}
	return out, nil
}

// plainTokenizer is the fixtures' own: words w0, w1 and so on behind the
// sentinels, apart by white space.
type plainTokenizer struct {
	Type          string `json:"type"`
	FirstSentinel int    `json:"sentinel_first_id"`
	Sentinels     int    `json:"num_sentinels"`
	FirstWord     int    `json:"first_word_id"`
	Size          int    `json:"vocab_size"`
}

// build gives the vocabulary as this project has them.
func (p plainTokenizer) build() (*text.Vocab, error) {
	if p.Type != "whitespace" || p.Sentinels < 3 || p.FirstWord != p.FirstSentinel+p.Sentinels || p.Size <= p.FirstWord || p.Size > 1<<20 {
		return nil, fmt.Errorf("tokenizer %+v is not one that splits at white space", p)
	}
	words := make([]string, p.Size-p.FirstWord)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", i)
	}
	v := text.NewVocab(p.Sentinels, 0, words)
	last := words[len(words)-1]
	if ids := v.Encode(last); v.Sentinel(0) != p.FirstSentinel || len(ids) != 1 || ids[0] != p.Size-1 {
		return nil, fmt.Errorf("[S_0] has id %d and %s has %v, expected %d and %d", v.Sentinel(0), last, ids, p.FirstSentinel, p.Size-1)
	}
	return v, nil
}

// maskEntry makes an entry of a value in a fixture: a text, its chunks, ids, or
// vectors.
func maskEntry(d modality.Domain, v *text.Vocab, raw json.RawMessage) (mask.Entry, error) {
	t := &text.Tokenizer{Words: v, Of: modality.Modality{Name: d.Name, Kind: d.Kind, MaxTokens: d.Max}}
	var value any
	var err error
	switch d.Kind {
	case modality.Sequence:
		var s string
		var chunks []string
		if value, err = s, json.Unmarshal(raw, &s); err == nil {
			value = s
		} else {
			err = json.Unmarshal(raw, &chunks)
			value = chunks
		}
	case modality.Symbols:
		var ids []int
		err = json.Unmarshal(raw, &ids)
		value = ids
	case modality.Vectors:
		var rows [][]float32
		if err = json.Unmarshal(raw, &rows); err == nil && len(rows) > 0 {
			d.Dim = len(rows[0])
		}
		value = rows
	}
	if err != nil {
		return mask.Entry{}, fmt.Errorf("%s: %w", d.Name, err)
	}
	return mask.EntryOf(d, t, value)
}

// maskedRow is a result in a fixture; 0 in a mask marks what belongs.
type maskedRow struct {
	Tensor json.RawMessage `json:"tensor"`
	Input  []int           `json:"input_mask"`
	Target []int           `json:"target_mask"`
	Attend []int           `json:"decoder_attention_mask"`
}

// compare compares a row with an expected one.
func (w maskedRow) compare(r *Report, group, what string, got mask.Row) error {
	r.Bools(group, what+" input", got.Input, marked(w.Input))
	r.Bools(group, what+" target", got.Target, marked(w.Target))
	r.Ints(group, what+" attention", got.Attend, w.Attend)
	if len(w.Tensor) == 0 || string(w.Tensor) == "null" {
		return nil
	}
	if got.Given != nil {
		var rows [][]float32
		if err := json.Unmarshal(w.Tensor, &rows); err != nil {
			return fmt.Errorf("%s: tensor: %w", what, err)
		}
		r.Ints(group, what+" vectors", []int{len(got.Input)}, []int{len(rows)})
		for i := 0; i < len(rows) && i < len(got.Input); i++ {
			width := len(got.Given) / len(got.Input)
			r.Floats(group, fmt.Sprintf("%s vector %d", what, i), got.Given[i*width:(i+1)*width], rows[i], 0)
		}
		return nil
	}
	var ids []int
	if err := json.Unmarshal(w.Tensor, &ids); err != nil {
		return fmt.Errorf("%s: tensor: %w", what, err)
	}
	r.Ints(group, what+" ids", got.IDs, ids)
	return nil
}

func marked(mask []int) []bool {
	out := make([]bool, len(mask))
	for i, v := range mask {
		out[i] = v == 0
	}
	return out
}
