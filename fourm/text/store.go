package text

import (
	"encoding/json"
	"fmt"

	"fourmlab/fourm/modality"
)

type stored struct {
	Sentinels int      `json:"sentinels"`
	Bins      int      `json:"bins"`
	Learned   []string `json:"learned"`
}

// Store gives the vocabulary for a checkpoint.
func (t *Tokenizer) Store() (modality.Stored, error) {
	b, err := json.Marshal(stored{t.Words.Sentinels, t.Words.Bins, t.Words.Learned()})
	return modality.Stored{Kind: "wordpiece", Config: string(b)}, err
}

func init() {
	modality.RegisterKind("wordpiece", func(m modality.Modality, s modality.Stored) (modality.Tokenizer, error) {
		var c stored
		if err := json.Unmarshal([]byte(s.Config), &c); err != nil {
			return nil, fmt.Errorf("text: %w", err)
		}
		if c.Sentinels < 2 || c.Bins < 2 || c.Sentinels > 1e4 || c.Bins > 1e5 {
			return nil, fmt.Errorf("text: a vocabulary of %d sentinels and %d bins", c.Sentinels, c.Bins)
		}
		return &Tokenizer{Words: NewVocab(c.Sentinels, c.Bins, c.Learned), Of: m}, nil
	})
}
