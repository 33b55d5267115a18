package text_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/text"
)

func ExampleMetadata() {
	chunks, _ := text.Style{}.Metadata(text.Metadata{"original_width": 640, "colorfulness": 30, "n_humans": 2}, nil)
	fmt.Println(chunks)
	fmt.Println(text.Style{}.ReadMetadata(chunks[0] + " " + chunks[2]))
	// Output:
	// [v1=0 v0=20 v1=5 v0=2 v1=9 v0=9]
	// original_width 656, colorfulness 29.08
}

// The numbers of docs/4m.md, 1.4, at their edges.
func TestMetadataValues(t *testing.T) {
	for _, c := range []struct {
		name  string
		value float64
		want  string
	}{
		{"original_width", 31, "v1=0 v0=0"}, {"original_width", 32, "v1=0 v0=1"}, {"original_height", 40000, "v1=1 v0=999"}, {"original_height", -5, "v1=1 v0=0"},
		{"caption_n_chars", 1411, "v1=2 v0=999"}, {"caption_n_sentences", 3, "v1=4 v0=3"}, {"semantic_diversity", math.Inf(1), "v1=16 v0=999"},
		{"colorfulness", 150, "v1=9 v0=49"}, {"colorfulness", 149.9, "v1=9 v0=48"}, {"contrast", 300, "v1=11 v0=49"}, {"entropy", -1, "v1=13 v0=0"},
		{"geometric_complexity", 0.375, "v1=17 v0=24"}, {"occlusion_score", 0.25, "v1=18 v0=49"},
		{"watermark_score", 0.49, "v1=19 v0=0"}, {"watermark_score", 0.5, "v1=19 v0=1"},
		{"aesthetic_score", 4.49, "v1=20 v0=0"}, {"aesthetic_score", 4.5, "v1=20 v0=1"}, {"aesthetic_score", 5.5, "v1=20 v0=2"},
	} {
		got, err := text.Style{}.Metadata(text.Metadata{c.name: c.value}, nil)
		if err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s of %g is %v, expected %s (%v)", c.name, c.value, got, c.want, err)
		}
	}
	if n := len(text.MetadataNames()); n != 21 {
		t.Errorf("%d facts", n)
	}
	for _, bad := range []text.Metadata{{"mood": 1}, {"entropy": math.NaN()}} {
		if _, err := (text.Style{}).Metadata(bad, nil); err == nil {
			t.Errorf("%v was written", bad)
		}
	}
	if _, err := (text.Style{Bins: 20}).Metadata(text.Metadata{}, nil); err == nil {
		t.Error("metadata with 20 bins")
	}
}

// Every number that can be written is read as a value that is written so
// again: of all facts, and with the bins of a lab.
func TestMetadataInverse(t *testing.T) {
	for _, s := range []text.Style{{}, {Bins: 64}} {
		bins := map[int]int{0: 1000, 64: 64}[s.Bins]
		for kind, name := range text.MetadataNames() {
			for n := range bins {
				chunk := fmt.Sprintf("v1=%d v0=%d", kind, n)
				m := s.ReadMetadata(chunk)
				if _, ok := m[name]; !ok {
					if first := map[string]int{"watermark_score": 2, "aesthetic_score": 3}[name]; first > 0 && n < first || first == 0 && n < 50 {
						t.Errorf("%s is not read", chunk)
					}
					continue
				}
				if got, err := s.Metadata(m, nil); err != nil || !reflect.DeepEqual(got, []string{chunk}) {
					t.Errorf("%s is read as %v and written as %v (%v)", chunk, m, got, err)
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		x := text.Metadata{"brightness": 255 * r.Float64(), "walkability": r.Float64(), "original_width": float64(r.IntN(20000))}
		chunks, err := text.Style{}.Metadata(x, r)
		if err != nil {
			t.Fatal(err)
		}
		y := text.Style{}.ReadMetadata(strings.Join(chunks, " "))
		if math.Abs(x["brightness"]-y["brightness"]) > 255./98+1e-9 || math.Abs(x["walkability"]-y["walkability"]) > 1./98+1e-9 || math.Abs(x["original_width"]-y["original_width"]) > 16 {
			t.Fatalf("%v came back as %v", x, y)
		}
	}
}

// The official code divides by the number of bins where it multiplied with
// one less (docs/4m.md, 11.2).
func TestMetadataCompat(t *testing.T) {
	got := text.Style{Compat: true}.ReadMetadata("v1=9 v0=49 v1=0 v0=3 v1=19 v0=1 v1=5 v0=7 v1=13 v0=50")
	want := text.Metadata{"colorfulness": 147, "original_width": 96, "watermark_score": 1, "n_humans": 7, "entropy": 10}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, expected %v", got, want)
	}
}

func TestBrokenMetadata(t *testing.T) {
	for s, want := range map[string]text.Metadata{
		"":                          {},
		"v0=3 v1=5 v0=2 v1=5":       {"n_humans": 2},
		"v1=5 v0=2 v0=3 v1=6 v0=4":  {"n_sam_instances": 4},
		"v1=21 v0=2 v1=5 v1=6 v0=1": {"n_sam_instances": 1},
		"v1=5 v1=2 v1=5 cat v1=x v0=3 v1=7 v0=1000":  {},
		"v1=9 v0=50 v1=19 v0=2 v1=20 v0=3 v1=2 v0=1": {"caption_n_chars": 1},
		"v1=5 v0=2 v1=5 v0=3":                        {"n_humans": 3},
	} {
		if got := (text.Style{}).ReadMetadata(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %v, expected %v", s, got, want)
		}
	}
}
