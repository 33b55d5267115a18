package fourm_test

import (
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// lab is a set whose modalities have the lab's short names.
type lab struct{ size int }

func (l lab) Len() int { return 4 }

func (l lab) Sample(i int) (fourm.Sample, error) {
	toks := fourm.Tokens{Modality: "depth", Rows: 14, Cols: 14, IDs: make([]int, 196)}
	return fourm.Sample{Key: "x", Values: map[string]any{"rgb": modality.NewPicture(l.size, l.size, 3)}, Toks: map[string]fourm.Tokens{"depth": toks}}, nil
}

// A set's "rgb" is what a published model calls "rgb@224", in training,
// generation and masks; where its size is another, the error says how to get it.
func TestSetMeetsPublishedModel(t *testing.T) {
	fourm.SetHost(&quiet{})
	t.Cleanup(func() { fourm.SetHost(nil) })
	c := fourm.Published("4M-7", "Ti")
	c.Dim, c.Heads, c.Encoder, c.Decoder = 16, 2, 1, 1
	c.Inputs, c.Outputs = []string{"rgb@224"}, []string{"tok_depth@224"}
	m := fourm.New(c)
	if run := m.Train(lab{224}, fourm.Train{Steps: 1, Batch: 2, Mask: fourm.Mask{In: 8, Out: 8}}); run.Err != nil || run.Last().Losses["tok_depth@224"] == 0 {
		t.Errorf("%v, %v", run.Err, run.Last().Losses)
	}
	s, _ := lab{224}.Sample(0)
	out := m.Generate(s, fourm.Chain("rgb@224").Then("tok_depth@224", 2), 0)
	if n := len(out.Sample.Toks["depth@224"].IDs); n != 196 {
		t.Errorf("%d tokens of depth", n)
	}
	if mk := m.Mask(fourm.Mask{In: 8, Out: 8}).Draw(s); len(mk.Parts) != 2 {
		t.Errorf("%v", mk)
	}
	run := m.Train(lab{64}, fourm.Train{Steps: 1, Batch: 2})
	if run.Err == nil || !strings.Contains(run.Err.Error(), "rgb@224: picture of 64x64x3, expected 224x224x3; open the set with datasets.Options{Size: 224}") {
		t.Errorf("error %v", run.Err)
	}
}
