package text_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/text"
	"fourmlab/internal/fixture"
)

// lines reads one field of every line of a set's meta.jsonl.
func lines(t *testing.T, set, field string) []string {
	t.Helper()
	path := filepath.Join(os.Getenv("FOURM_DATA"), set, "meta.jsonl")
	if os.Getenv("FOURM_DATA") == "" {
		path = fixture.Path(t, "data", set, "meta.jsonl")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("%v: set FOURM_DATA to the folder that has %s", err, set)
	}
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var row map[string]json.RawMessage
		var list []string
		var one string
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal(row[field], &list) == nil {
			out = append(out, list...)
		} else if json.Unmarshal(row[field], &one) == nil {
			out = append(out, one)
		}
	}
	return out
}

// written is the normalised form of a text: its words with blanks between
// them, but none before some punctuation.
func written(s string) string {
	var b strings.Builder
	for i, w := range text.Split(s) {
		if i > 0 && !slices.Contains([]string{".", ",", "!", "?"}, w) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// Captions of real pictures come back as they were, in lower case, and hold
// nothing that is unknown.
func TestCaptions(t *testing.T) {
	for set, field := range map[string]string{"emoji64": "caption", "coco33": "captions"} {
		t.Run(set, func(t *testing.T) {
			captions := lines(t, set, field)
			if len(captions) < 100 {
				t.Fatalf("%d captions", len(captions))
			}
			captions = captions[:min(len(captions), 800)]
			for _, v := range []*text.Vocab{text.Train(captions, 1000), text.Trainer{Size: 6000, Classes: []string{"dining table", "cat"}}.Train(captions)} {
				tokens := 0
				for i, ids := range v.EncodeBatch(captions) {
					tokens += len(ids)
					if slices.Contains(ids, text.Unk) {
						t.Fatalf("%q holds [UNK]: %v", captions[i], v.Words(ids))
					}
					if got, want := v.Decode(ids), written(captions[i]); got != want {
						t.Fatalf("%q came back as %q, expected %q", captions[i], got, want)
					}
				}
				t.Logf("%d captions, %d tokens of %d", len(captions), tokens, v.Len())
			}
		})
	}
}

func TestTrainer(t *testing.T) {
	texts := []string{"The dog sees a hot dog", "a dog, a wine glass; a dog", "hot hot hot"}
	v := text.Trainer{Size: 90, Sentinels: 6, Bins: 10, Classes: []string{"dog", "hot dog", "Wine Glass"}}.Train(texts)
	if v.Len() != 90 || v.Sentinels != 6 || v.Bins != 10 {
		t.Fatalf("%d tokens, %d sentinels, %d bins", v.Len(), v.Sentinels, v.Bins)
	}
	want := []string{"the", "dog", "sees", "a", "hot dog", "[S_5]", "v3=9", "Wine Glass", "hot"}
	ids := v.Encode("The dog SEES a Hot Dog [S_5] v3=9 wine glass hot")
	if got := v.Words(ids); !reflect.DeepEqual(got, want) {
		t.Errorf("tokens %q, expected %q", got, want)
	}
	if got := v.Words(v.Encode("dogs")); !reflect.DeepEqual(got, []string{"dog", "##s"}) {
		t.Errorf("dogs is %v", got)
	}
	again := text.Trainer{Size: 90, Sentinels: 6, Bins: 10, Classes: []string{"dog", "hot dog", "Wine Glass"}}.Train([]string{texts[2], texts[0], texts[1]})
	if !reflect.DeepEqual(v.Pieces, again.Pieces) {
		t.Error("the order of the texts has an effect")
	}
	bare := text.Trainer{Size: 1, Sentinels: 1, Bins: 1}.Train([]string{"ab", "b"})
	if got := bare.Pieces[4+1+4:]; !reflect.DeepEqual(got, []string{"a", "b", "##b"}) {
		t.Errorf("a size of 1 leaves %v", got)
	}
	rare := text.Trainer{Size: 1000, MinCount: 3, Sentinels: 1, Bins: 1}.Train([]string{"aba aba abb cd"})
	if got := rare.Words(rare.Encode("aba cd")); !reflect.DeepEqual(got, []string{"ab", "##a", "c", "##d"}) {
		t.Errorf("pairs seen three times make %v", got)
	}
	if n := (text.Trainer{}).Train(nil).Len(); n != 4204 {
		t.Errorf("the zero trainer makes %d tokens, expected the 4204 special ones", n)
	}
	defer func() {
		if e, ok := recover().(error); !ok || !strings.HasPrefix(e.Error(), "Trainer.Train: size -1") {
			t.Errorf("got %v", e)
		}
	}()
	text.Trainer{Size: -1}.Train(nil)
}
