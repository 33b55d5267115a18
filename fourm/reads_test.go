package fourm_test

import (
	"sync"
	"testing"

	"fourmlab/fourm"
)

// counted counts how often each sample is read.
type counted struct {
	band
	mu   sync.Mutex
	read map[int]int
}

func (c *counted) Sample(i int) (fourm.Sample, error) {
	c.mu.Lock()
	c.read[i]++
	c.mu.Unlock()
	return c.band.Sample(i)
}

// A set may compute its samples: a call reads each of them once.
func TestSamplesAreReadOnce(t *testing.T) {
	ds := bands(t, 24)
	m := tinyModel("strip", "caption")
	dir := t.TempDir()
	for what, call := range map[string]func(ds, val fourm.Data){
		"TrainTokenizers, all":   func(ds, _ fourm.Data) { fourm.TrainTokenizers(ds) },
		"TrainTokenizers, named": func(ds, _ fourm.Data) { fourm.TrainTokenizers(ds, "strip", "net") },
		"TrainTokenizer":         func(ds, _ fourm.Data) { fourm.TrainTokenizer(ds, "strip", fourm.VQ{Steps: 2, Dim: 16, Latent: 4}) },
		"TrainVocabulary":        func(ds, _ fourm.Data) { fourm.TrainVocabulary(ds) },
		"Train": func(ds, val fourm.Data) {
			if run := m.Train(ds, fourm.Train{Steps: 20, Batch: 8, Val: val, ValEvery: 5, Dir: dir, NoEvents: true}); run.Err != nil {
				t.Error(run.Err)
			}
		},
		"Eval": func(ds, _ fourm.Data) { m.Eval(ds, "strip->caption", "caption->strip") },
	} {
		c, val := &counted{band: ds, read: map[int]int{}}, &counted{band: band{8}, read: map[int]int{}}
		call(c, val)
		for i := range c.Len() {
			if c.read[i] != 1 {
				t.Errorf("%s reads sample %d %d times", what, i, c.read[i])
				break
			}
		}
		for i, n := range val.read {
			if n != 1 {
				t.Errorf("%s reads held-out sample %d %d times", what, i, n)
			}
		}
	}
}
