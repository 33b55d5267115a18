package mask

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// chance gives a seeded one.
func chance(seed uint64) Chance { return Seeded(rand.New(rand.NewPCG(seed, 1))) }

// sequences gives an entry of every kind that has sentinels: text by token and
// by chunk, and symbols.
func sequences(t testing.TB) []Entry {
	t.Helper()
	v := text.NewVocab(20, 0, []string{"w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9"})
	tok := &text.Tokenizer{Words: v, Of: modality.Modality{Name: "says", MaxTokens: 32}}
	d := modality.Domain{Name: "says", Modality: "says", Kind: modality.Sequence, Max: 32}
	var out []Entry
	for _, value := range []any{"w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w0 w1 w2 w3", []string{"w1 w2", "w3", "", "w4 w5 w6", "w7 w8", "w9"}} {
		e, err := EntryOf(d, tok, value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	e, err := EntryOf(modality.Domain{Name: "notes", Kind: modality.Symbols, Max: 16, Offset: 30}, nil, []int{5, 0, 7, 7, 3, 1, 2, 9, 8, 4, 11, 6})
	if err != nil {
		t.Fatal(err)
	}
	return append(out, e)
}

// rebuilt puts the spans of a target in the places of their sentinels.
func rebuilt(v text.Lexicon, in, out []int) []int {
	after := map[int][]int{}
	last := -1
	for _, id := range out {
		if v.IsSentinel(id) {
			last = id
			continue
		}
		after[last] = append(after[last], id)
	}
	var got []int
	for _, id := range in {
		if v.IsSentinel(id) {
			got = append(got, after[id]...)
			continue
		}
		got = append(got, id)
	}
	return got
}

// Input and target together give the sequence back whenever nothing was cut,
// every token is in just one of them, and chunks are whole.
func TestSpansRebuild(t *testing.T) {
	for _, e := range sequences(t) {
		for _, e.Keep = range []string{"random", "all", "binary"} {
			for seed := range uint64(300) {
				room := 1 + int(seed)%e.Domain.Max
				p := e.Part(chance(seed), room, -1)
				v, _ := e.sentinels()
				if len(p.In.IDs) > room {
					t.Fatalf("%s, %s, seed %d: an input of %v with a budget of %d", e.Domain.Name, e.Keep, seed, p.In, room)
				}
				if got := rebuilt(v, p.In.IDs, p.Out.IDs); !reflect.DeepEqual(got, e.Domain.ToModel(e.Tokens.IDs)) {
					t.Fatalf("%s, %s, seed %d: %v and %v rebuild %v, expected %v", e.Domain.Name, e.Keep, seed, p.In, p.Out, got, e.Domain.ToModel(e.Tokens.IDs))
				}
				at := 0
				for i := range e.Domain.ToModel(e.Tokens.IDs) {
					if p.Input[i] == p.Target[i] {
						t.Fatalf("%s, %s, seed %d: token %d is input %v and target %v", e.Domain.Name, e.Keep, seed, i, p.Input[i], p.Target[i])
					}
				}
				for _, n := range e.Chunks {
					if c := p.Input[at : at+n]; slices.Contains(c, true) && slices.Contains(c, false) {
						t.Fatalf("%s, seed %d: a chunk is torn: %v", e.Keep, seed, c)
					}
					at += n
				}
				if e.Keep == "all" && room == e.Domain.Max && slices.Contains(p.Input, false) {
					t.Fatalf("%s, seed %d: not all is kept: %v", e.Domain.Name, seed, p.In)
				}
			}
		}
	}
}

// A target over its budget is a piece of the whole target that opens with a
// sentinel, and Target marks just its tokens. Budgets of 0 leave a side empty.
func TestTargetBudget(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for _, e := range sequences(t) {
		v, _ := e.sentinels()
		for range 500 {
			in, out := r.IntN(6), r.IntN(9)
			p := e.Part(Seeded(r), in, out)
			if len(p.In.IDs) > in || len(p.Out.IDs) > out || len(p.Out.IDs) > 0 && !v.IsSentinel(p.Out.IDs[0]) {
				t.Fatalf("input %v and target %v with budgets of %d and %d", p.In, p.Out, in, out)
			}
			if out > 0 && len(p.Out.IDs) == 0 {
				t.Fatalf("no target with a budget of %d", out)
			}
			var marked, held []int
			for i, id := range e.Domain.ToModel(e.Tokens.IDs) {
				if p.Target[i] {
					marked = append(marked, id)
				}
			}
			for _, id := range p.Out.IDs {
				if !v.IsSentinel(id) {
					held = append(held, id)
				}
			}
			if !reflect.DeepEqual(marked, held) {
				t.Fatalf("marked %v, target holds %v", marked, held)
			}
		}
	}
}

// Where the vocabulary has few sentinels, spans without one stay visible.
func TestFewSentinels(t *testing.T) {
	e := sequences(t)[0]
	e.Words = text.NewVocab(5, 0, []string{"w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9"})
	e.Tokens = modality.Tokens{IDs: e.Words.Encode("w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w0 w1 w2 w3")}
	most := 0
	for seed := range uint64(300) {
		p := e.Part(chance(seed), 32, -1)
		n := 0
		for _, id := range p.In.IDs {
			if e.Words.IsSentinel(id) {
				n++
			}
		}
		most = max(most, n)
		if got := rebuilt(e.Words, p.In.IDs, p.Out.IDs); !reflect.DeepEqual(got, e.Tokens.IDs) {
			t.Fatalf("seed %d: %v and %v rebuild %v", seed, p.In, p.Out, got)
		}
	}
	if most != 3 { // [S_1] to [S_3]; [S_4] closes the target
		t.Errorf("%d spans at most, expected 3", most)
	}
}

// Vectors stay as they are, spans of them are one row of zeros, and there is
// no target.
func TestVectors(t *testing.T) {
	d := modality.Domain{Name: "sound", Kind: modality.Vectors, Max: 8, Dim: 2}
	var rows [][]float32
	for i := range 10 {
		rows = append(rows, []float32{float32(i + 1), 1})
	}
	e, err := EntryOf(d, nil, rows)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(200) {
		room := int(seed) % 9
		p := e.Part(chance(seed), room, 3)
		if p.Inputs() > room || p.Targets() != 0 || len(p.Input) != 8 {
			t.Fatalf("seed %d: %d inputs and %d targets of %d with a budget of %d", seed, p.Inputs(), p.Targets(), len(p.Input), room)
		}
		want := [][]float32{}
		for i, k := range p.Input {
			if k {
				want = append(want, rows[i])
			} else if room > 0 && (i == 0 || p.Input[i-1]) {
				want = append(want, []float32{0, 0})
			}
		}
		if !reflect.DeepEqual(p.Vectors, want) {
			t.Fatalf("seed %d: %v, expected %v", seed, p.Vectors, want)
		}
	}
}

// Whatever the lengths and budgets, there is a mask within them, or one line
// that says which budget is too large.
func FuzzSpans(f *testing.F) {
	f.Add(uint64(1), uint8(14), uint8(0), 5, 5, 20, uint8(0))
	f.Add(uint64(2), uint8(0), uint8(3), 0, -1, 4, uint8(1))
	f.Add(uint64(3), uint8(200), uint8(7), 33, 40, 32, uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, tokens, chunk uint8, in, out, most int, kind uint8) {
		e := sequences(t)[0]
		e.Domain.Max = most % 300
		e.Keep = []string{"random", "all", "binary"}[kind%3]
		ids := make([]int, tokens)
		for i := range ids {
			ids[i] = 24 + i%10
		}
		e.Tokens.IDs = ids
		if chunk > 0 {
			e.Chunks = []int{}
			for left := len(ids); left > 0; left -= int(chunk) {
				e.Chunks = append(e.Chunks, min(left, int(chunk)))
			}
		}
		var p Part
		var err error
		func() {
			defer fault.Catch(&err)
			p = e.Part(chance(seed), in, out)
		}()
		if bad := in < 0 || in > e.Domain.Max || out > e.Domain.Max; bad != (err != nil) {
			t.Fatalf("budgets of %d and %d with at most %d: %v", in, out, e.Domain.Max, err)
		}
		if err != nil {
			return
		}
		if len(p.In.IDs) > in || out >= 0 && len(p.Out.IDs) > out {
			t.Fatalf("%d and %d tokens with budgets of %d and %d", len(p.In.IDs), len(p.Out.IDs), in, out)
		}
		if in > 0 && out < 0 && !slices.Equal(rebuilt(e.Words, p.In.IDs, p.Out.IDs), ids) {
			t.Fatalf("%v and %v do not rebuild %v", p.In.IDs, p.Out.IDs, ids)
		}
	})
}
