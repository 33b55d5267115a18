package text_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/text"
	"fourmlab/internal/fixture"
)

// The published vocabulary, where its file is at hand.
func official(t testing.TB) (*text.Vocab, string) {
	path := fixture.Path(t, "4m", "text_tokenizer_4m_wordpiece_30k.json")
	v, err := text.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return v, path
}

// Golden ids of docs/4m.md, 2.1 and 1.4.
func TestOfficialIDs(t *testing.T) {
	v, _ := official(t)
	if v.Len() != 30000 || v.Sentinels != 200 || v.Bins != 1000 || v.Sentinel(0) != 4 || v.Sentinel(199) != 203 {
		t.Fatalf("%d tokens, %d sentinels, %d bins", v.Len(), v.Sentinels, v.Bins)
	}
	for word, id := range map[string]int{"v0=0": 204, "v1=0": 1204, "v3=999": 4203, "airplane": 4204, "zebra": 4283, "the": 4912, "a": 4321,
		"human": 6304, "pose": 8620, "global": 9292, "camera": 5585, "shape": 6631, "none": 18109, "polygon": 14445, "point": 6712, "[S_1]": 5, "wine glass": 4282} {
		if got := v.Encode(word); !reflect.DeepEqual(got, []int{id}) {
			t.Errorf("%q is %v, expected %d", word, got, id)
		}
		if got, ok := v.ID(word); !ok || got != id {
			t.Errorf("%q has id %d %v, expected %d", word, got, ok, id)
		}
	}
}

// Reading and saving gives the same file to the byte.
func TestOfficialFileIsKept(t *testing.T) {
	v, path := official(t)
	again := filepath.Join(t.TempDir(), "again.json")
	if err := v.Save(again); err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("%d bytes became %d", len(a), len(b))
	}
}

// A caption that is 4M's comes back in lower case.
func TestOfficialText(t *testing.T) {
	v, _ := official(t)
	in := []string{"A Teddy bear, a wine glass; and it's 3 o'clock.", "Café [S_1] [EOS]"}
	want := []string{"a teddy bear, a wine glass ; and it ' s 3 o ' clock.", "cafe [S_1]"}
	for i, ids := range v.EncodeBatch(in) {
		if got := v.Decode(ids); got != want[i] {
			t.Errorf("%q reads %q, expected %q", in[i], got, want[i])
		}
	}
	if got := v.Join(v.Encode(in[0]), true); strings.Contains(got, "glass") {
		t.Errorf("without special tokens: %q", got)
	}
}

func BenchmarkEncode(b *testing.B) {
	v, _ := official(b)
	for b.Loop() {
		v.Encode("a photo of a cat sitting on a wooden table with two wine glasses, v0=12 v1=999")
	}
}
