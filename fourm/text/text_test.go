package text_test

import (
	"fmt"
	"image/color"
	"reflect"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

func vocab() *text.Vocab {
	return text.Train([]string{"a red ball left of a blue ball", "two balls", "a red box", "Crème brûlée!", "a red ball"}, 400)
}

func ExampleVocab() {
	v := text.Train([]string{"a red ball", "a red box", "a blue ball", "a blue box"}, 300)
	ids := v.Encode("a red ball [S_1]")
	fmt.Println(v.Words(ids))
	fmt.Println(v.Decode(ids))
	// Output:
	// [a red ball [S_1]]
	// a red ball [S_1]
}

// The special tokens lie as 4M's do: see the golden ids of inventory 2.1.
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
}

func TestRoundTrips(t *testing.T) {
	v := vocab()
	for _, s := range []string{"a red ball left of a blue ball", "two balls", "creme brulee !", "v0=3 v1=63 red"} {
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

// What a model wrote wrongly is read as far as it makes sense.
func TestBrokenBoxes(t *testing.T) {
	tok := &text.Tokenizer{Words: vocab(), Of: modality.Lookup("box")}
	tk := tok.Tokens(tok.Words.Encode("v0=1 v1=2 v1=3 red v0=0 v1=0 v2=63 v3=63 ball v0=9 v1=9 v2=3 v3=12 box v0=1"))
	got, err := tok.Decode(tk)
	want := []modality.Box{{X0: 0, Y0: 0, X1: 1, Y1: 1, Class: "ball"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, expected %v (%v)", got, want, err)
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
}
