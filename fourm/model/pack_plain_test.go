package model

// What a packed batch should hold, said plainly: what 4M's packing makes of
// masked samples, one token and one pair of query and key at a time.

import (
	"fmt"
	"math"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// seen is a token as the tables should hold it: which table, which row of it,
// at which position of which domain, and as a target which label.
type seen struct{ table, row, dom, pos, label int }

// shouldShow says what the encoder should get of sample i: one domain after
// the other, of each its input in order, and no more than n tokens.
func shouldShow(m *Model, i, n int, parts map[string]mask.Part) (out []seen) {
	for k, d := range m.In {
		p, ok := parts[d.Name]
		if !ok {
			continue
		}
		last := m.rows(encoderName(d)+".pos_emb") - 1
		switch {
		case d.Grid():
			for at, in := range p.Input {
				if in && d.Pixels {
					out = append(out, seen{k, i*d.Max + at, k, at, 0})
				} else if in {
					out = append(out, seen{k, p.Tokens.IDs[at], k, at, 0})
				}
			}
		case d.Kind == modality.Vectors:
			for at := range p.Vectors {
				out = append(out, seen{k, i*d.Max + at, k, min(at, last), 0})
			}
		default:
			for at, id := range p.In.IDs {
				out = append(out, seen{k, id, k, min(at, last), 0})
			}
		}
	}
	return out[:min(n, len(out))]
}

// place is a place of the decoder before the targets come to the front.
type place struct {
	seen
	target bool
	attend int // of 4M's short form: what is added to the number of tokens seen
}

// shouldAsk says what the decoder should get, of the outputs in an order: the
// targets, then all other places of their buffers, no more than n together.
func shouldAsk(m *Model, n int, order []int, parts map[string]mask.Part) (out []place) {
	tables := map[string]int{}
	for _, d := range m.Out {
		if !d.Grid() {
			tables[d.Name] = 1 + len(tables)
		}
	}
	for _, k := range order {
		d := m.Out[k]
		p, ok := parts[d.Name]
		if !ok {
			continue
		}
		if d.Grid() {
			all, first := 0, true
			for _, t := range p.Target {
				if t {
					all++
				}
			}
			for at, t := range p.Target {
				x := place{seen: seen{0, 0, k, at, 0}, target: t}
				if t {
					x.label = p.Tokens.IDs[at]
				}
				if t && first {
					x.attend, first = all, false
				}
				out = append(out, x)
			}
			continue
		}
		ids := p.Out.IDs
		before := max(p.Room, len(p.In.IDs)) // places of the buffer that are not the target's
		for at := range 2*d.Max + 1 {        // the last place has none behind it
			x, t := place{}, at-before
			x.dom = k
			if t >= 0 && t < len(ids) {
				x.attend = 1
			}
			if t >= 0 && t+1 < len(ids) {
				x.target = true
				x.seen = seen{tables[d.Name], ids[t], k, t, ids[t+1]}
				if t >= d.Positions {
					x.pos = 0
				}
			}
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b place) int {
		switch {
		case a.target == b.target:
			return 0
		case a.target:
			return -1
		}
		return 1
	})
	return out[:min(n, len(out))]
}

// shouldSee says which keys a query sees: of its own domain, unless all are
// joint, those before the running sum, or those up to itself.
func shouldSee(m *Model, all []place, q, k int) bool {
	if q >= len(all) || k >= len(all) || !m.Config.Joint && all[q].dom != all[k].dom {
		return false
	}
	if m.Config.Causal {
		return k <= q
	}
	sum := 0
	for _, x := range all[:q+1] {
		sum += x.attend
	}
	return k < sum
}

// token reads what the tables of a side hold at a place.
func token(tok, pos, mod []int32, at int) (seen, bool) {
	x := seen{table: int(tok[2*at]), row: int(tok[2*at+1]), dom: int(pos[2*at]), pos: int(pos[2*at+1])}
	return x, tok[2*at] >= 0 && mod[2*at] == pos[2*at] && mod[2*at+1] == 0
}

// checkBatch compares a packed batch with what it should hold, of the outputs
// in an order; padding says whether what padding sees is in it.
func checkBatch(m *Model, b *Batch, samples []mask.Masked, order []int, padding bool) error {
	tokens, counts := int64(0), map[string]int{}
	empty := func(tables ...[]int32) bool {
		return !slices.ContainsFunc(slices.Concat(tables...), func(v int32) bool { return v != -1 })
	}
	for i := range b.B {
		parts := map[string]mask.Part{}
		if i < len(samples) {
			for _, p := range samples[i].Parts {
				parts[p.Domain] = p
			}
		}
		show, ask := shouldShow(m, i, b.N, parts), shouldAsk(m, b.M, order, parts)
		first := m.Config.Registers
		for j := range first + b.N {
			at := i*(first+b.N) + j
			got, there := token(b.EncTok, b.EncPos, b.EncMod, at)
			switch {
			case j < first:
				if b.EncTok[2*at] != int32(len(m.In)) || b.EncTok[2*at+1] != int32(j) || !empty(b.EncPos[2*at:2*at+2], b.EncMod[2*at:2*at+2]) {
					return fmt.Errorf("sample %d: register %d is %v", i, j, got)
				}
			case j-first < len(show):
				if !there || got != show[j-first] {
					return fmt.Errorf("sample %d: input %d is %v, expected %v", i, j-first, got, show[j-first])
				}
			case !empty(b.EncTok[2*at:2*at+2], b.EncPos[2*at:2*at+2], b.EncMod[2*at:2*at+2]):
				return fmt.Errorf("sample %d: input %d is %v, expected padding", i, j-first, got)
			}
			if want := []int32{0, int32(first + len(show)), 0, 0}; i < len(samples) && !slices.Equal(b.EncSpan[4*at:4*at+4], want) {
				return fmt.Errorf("sample %d: encoder query %d sees %v, expected %v", i, j, b.EncSpan[4*at:4*at+4], want)
			}
		}
		targets := 0
		for j := range b.M {
			at := i*b.M + j
			got, there := token(b.DecTok, b.DecPos, b.DecMod, at)
			asked := j < len(ask) && ask[j].target
			if !asked && !empty(b.DecTok[2*at:2*at+2], b.DecPos[2*at:2*at+2], b.DecMod[2*at:2*at+2]) {
				return fmt.Errorf("sample %d: target %d is %v, expected padding", i, j, got)
			}
			for k, d := range m.Out {
				want := int32(-1)
				if asked && ask[j].dom == k {
					want = int32(ask[j].label)
				}
				if y := b.Labels[d.Name][at]; y != want {
					return fmt.Errorf("sample %d: target %d has label %d of %s, expected %d", i, j, y, d.Name, want)
				}
			}
			if asked {
				targets++
				counts[m.Out[ask[j].dom].Name]++
				want := ask[j].seen
				want.label = 0
				if !there || got != want {
					return fmt.Errorf("sample %d: target %d is %v, expected %v", i, j, got, want)
				}
			}
			if want := []int32{0, int32(first + len(show)), 0, 0}; i < len(samples) && !slices.Equal(b.CrossSpan[4*at:4*at+4], want) {
				return fmt.Errorf("sample %d: target %d sees the context %v, expected %v", i, j, b.CrossSpan[4*at:4*at+4], want)
			}
		}
		blocked := b.Blocked(i)
		for q := range b.M {
			for k := range b.M {
				if want := shouldSee(m, ask, q, k) && (padding || q < targets); blocked[q*b.M+k] == want {
					return fmt.Errorf("sample %d: target %d of %d sees %d: %v, expected %v", i, q, targets, k, !want, want)
				}
			}
		}
		tokens += int64(len(show) + targets)
		if err := checkGiven(m, b, i, show, samples, parts); err != nil {
			return err
		}
	}
	if b.Tokens != tokens {
		return fmt.Errorf("%d tokens, expected %d", b.Tokens, tokens)
	}
	sum := 0
	for _, n := range counts {
		sum += n
	}
	for k, d := range m.Out {
		want := 1 / float64(len(order))
		if m.Config.TokenLoss {
			want = float64(counts[d.Name]) / math.Max(float64(sum), 1)
		}
		if b.Counts(d.Name) != counts[d.Name] || math.Abs(float64(b.Weights[k])-want) > 1e-6 {
			return fmt.Errorf("%d labels of %s with weight %g, expected %d with %g", b.Counts(d.Name), d.Name, b.Weights[k], counts[d.Name], want)
		}
	}
	return nil
}

// checkGiven compares the numbers of the pixels and vectors that are shown, and
// looks for zeros where a sample has none.
func checkGiven(m *Model, b *Batch, i int, show []seen, samples []mask.Masked, parts map[string]mask.Part) error {
	for _, x := range show {
		d := m.In[x.dom]
		at := x.row - i*d.Max
		var want []float32
		switch {
		case d.Kind == modality.Vectors:
			want = parts[d.Name].Vectors[at]
		case d.Pixels:
			p := samples[i].Sample.Values[d.Modality].(*modality.Picture)
			for y := range d.Patch {
				for across := range d.Patch {
					for c := range d.Channels {
						v := p.At(at/d.Cols*d.Patch+y, at%d.Cols*d.Patch+across, c)
						if d.Channels == 3 { // of colours
							v = (v - []float32{0.485, 0.456, 0.406}[c]) / []float32{0.229, 0.224, 0.225}[c]
						}
						want = append(want, v)
					}
				}
			}
		}
		if got := b.Given[d.Name]; want != nil && !slices.Equal(got[x.row*d.Dim:(x.row+1)*d.Dim], want) {
			return fmt.Errorf("sample %d: %s at %d is %v, expected %v", i, d.Name, at, got[x.row*d.Dim:(x.row+1)*d.Dim], want)
		}
	}
	for _, d := range m.In {
		p := parts[d.Name]
		from := len(p.Vectors)
		if d.Pixels && slices.Contains(p.Input, true) {
			from = d.Max
		}
		if g := b.Given[d.Name]; g != nil && i < len(samples) {
			for at, v := range g[(i*d.Max+from)*d.Dim : (i+1)*d.Max*d.Dim] {
				if v != 0 {
					return fmt.Errorf("sample %d: number %d of %s behind what it has is %g, expected 0", i, at, d.Name, v)
				}
			}
		}
	}
	return nil
}
