package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// scale is a tokenizer whose codes are the numbers of a picture over a unit.
type scale struct {
	mod  string
	unit float32
}

func init() {
	modality.RegisterKind("scale", func(m modality.Modality, s modality.Stored) (modality.Tokenizer, error) {
		return &scale{m.Name, s.Tensors["unit"].Data[0]}, nil
	})
}

func (s *scale) Vocab() int { return 100 }

func (s *scale) Encode(v any) (modality.Tokens, error) {
	p := v.(*modality.Picture)
	t := modality.Tokens{Modality: s.mod, Rows: p.H, Cols: p.W}
	for _, x := range p.Pix {
		t.IDs = append(t.IDs, int(x/s.unit+0.5))
	}
	return t, nil
}

func (s *scale) Decode(t modality.Tokens) (any, error) {
	p := modality.NewPicture(t.Rows, t.Cols, 1)
	for i, id := range t.IDs {
		p.Pix[i] = float32(id) * s.unit
	}
	return p, nil
}

func (s *scale) Store() (modality.Stored, error) {
	return modality.Stored{Kind: "scale", Config: "{}", Tensors: map[string]modality.StoredTensor{"unit": {Shape: []int{1}, Data: []float32{s.unit}}, "zero": {Shape: []int{1}, Data: []float32{0}}}}, nil
}

// in is samples in memory.
type in []modality.Sample

func (d in) Len() int                              { return len(d) }
func (d in) Sample(i int) (modality.Sample, error) { return d[i], nil }

// Tokens that come back from a folder stand for what they stood for, in another
// program and whatever is registered there; each tokenizer lies there once.
func TestCachedTokensKeepTheirTokenizer(t *testing.T) {
	was := modality.TokenizerOf("depth")
	defer modality.SetTokenizer("depth", was)
	dir := filepath.Join(t.TempDir(), "kept")
	var data in
	for i := range 4 {
		p := modality.NewPicture(1, 2, 1)
		p.Pix[0], p.Pix[1] = 2, 4
		k := &scale{"depth", 0.5}
		if i == 3 {
			k = &scale{"depth", 2}
		}
		tk, _ := k.Encode(p)
		data = append(data, modality.Sample{Key: fmt.Sprint(i), Toks: map[string]modality.Tokens{"depth": tk.By(k)}})
	}
	s, err := CacheIn(data, dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		s.MustSample(i)
	}
	modality.SetTokenizer("depth", &scale{"depth", 10})
	s, err = CacheIn(make(in, 4), dir) // whose samples are never asked for
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		tk := s.MustSample(i).Toks["depth"]
		if got := tk.Value().(*modality.Picture).Pix; !reflect.DeepEqual(got, []float32{2, 4}) {
			t.Errorf("sample %d stands for %v, expected 2 and 4", i, got)
		}
		if err := tk.Fits(&scale{"depth", 10}); err == nil || !strings.Contains(err.Error(), "made by another tokenizer") {
			t.Errorf("sample %d: %v", i, err)
		}
		if err := tk.Fits(&scale{"depth", 0.5}); (err == nil) != (i < 3) {
			t.Errorf("sample %d: %v", i, err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.tokenizer"))
	if len(files) != 2 {
		t.Errorf("%v, expected two tokenizers", files)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("rubbish"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, _ = CacheIn(make(in, 4), dir)
	_, err = s.Sample(0)
	says(t, err, ".tokenizer")
}

// Scenes of another seed or size have the same keys, but are another set.
func TestCacheInOfOtherScenes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	same := func(s modality.Sample) any { return s.Picture("rgb") }
	if _, err := CacheIn(Map(Scenes(3, 1), "line", same), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := CacheIn(Map(Scenes(3, 1), "line", same), dir); err != nil {
		t.Error(err)
	}
	_, err := CacheIn(Map(Scenes(3, 2), "line", same), dir)
	says(t, err, "holds 3 samples of scenes (fourm samples 1, seed 1, ")
}
