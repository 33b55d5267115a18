package mask

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// grids is a sample of pictures of several grids, as domains and entries.
func grids(t *testing.T, sizes ...[2]int) (out []Entry) {
	t.Helper()
	for i, s := range sizes {
		d := modality.Domain{Name: string(rune('a' + i)), Modality: string(rune('a' + i)), Kind: modality.Image, Rows: s[0], Cols: s[1], Max: s[0] * s[1], Vocab: 9}
		e, err := EntryOf(d, nil, modality.Tokens{IDs: make([]int, d.Max), Rows: s[0], Cols: s[1]})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func places(set []bool) (out []int) {
	for at, in := range set {
		if in {
			out = append(out, at)
		}
	}
	return out
}

// Every pattern gives each grid its budgets, inputs and targets apart, and another
// mask with another seed; of whole groups none is torn but the last.
func TestPatterns(t *testing.T) {
	entries := grids(t, [2]int{8, 8}, [2]int{16, 16}, [2]int{4, 12})
	group := map[string]func(rows, cols, at int) int{
		"rows":      func(rows, cols, at int) int { return at / cols },
		"columns:2": func(rows, cols, at int) int { return at % cols / 2 },
		"blocks:2":  func(rows, cols, at int) int { return at/cols/2*cols + at%cols/2 },
	}
	for _, name := range []string{"random", "blocks", "blocks:2", "rows", "rows:3", "columns:2", "same", "tubes", "tubes:4"} {
		draw := func(seed uint64) []Part { return Mask{In: 100, Out: 60, Pattern: name}.Parts(chance(seed), entries) }
		parts, again, other := draw(1), draw(1), draw(2)
		if !reflect.DeepEqual(parts, again) || reflect.DeepEqual(parts, other) {
			t.Errorf("%s: a seed does not give a mask of its own", name)
		}
		in, out := 0, 0
		for i, p := range parts {
			in, out = in+len(places(p.Input)), out+len(places(p.Target))
			for at := range p.Input {
				if p.Input[at] && p.Target[at] {
					t.Fatalf("%s: place %d is input and target", name, at)
				}
			}
			of, d := group[name], entries[i].Domain
			if of == nil {
				continue
			}
			whole, torn := map[int]int{}, 0
			for at := range p.Input {
				whole[of(d.Rows, d.Cols, at)]++
			}
			shown := map[int]int{}
			for _, at := range places(p.Input) {
				shown[of(d.Rows, d.Cols, at)]++
			}
			for g, n := range shown {
				if n != whole[g] {
					torn++
				}
			}
			if torn > 1 {
				t.Errorf("%s: %d groups of %s are shown in part, expected one at most: %v", name, torn, d.Name, places(p.Input))
			}
		}
		if in != 100 || out != 60 {
			t.Errorf("%s: %d inputs and %d targets, expected 100 and 60", name, in, out)
		}
	}
}

// Same shows the same parts of the picture in all modalities: what a grid shows less
// of lies where the others show something, on finer grids too.
func TestSame(t *testing.T) {
	entries := grids(t, [2]int{8, 8}, [2]int{8, 8}, [2]int{16, 16})
	for _, name := range []string{"same", "tubes"} {
		for seed := range uint64(20) {
			parts := Mask{In: 90, Out: 30, Pattern: name}.Parts(chance(seed), entries)
			a, b := places(parts[0].Input), places(parts[1].Input)
			if len(a) > len(b) {
				a, b = b, a
			}
			for _, at := range a {
				if !slices.Contains(b, at) {
					t.Fatalf("%s: place %d of %v is not among %v", name, at, a, b)
				}
			}
			var parts8 []int // of the fine grid, those that are whole
			for y := range 8 {
				for x := range 8 {
					n := 0
					for k := range 4 {
						if parts[2].Input[(2*y+k/2)*16+2*x+k%2] {
							n++
						}
					}
					if n == 4 {
						parts8 = append(parts8, y*8+x)
					}
				}
			}
			less, more := parts8, b
			if len(less) > len(more) {
				less, more = more, less
			}
			for _, at := range less {
				if !slices.Contains(more, at) {
					t.Fatalf("%s: part %d of %v is not among %v", name, at, less, more)
				}
			}
		}
	}
}

// An order of one's own is what it says, gets the chance that all modalities share,
// and is refused where it is none.
func TestOwnOrder(t *testing.T) {
	entries := grids(t, [2]int{4, 4}, [2]int{4, 4})
	var seen []Ground
	m := Mask{In: 6, Out: 4, Order: func(g Ground) []int {
		seen = append(seen, g)
		return g.each(func(at int) int { return 15 - at })
	}}
	for _, p := range m.Parts(chance(3), entries) {
		in, out := places(p.Input), places(p.Target)
		if len(in) > 0 && in[len(in)-1] != 15 || len(out) > 0 && out[len(out)-1] != 15-len(in) {
			t.Errorf("inputs %v and targets %v, expected places from the end", in, out)
		}
	}
	if len(seen) != 2 || seen[0].Domain != "a" || seen[0].Rows != 4 || len(seen[0].Noise) != 16 || !slices.Equal(seen[0].Shared, seen[1].Shared) || slices.Equal(seen[0].Noise, seen[1].Noise) {
		t.Errorf("the order was given %+v", seen)
	}
	for want, m := range map[string]Mask{
		`pattern "stripes", expected random, blocks`:           {Pattern: "stripes"},
		`pattern "rows:0"`:                                     {Pattern: "rows:0"},
		`pattern "same:2"`:                                     {Pattern: "same:2"},
		`Pattern "rows" and an Order`:                          {Pattern: "rows", Order: m.Order},
		`a pattern beside Fixed`:                               {Pattern: "rows", Fixed: true},
		`a: place 16, expected places from 0 to 15, each once`: {In: 6, Out: 4, Order: func(Ground) []int { return []int{16} }},
		`place 3, expected places from 0 to 15, each once`:     {In: 6, Out: 4, Order: func(Ground) []int { return []int{3, 3} }},
		`1 places, expected at least `:                         {In: 30, Out: 2, Order: func(Ground) []int { return []int{1} }},
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected a line with %q", e, want)
				}
			}()
			m.Parts(chance(1), entries)
		}()
	}
}
