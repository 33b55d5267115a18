package modality

// How a tokenizer travels in a checkpoint: kinds register how they are
// restored, so that neither the checkpoint nor the model names them.

import (
	"fmt"
	"sync"
)

// Stored is a tokenizer as it lies in a checkpoint.
type Stored struct {
	Kind    string                  `json:"kind"`
	Config  string                  `json:"config"` // JSON, for the kind to read
	Tensors map[string]StoredTensor `json:"-"`
}

// StoredTensor is one array of it.
type StoredTensor struct {
	Shape []int
	Data  []float32
}

// Storer is a tokenizer that can be put into a checkpoint.
type Storer interface {
	Store() (Stored, error)
}

var kinds = struct {
	sync.RWMutex
	by map[string]func(Modality, Stored) (Tokenizer, error)
}{by: map[string]func(Modality, Stored) (Tokenizer, error){}}

// RegisterKind says how tokenizers of a kind are restored; it is called from
// init.
func RegisterKind(kind string, restore func(Modality, Stored) (Tokenizer, error)) {
	kinds.Lock()
	defer kinds.Unlock()
	kinds.by[kind] = restore
}

// Restore makes a stored tokenizer work again.
func Restore(m Modality, s Stored) (Tokenizer, error) {
	kinds.RLock()
	f := kinds.by[s.Kind]
	kinds.RUnlock()
	if f == nil {
		return nil, fmt.Errorf("tokenizer of %s: unknown kind %q", m.Name, s.Kind)
	}
	return f(m, s)
}
