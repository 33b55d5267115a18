package parity

// Span masking for recorded draws: bare spans, then whole sequences with their
// budgets.

import (
	"encoding/json"
	"fmt"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// runSpans replays span masks with a given keep probability, token by token
// and chunk by chunk.
func runSpans(f *Fixture, r *Report, file string) error {
	type spanCase struct {
		Sequence []int           `json:"sequence"`
		Chunks   [][]int         `json:"chunks"`
		Keep     json.RawMessage `json:"keep_prob"`
		Rand     json.RawMessage `json:"rand"`
		Input    []int           `json:"input"`
		Target   []int           `json:"target"`
	}
	var x struct {
		Sentinels map[string]int `json:"sentinel_to_id"`
		Simple    []spanCase     `json:"simple_span_masking"`
		Chunked   []spanCase     `json:"chunk_span_masking"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	v := text.NewVocab(len(x.Sentinels), 0, nil)
	for name, id := range x.Sentinels {
		if ids := v.Encode("[S_" + name + "]"); len(ids) != 1 || ids[0] != id {
			return fmt.Errorf("[S_%s] has ids %v, expected %d", name, ids, id)
		}
	}
	run := func(group string, cases []spanCase, chunked bool) {
		for i, c := range cases {
			what := fmt.Sprintf("case %d", i)
			e := mask.Entry{Words: v, Tokens: modality.Tokens{IDs: c.Sequence}}
			if chunked {
				e.Chunks = []int{}
				for _, ids := range c.Chunks {
					e.Tokens.IDs = append(e.Tokens.IDs, ids...)
					e.Chunks = append(e.Chunks, len(ids))
				}
			}
			// a budget that is never reached leaves the bare span mask
			room := len(e.Tokens.IDs) + len(e.Chunks) + 1
			e.Domain = modality.Domain{Name: "sequence", Kind: modality.Sequence, Max: room}
			draws := []maskDraw{{Fn: "random.uniform", Args: []float64{0, 1}, Value: c.Keep}, {Fn: "torch.rand", Value: c.Rand}}
			replayed(r, group, what, draws, func(t mask.Chance) error {
				p := e.Part(t, room, -1)
				r.Ints(group, what+" input", p.In.IDs, c.Input)
				r.Ints(group, what+" target", p.Out.IDs, c.Target)
				return nil
			})
		}
	}
	run("spans", x.Simple, false)
	run("spans of chunks", x.Chunked, true)
	return nil
}

// sequenceKinds are the modality types of the fixtures' kinds of sequence.
var sequenceKinds = map[string]string{"str": "seq", "chunks": "seq", "token": "seq_token", "emb": "seq_emb"}

// runSequenceMasks replays the masks of sequences with budgets.
func runSequenceMasks(f *Fixture, r *Report, file string) error {
	var x struct {
		Tokenizer plainTokenizer `json:"tokenizer"`
		Cases     []struct {
			Kind      string          `json:"kind"`
			Max       int             `json:"max_tokens"`
			In        int             `json:"input_budget"`
			Out       *int            `json:"target_budget"`
			Keep      string          `json:"keep_scheme"`
			Offset    int             `json:"vocab_offset"`
			Sequence  json.RawMessage `json:"sequence"`
			Embedding json.RawMessage `json:"embedding"`
			Tape      []maskDraw      `json:"tape"`
			Result    maskedRow       `json:"result"`
		} `json:"cases"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	v, err := x.Tokenizer.build()
	if err != nil {
		return err
	}
	for i, c := range x.Cases {
		what, group := fmt.Sprintf("case %d", i), "sequences: "+c.Kind
		replayed(r, group, what, c.Tape, func(t mask.Chance) error {
			d, err := maskModality{name: c.Kind, Type: sequenceKinds[c.Kind], Max: c.Max, Offset: c.Offset}.domain()
			if err != nil {
				return err
			}
			raw := c.Sequence
			if d.Kind == modality.Vectors {
				raw = c.Embedding
			}
			e, err := maskEntry(d, v, raw)
			if err != nil {
				return err
			}
			e.Keep = c.Keep
			out := -1
			if c.Out != nil {
				out = *c.Out
			}
			return c.Result.compare(r, group, what, e.Part(t, c.In, out).Row(e.Domain))
		})
	}
	return nil
}
