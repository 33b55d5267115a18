package mask

import (
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// What does not fit its domain is refused in one line.
func TestEntryOfErrors(t *testing.T) {
	words := &text.Tokenizer{Words: text.NewVocab(20, 0, []string{"w0"}), Of: modality.Modality{Name: "says"}}
	says := modality.Domain{Name: "says", Kind: modality.Sequence, Max: 8}
	notes := modality.Domain{Name: "notes", Kind: modality.Symbols, Max: 8, Offset: 30}
	sound := modality.Domain{Name: "sound", Kind: modality.Vectors, Max: 8, Dim: 2}
	grid := modality.Domain{Name: "grid", Kind: modality.Image, Max: 4}
	for _, c := range []struct {
		d     modality.Domain
		t     modality.Tokenizer
		value any
		want  string
	}{
		{says, nil, "w0", "says: a string is no value of sequence"},
		{says, nil, modality.Tokens{IDs: []int{1}}, "says: the tokenizer has no sentinels"},
		{says, words, 7, "says: text: a int is no caption"},
		{says, words, [][]float32{{1, 2}}, "says: text: a [][]float32 is no caption"},
		{notes, nil, "a b", "notes: a string is no value of symbols"},
		{notes, nil, []int{1, -1}, "notes: symbol 1 is -1, expected 0 or more"},
		{notes, nil, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "notes: 9 symbols, expected at most 8"},
		{modality.Domain{Name: "notes", Kind: modality.Symbols, Max: 8, Offset: 6}, nil, []int{1}, "notes: symbols begin at id 6, expected 7 or more: no room for sentinels before them"},
		{sound, nil, []int{1}, "sound: a []int is no value of vectors"},
		{sound, nil, modality.Tokens{IDs: []int{1}}, "sound: a modality.Tokens is no value of vectors"},
		{sound, nil, [][]float32{{1, 2}, {3}}, "sound: vector 1 of 1 numbers, expected 2"},
		{grid, nil, modality.Tokens{IDs: []int{1}}, "grid: 1 tokens, expected 4"},
		{grid, nil, nil, "grid: a <nil> is no value of image"},
	} {
		if _, err := EntryOf(c.d, c.t, c.value); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, expected %s", err, c.want)
		}
	}
}

// A text is cut to its domain's length token by token, chunks only as a whole.
func TestEntryOfCuts(t *testing.T) {
	v := text.NewVocab(20, 0, []string{"w0", "w1", "w2"})
	tok := &text.Tokenizer{Words: v, Of: modality.Modality{Name: "says", MaxTokens: 100}}
	d := modality.Domain{Name: "says", Kind: modality.Sequence, Max: 5}
	for _, c := range []struct {
		value  any
		want   string
		chunks []int
	}{
		{"w0 w1 w2 w0", "w0 w1 w2 w0 [EOS]", nil},
		{"w0 w1 w2 w0 w1", "w0 w1 w2 w0 w1", nil},
		{[]string{"w0 w1", "w2 w0"}, "w0 w1 w2 w0 [EOS]", []int{2, 2, 1}},
		{[]string{"w0 w1", "w2 w0 w1"}, "w0 w1 w2 w0 w1", []int{2, 3}},
		{[]string{"w0 w1", "w2 w0 w1 w2", "w0"}, "w0 w1", []int{2}},
		{[]string{}, "[EOS]", []int{1}},
	} {
		e, err := EntryOf(d, tok, c.value)
		if err != nil || e.Tokens.Text() != c.want || !reflect.DeepEqual(e.Chunks, c.chunks) {
			t.Errorf("%v became %q in chunks of %v, expected %q and %v (%v)", c.value, e.Tokens.Text(), e.Chunks, c.want, c.chunks, err)
		}
	}
	long := modality.Tokens{IDs: []int{24, 25, 26, 24, 25, 26, 24}, Rows: 1, Cols: 7, Words: []string{"a", "b", "c", "d", "e", "f", "g"}}
	if e, err := EntryOf(d, tok, long); err != nil || len(e.Tokens.IDs) != 5 || e.Tokens.Cols != 5 || len(e.Tokens.Words) != 5 || len(long.IDs) != 7 {
		t.Errorf("tokens became %v (%v)", e.Tokens, err)
	}
}

// Entries that were put together wrongly are refused where they are masked.
func TestWrongEntries(t *testing.T) {
	whole := sequences(t)[0]
	for want, change := range map[string]func(*Entry){
		"mask.Part: says: chunks of [3 4] tokens, expected 15 together":                        func(e *Entry) { e.Chunks = []int{3, 4} },
		"mask.Part: says: chunks of [16 -1] tokens, expected 15 together":                      func(e *Entry) { e.Chunks = []int{16, -1} },
		"mask.Part: says: a vocabulary without sentinels for a span, expected [S_1] and [S_2]": func(e *Entry) { e.Words = nil },
		`mask.Part: says: keep scheme "some", expected random, all or binary`:                  func(e *Entry) { e.Keep = "some" },
		"mask.Part: says: budgets of 4 input and 4 target tokens, expected at most 3":          func(e *Entry) { e.Domain.Max = 3 },
		"Mask.Draw: says is a target, expected an input: nothing predicts pixels or vectors":   func(e *Entry) { e.Domain.Kind, e.In = modality.Vectors, -2 },
		"mask.Share: -1 input and 4 target tokens, expected 0 to 16777216":                     func(e *Entry) { e.Min = -1 },
	} {
		e := whole
		change(&e)
		var err error
		func() {
			defer fault.Catch(&err)
			switch {
			case e.In == -2:
				Mask{Fixed: true}.Parts(chance(1), []Entry{e})
			case e.Min < 0:
				Share(chance(1), []Entry{e}, -1, 4)
			default:
				e.Part(chance(1), 4, 4)
			}
		}()
		if err == nil || err.Error() != want {
			t.Errorf("got %v, expected %s", err, want)
		}
	}
}

// Symbols stand behind their offset on both sides, and read as numbers.
func TestSymbols(t *testing.T) {
	e := sequences(t)[2]
	e.Keep = keepAll
	p := e.Part(chance(1), 16, -1)
	if got := p.In.Text(); got != "5 0 7 7 3 1 2 9 8 4 11 6" || p.Out.Text() != "[S_1]" || p.In.IDs[1] != 30 || p.Tokens.IDs[1] != 0 {
		t.Errorf("input %q is %v, target %q", got, p.In.IDs, p.Out.Text())
	}
	if p = e.Part(chance(1), 0, -1); p.Inputs() != 0 || p.Targets() != 14 {
		t.Errorf("without a budget %d inputs and %d targets, expected 0 and 14", p.Inputs(), p.Targets())
	}
}
