package text_test

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

func vocab() *text.Vocab {
	return text.Train([]string{"a red ball left of a blue ball", "two balls", "a red box", "Crème brûlée!", "a red ball"}, 400)
}

func ExampleVocab() {
	v := text.Train([]string{"a red ball", "a red box", "a blue ball", "a blue box"}, 320)
	ids := v.Encode("a red ball [S_1]")
	fmt.Println(v.Words(ids))
	fmt.Println(v.Decode(ids))
	// Output:
	// [a red ball [S_1]]
	// a red ball [S_1]
}

// The special tokens lie as 4M's do: see the golden ids of docs/4m.md, 2.1.
func TestOfficialLayout(t *testing.T) {
	v := text.NewVocab(200, 1000, nil)
	for _, c := range []struct {
		word string
		id   int
	}{{"[PAD]", 0}, {"[EOS]", 3}, {"[S_0]", 4}, {"[S_1]", 5}, {"v0=0", 204}, {"v1=0", 1204}, {"v3=999", 4203}} {
		if got := v.Encode(c.word); len(got) != 1 || got[0] != c.id {
			t.Errorf("%s has id %v, expected %d", c.word, got, c.id)
		}
	}
	if v.Sentinels != 200 || v.Bins != 1000 || v.Len() != 4204 || v.Sentinel(7) != 11 || !v.IsSentinel(203) || v.IsSentinel(204) || v.IsSentinel(3) {
		t.Errorf("%d sentinels, %d bins, %d tokens", v.Sentinels, v.Bins, v.Len())
	}
	defer func() {
		if e, ok := recover().(error); !ok || !strings.Contains(e.Error(), "no token [S_200]") {
			t.Errorf("got %v", e)
		}
	}()
	v.Sentinel(200)
}

