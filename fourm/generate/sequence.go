package generate

// Text one token after the other (docs/4m.md, 6.3).

import (
	"context"
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// text decides all tokens of a text: behind the first target token, until every
// sample has come to the last one or to the end of its room. What was decided
// takes the place of its sentinel among the inputs. after, where not nil, is
// called with a sample's tokens and the probability of the last one; false ends
// that sample, which no more is drawn for.
func (b *Batch) text(ctx context.Context, d modality.Domain, step Scheduled, after func(i int, ids []int, p float64) bool) ([][]Decision, error) {
	room := min(d.Max, len(targets(b.Rows[0][d.Name])))
	ids := make([][]int, len(b.Rows))
	stop := make([]int, len(b.Rows))
	for i, rows := range b.Rows {
		t := targets(rows[d.Name])
		if len(t) < 2 {
			return nil, fmt.Errorf("generate: the target of %s in sample %d has %d tokens, expected 2 or more", d.Name, i, len(t))
		}
		if !b.Compat {
			room = max(room, min(d.Max, len(t)))
		}
		ids[i], stop[i] = []int{t[0]}, t[len(t)-1]
	}
	out := make([][]Decision, len(b.Rows))
	turn := make([]int, len(b.Rows)) // samples; -1: it has ended
	for i := range turn {
		turn[i] = i
	}
	temps := b.tempsOf(step, turn)
	read, err := b.read(ctx, d, step, max(room, 1))
	if err != nil {
		return nil, err
	}
	defer read.dec.Close()
	for range room {
		newest := make([]int, len(ids))
		for i, t := range ids {
			newest[i] = t[len(t)-1]
		}
		logits, err := read.next(ctx, newest)
		if err != nil {
			return nil, err
		}
		ended := true
		for i := range b.Rows {
			b.forbid(logits[i*d.Vocab : (i+1)*d.Vocab])
		}
		tokens, probs := drawn(b.turns(turn), logits, d.Vocab, temps, step.Filter)
		for i := range b.Rows {
			if turn[i] < 0 {
				continue
			}
			id, p := tokens[i], probs[i]
			out[i] = append(out[i], Decision{len(ids[i]) - 1, id, p})
			ids[i] = append(slices.Clone(ids[i]), id)
			done := slices.Contains(ids[i], stop[i])
			if after != nil {
				if done = !after(i, ids[i], p) || done; done {
					turn[i] = -1
				}
			}
			ended = ended && done
		}
		if ended {
			break
		}
	}
	most := 0
	merged := make([][]int, len(b.Rows))
	for i, rows := range b.Rows {
		merged[i] = merge(b.splits(d), inputs(rows[d.Name]), ids[i])
		most = max(most, len(merged[i]))
	}
	for i := range b.Rows {
		r := mask.Row{IDs: make([]int, most), Input: make([]bool, most), Target: make([]bool, most)}
		copy(r.IDs, merged[i])
		for k := range merged[i] {
			r.Input[k] = true
		}
		if b.Compat { // the official target mask is the input'b (docs/4m.md, 11.4)
			copy(r.Target, r.Input)
		}
		b.Rows[i][d.Name] = r
	}
	return out, nil
}

// merge puts what follows each sentinel of the target in its place in the
// input. A sentinel that the target lacks vanishes.
func merge(splits func(id int) bool, in, target []int) []int {
	spans := map[int][]int{}
	open := -1
	for _, id := range target {
		if splits(id) {
			open = id
			continue
		}
		if open >= 0 {
			spans[open] = append(spans[open], id)
		}
	}
	var out []int
	for _, id := range in {
		if splits(id) {
			out = append(out, spans[id]...)
			continue
		}
		out = append(out, id)
	}
	return out
}

func targets(r mask.Row) []int { return pick(r.IDs, r.Target) }
func inputs(r mask.Row) []int  { return pick(r.IDs, r.Input) }

func pick(ids []int, set []bool) []int {
	var out []int
	for i, in := range set {
		if in {
			out = append(out, ids[i])
		}
	}
	return out
}
