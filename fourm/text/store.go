package text

// A vocabulary inside a checkpoint of the lab.

import (
	"bytes"
	"encoding/json"
	"fmt"

	"fourmlab/fourm/modality"
)

// stored is a vocabulary in short where its layout is NewVocab's, else what
// its file would hold.
type stored struct {
	Sentinels int             `json:"sentinels,omitempty"`
	Bins      int             `json:"bins,omitempty"`
	Learned   []string        `json:"learned,omitempty"`
	File      json.RawMessage `json:"tokenizer,omitempty"`
}

// Store gives the vocabulary for a checkpoint.
func (t *Tokenizer) Store() (modality.Stored, error) {
	w := t.Words
	s := stored{Sentinels: w.Sentinels, Bins: w.Bins, Learned: w.Learned()}
	whole := w.bytes()
	if s.Sentinels < 2 || s.Bins < 2 || !bytes.Equal(whole, NewVocab(s.Sentinels, s.Bins, s.Learned).bytes()) {
		s = stored{File: whole}
	}
	b, err := json.Marshal(s)
	return modality.Stored{Kind: "wordpiece", Config: string(b)}, err
}

func init() {
	modality.RegisterKind("wordpiece", func(m modality.Modality, s modality.Stored) (modality.Tokenizer, error) {
		var c stored
		if err := json.Unmarshal([]byte(s.Config), &c); err != nil {
			return nil, fmt.Errorf("text: %w", err)
		}
		if c.File != nil {
			v, err := Read(c.File)
			if err != nil {
				return nil, err
			}
			return &Tokenizer{Words: v, Of: m}, nil
		}
		if c.Sentinels < 2 || c.Bins < 2 || c.Sentinels > 1e4 || c.Bins > 1e5 {
			return nil, fmt.Errorf("text: a vocabulary of %d sentinels and %d bins", c.Sentinels, c.Bins)
		}
		return &Tokenizer{Words: NewVocab(c.Sentinels, c.Bins, c.Learned), Of: m}, nil
	})
}