func TestRoundTrips(t *testing.T) {
	v := vocab()
	for _, s := range []string{"a red ball left of a blue ball", "two balls", "creme brulee!", "v0=3 v1=63 red"} {
		if got := v.Decode(v.Encode(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
	if got := v.Encode("日"); len(got) != 1 || got[0] != text.Unk {
		t.Errorf("an unknown character is %v, expected [UNK]", got)
	}
	for _, c := range []struct {
		modality string
		value    any
	}{
		{"box", []modality.Box{{X0: 0, Y0: 0, X1: 1, Y1: 1, Class: "red ball"}, {X0: 21. / 63, Y0: 42. / 63, X1: 1, Y1: 1, Class: "box"}}},
		{"palette", modality.Palette{color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}}},
		{"caption", "a red box"},
	} {
		tok := &text.Tokenizer{Words: v, Of: modality.Lookup(c.modality)}
		tk, err := tok.Encode(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if tk.IDs[len(tk.IDs)-1] != text.EOS {
			t.Errorf("%s: no [EOS] at the end of %v", c.modality, tk.Words)
		}
		got, err := tok.Decode(tk)
		if err != nil || !reflect.DeepEqual(got, c.value) {
			t.Errorf("%s: %v came back as %v (%v)", c.modality, c.value, got, err)
		}
	}
}

func TestTruncation(t *testing.T) {
	m := modality.Lookup("caption")
	m.MaxTokens = 4
	tok := &text.Tokenizer{Words: vocab(), Of: m}
	tk, err := tok.Encode("a red ball left of a blue ball")
	if err != nil || len(tk.IDs) != 4 {
		t.Errorf("%d tokens, expected 4 (%v)", len(tk.IDs), err)
	}
	if _, err := tok.Encode(7); err == nil {
		t.Error("a number was tokenized")
	}
	tok.Words = text.NewVocab(2, 0, []string{"a"})
	if _, err := tok.Encode([]modality.Box{{}}); err == nil || !strings.Contains(err.Error(), "no coordinates") {
		t.Errorf("boxes without coordinates: %v", err)
	}
}

// A fact is a chunk of two tokens, [EOS] one of its own; chunks beyond
// MaxTokens are dropped whole.
func TestChunks(t *testing.T) {
	m, _ := modality.Find("metadata")
	tok := &text.Tokenizer{Words: text.NewVocab(200, 1000, nil), Of: m}
	facts := text.Metadata{}
	for i, n := range text.MetadataNames() {
		if i == 19 {
			break
		}
		facts[n] = 1
	}
	whole, err := tok.EncodeChunks(facts, nil)
	if err != nil || len(whole) != 20 || !reflect.DeepEqual(whole[19], []int{text.EOS}) {
		t.Fatalf("%d chunks, expected 19 and [EOS] (%v)", len(whole), err)
	}
	if !reflect.DeepEqual(tok.Words.Words(whole[5]), []string{"v1=5", "v0=1"}) {
		t.Errorf("chunk 5 is %v", tok.Words.Words(whole[5]))
	}
	facts["watermark_score"], facts["aesthetic_score"] = 1, 6
	r := rand.New(rand.NewPCG(1, 2))
	cut, err := tok.EncodeChunks(facts, r)
	if err != nil || len(cut) != 20 || len(cut[19]) != 2 {
		t.Errorf("%d chunks, the last %v, expected 20 pairs", len(cut), cut[len(cut)-1])
	}
	again, _ := tok.EncodeChunks(facts, rand.New(rand.NewPCG(1, 2)))
	if !reflect.DeepEqual(cut, again) || reflect.DeepEqual(cut[:19], whole[:19]) {
		t.Error("the order does not come from the source of chance alone")
	}
	tok.Of.MaxTokens = 3
	if got, err := tok.EncodeChunks([]string{"[S_1] [S_2]", "[S_3]", "[S_4]"}, nil); err != nil || !reflect.DeepEqual(got, [][]int{{5, 6}, {7}}) {
		t.Errorf("strings as chunks: %v (%v)", got, err)
	}
	if got, err := tok.EncodeChunks("[S_1]", nil); err != nil || !reflect.DeepEqual(got, [][]int{{5}, {3}}) {
		t.Errorf("a string: %v (%v)", got, err)
	}
	if _, err := tok.EncodeChunks(text.Metadata{"mood": 1}, nil); err == nil {
		t.Error("an unknown fact was written")
	}
}

// What span masking took apart is put together again (docs/4m.md, 6.3).
func TestMerge(t *testing.T) {
	v := text.NewVocab(10, 2, nil)
	for _, c := range [][3][]int{
		{{90, 5, 6, 91}, {80, 81, 7}, {90, 91}},
		{{5, 90, 6}, {5, 80, 6, 81, 82, 7}, {80, 90, 81, 82}},
		{{5, 5}, {5, 80, 6, 5, 81}, {80, 81, 80, 81}},
		{{90}, {5}, {90}},
		{nil, nil, {}},
	} {
		if got := v.Merge(c[0], c[1]); !reflect.DeepEqual(got, c[2]) {
			t.Errorf("%v and %v are merged to %v, expected %v", c[0], c[1], got, c[2])
		}
	}
}

// Vocabularies come back from a checkpoint as they were, those with classes
// and rules of their own, too.
func TestStore(t *testing.T) {
	for _, v := range []*text.Vocab{vocab(), text.Trainer{Size: 300, Sentinels: 3, Bins: 5, Classes: []string{"wine glass"}}.Train([]string{"a glass"}), text.NewVocab(0, 0, []string{"a", "##b"})} {
		m := modality.Lookup("caption")
		s, err := (&text.Tokenizer{Words: v, Of: m}).Store()
		if err != nil {
			t.Fatal(err)
		}
		back, err := modality.Restore(m, s)
		if err != nil {
			t.Fatal(err)
		}
		w := back.(*text.Tokenizer).Words
		if !reflect.DeepEqual(w.Pieces, v.Pieces) || w.Sentinels != v.Sentinels || w.Bins != v.Bins {
			t.Errorf("%d tokens came back as %d", v.Len(), w.Len())
		}
		if s := "a wine glass of ab [S_1] v0=1"; !reflect.DeepEqual(w.Encode(s), v.Encode(s)) {
			t.Errorf("%q is %v after, %v before", s, w.Encode(s), v.Encode(s))
		}
	}
	for _, config := range []string{`{`, `{"sentinels":1,"bins":64}`, `{"tokenizer":{"version":"1.0"}}`, `{"sentinels":100000000,"bins":64}`} {
		if _, err := modality.Restore(modality.Lookup("caption"), modality.Stored{Kind: "wordpiece", Config: config}); err == nil {
			t.Errorf("%s was restored", config)
		}
	}
}
