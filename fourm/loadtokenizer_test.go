package fourm_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm"
)

// A tokenizer that was saved is loaded, peeked at and used; what is no tokenizer,
// and one of another modality, is refused by name.
func TestLoadTokenizer(t *testing.T) {
	fourm.Register(fourm.Modality{Name: "shades", Look: fourm.Gray, Height: 16, Width: 24, Patch: 8, Vocab: 8})
	var set pictures
	for i := range 12 {
		p := fourm.NewPicture(16, 24, 1)
		for j := range p.Pix {
			p.Pix[j] = float32((i+j/48)%4) / 3
		}
		set = append(set, p)
	}
	k := fourm.TrainTokenizer(set, "shades", fourm.VQ{Steps: 20, Batch: 4, Dim: 16, Latent: 4})
	if k.Err != nil {
		t.Fatal(k.Err)
	}
	path := filepath.Join(t.TempDir(), "shades.safetensors")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := fourm.LoadTokenizer(path)
	if err != nil || back.String() != k.String() {
		t.Fatalf("%v came back as %v (%v)", k, back, err)
	}
	flow := fourm.TrainTokenizer(set, "shades", fourm.VQ{From: k, Decoder: "flow", DecoderSteps: 3, Batch: 4})
	if flow.Err != nil || !strings.Contains(flow.String(), "flow decoder") {
		t.Fatalf("%v (%v)", flow, flow.Err)
	}
	old, err := k.Encode(set[1])
	if err != nil {
		t.Fatal(err)
	}
	if now, err := flow.Encode(set[1]); err != nil || !slices.Equal(now.IDs, old.IDs) {
		t.Errorf("another decoder changes the tokens %v to %v (%v)", old.IDs, now.IDs, err)
	}
	if err := flow.Save(path + "f"); err != nil {
		t.Fatal(err)
	}
	drawn, err := fourm.LoadTokenizer(path + "f")
	if err != nil {
		t.Fatal(err)
	}
	flow.Sampler.Steps, drawn.Sampler.Steps = 4, 4
	a, err := flow.Decode(old)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := drawn.Decode(old); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("loaded, it draws another picture (%v)", err)
	}
	if s, err := fourm.Peek(path + "f"); err != nil || !strings.Contains(s, "flow decoder uvit_lab") {
		t.Errorf("peek says %q (%v)", s, err)
	}
	fourm.SetTokenizer("shades", back)
	if s, err := fourm.Peek(path); err != nil || !strings.Contains(s, "shades: tokenizer of pictures of 16x24x1 in patches of 8x8: cosine codebook of 8 codes of 4 numbers") {
		t.Errorf("peek says %q (%v)", s, err)
	}
	if _, err := fourm.Load(path); !errors.Is(err, fourm.ErrForeignCheckpoint) || !strings.Contains(err.Error(), "fourm.LoadTokenizer reads it") {
		t.Errorf("a tokenizer as a model: %v, expected ErrForeignCheckpoint", err)
	}
	if _, err := fourm.LoadTokenizer(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	fourm.Register(fourm.Modality{Name: "shades2", Look: fourm.Gray, Height: 32, Patch: 8})
	defer func() {
		if e, ok := recover().(*fourm.Error); !ok || !strings.Contains(e.Error(), "it takes pictures of 16x24, expected 32x32") {
			t.Errorf("another size: %v", e)
		}
	}()
	fourm.SetTokenizer("shades2", back)
}

// pictures is a set of them.
type pictures []*fourm.Picture

func (p pictures) Len() int { return len(p) }

func (p pictures) Sample(i int) (fourm.Sample, error) {
	return fourm.Sample{Values: map[string]any{"shades": p[i]}}, nil
}
