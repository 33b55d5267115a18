package fourm_test

import (
	"testing"

	"fourmlab/fourm"
)

// counted tells how often each sample is read.
type counted struct {
	fourm.Data
	reads map[int]int
}

func (c counted) Sample(i int) (fourm.Sample, error) {
	c.reads[i]++
	return c.Data.Sample(i)
}

// A Data of a person's own is read once a call, however much a sample costs.
func TestDataIsReadOnce(t *testing.T) {
	fourm.Register(fourm.Modality{Name: "ink", Look: fourm.Gray, Size: 16})
	fourm.Register(fourm.Modality{Name: "far", Look: fourm.Gray, Size: 16})
	c := counted{shelf{n: 12}, map[int]int{}}
	once := func(call string) {
		t.Helper()
		for i := range 12 {
			if c.reads[i] != 1 {
				t.Errorf("%s reads sample %d %d times", call, i, c.reads[i])
			}
		}
		clear(c.reads)
	}
	fourm.TrainTokenizers(c, "ink", "far")
	once("TrainTokenizers")
	fourm.TrainVocabulary(c)
	once("TrainVocabulary")
	fourm.TrainTokenizer(c, "ink", fourm.VQ{Steps: 2})
	once("TrainTokenizer")
	cfg := fourm.Tiny("ink", "caption")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 16, 1, 1, 1
	m := fourm.New(cfg)
	if run := m.Train(c, fourm.Train{Steps: 2, Batch: 2, Quiet: true}); run.Err != nil {
		t.Fatal(run.Err)
	}
	once("Train")
}
