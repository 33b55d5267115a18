package mask

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// A row holds what the part says, in the places of 4M's buffers.
func TestRowOfSequence(t *testing.T) {
	for _, e := range sequences(t) {
		for seed := range uint64(200) {
			p := e.Part(chance(seed), int(seed)%e.Domain.Max, 9)
			r := p.Row(e.Domain)
			if len(r.IDs) != 2*(e.Domain.Max+1) {
				t.Fatalf("%d places, expected %d", len(r.IDs), 2*(e.Domain.Max+1))
			}
			in, out := []int{}, []int{}
			for i, id := range r.IDs {
				if r.Input[i] {
					in = append(in, id)
				}
				if r.Target[i] {
					out = append(out, id)
				}
				if !r.Input[i] && !r.Target[i] && id != 0 || (r.Attend[i] == 1) != r.Target[i] {
					t.Fatalf("place %d holds %d, attention %d", i, id, r.Attend[i])
				}
			}
			if !slices.Equal(in, p.In.IDs) || !slices.Equal(out, p.Out.IDs) || len(out) > 0 && !r.Target[p.Room] {
				t.Fatalf("%v and %v, expected %v and %v from %d on", in, out, p.In.IDs, p.Out.IDs, p.Room)
			}
		}
	}
}

func TestRowOfGrid(t *testing.T) {
	d := modality.Domain{Name: "grid", Kind: modality.Image, Max: 5}
	p := Part{Tokens: modality.Tokens{IDs: []int{9, 8, 7, 6, 5}}, Input: []bool{true, false, false, false, true}, Target: []bool{false, false, true, true, false}}
	want := Row{IDs: []int{9, 8, 7, 6, 5}, Input: p.Input, Target: p.Target, Attend: []int{0, 0, 2, 0, 0}}
	if got := p.Row(d); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, expected %v", got, want)
	}
	p.Target = make([]bool, 5)
	if got := p.Row(d).Attend; !reflect.DeepEqual(got, make([]int, 5)) {
		t.Errorf("without targets the attention is %v", got)
	}
	var err error
	func() {
		defer fault.Catch(&err)
		d.Max = 6
		p.Row(d)
	}()
	if err == nil || err.Error() != "Part.Row: grid: marks for 5 input and 5 target tokens, expected 6" {
		t.Errorf("got %v", err)
	}
}

// Inputs and targets of a grid are as many as asked for, wherever there are
// so many tokens, and any token may be either.
func TestGrid(t *testing.T) {
	var in, out [7]int
	for seed := range uint64(700) {
		k, n := int(seed)%8, int(seed/8)%8-1
		input, target := grid(chance(seed), 7, k, n)
		if n < 0 {
			n = 7
		}
		if count(input) != k || count(target) != min(n, 7-k) {
			t.Fatalf("%d inputs and %d targets, expected %d and %d", count(input), count(target), k, min(n, 7-k))
		}
		for i := range input {
			if input[i] && target[i] {
				t.Fatal("a token is input and target")
			}
			if input[i] {
				in[i]++
			}
			if target[i] {
				out[i]++
			}
		}
	}
	for i := range in {
		if in[i] < 250 || in[i] > 450 || out[i] < 150 || out[i] > 350 {
			t.Errorf("token %d was input %d and target %d times of 700", i, in[i], out[i])
		}
	}
}

// Equals keep their order.
func TestOrder(t *testing.T) {
	if got := order([]float32{0.5, 0, 0.25, 0.5, 1, 0.25}); !slices.Equal(got, []int{1, 2, 5, 0, 3, 4}) {
		t.Errorf("order is %v", got)
	}
	r := rand.New(rand.NewPCG(6, 1))
	for range 300 {
		x := make([]float32, r.IntN(40))
		for i := range x { // many equals, and numbers crowded at one end
			x[i] = float32(r.IntN(12)) / float32(11+r.IntN(2)*100)
		}
		want := make([]int, len(x))
		for i := range want {
			want[i] = i
		}
		slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
		if got := order(x); !slices.Equal(got, want) {
			t.Fatalf("%v: order %v, expected %v", x, got, want)
		}
	}
}

// Vectors fill a row of Max from its start.
func TestRowOfVectors(t *testing.T) {
	d := modality.Domain{Name: "sound", Kind: modality.Vectors, Max: 3, Dim: 2}
	r := Part{Vectors: [][]float32{{1, 2}, {0, 0}}, Input: []bool{true, false, false}}.Row(d)
	want := Row{Given: []float32{1, 2, 0, 0, 0, 0}, Input: []bool{true, true, false}, Target: make([]bool, 3), Attend: make([]int, 3)}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got %v, expected %v", r, want)
	}
}

// What has no place in a row is an error that says so.
func TestRowErrors(t *testing.T) {
	line := modality.Domain{Name: "line", Kind: modality.Sequence, Max: 2}
	sound := modality.Domain{Name: "sound", Kind: modality.Vectors, Max: 1, Dim: 2}
	three := modality.Tokens{IDs: []int{7, 8, 9}}
	for want, part := range map[string]struct {
		d modality.Domain
		p Part
	}{
		"line: a target of 3 tokens behind place 4, expected at most 6 places": {line, Part{Room: 4, Out: three}},
		"sound: vector 0 of 3 numbers, expected 2":                             {sound, Part{Vectors: [][]float32{{1, 2, 3}}}},
		"sound: 2 vectors, expected at most 1":                                 {sound, Part{Vectors: [][]float32{{1, 2}, {1, 2}}}},
	} {
		if _, err := part.p.RowIn(Row{}, part.d); err == nil || err.Error() != want {
			t.Errorf("error %v, expected %s", err, want)
		}
	}
}
