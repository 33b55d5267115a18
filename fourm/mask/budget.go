package mask

// How many tokens each domain gets (docs/4m.md, 3.1).

import "fourmlab/internal/fault"

const (
	tries    = 100  // at budgets that give every domain its least
	tiniest  = 1e-9 // what an alpha of 0 counts as
	mostEver = 1 << 24
)

// Share draws how many tokens of each entry are input and how many are
// target: in and out tokens all together. A negative out makes every token
// that is no input a target; the entries' numbers are then -1.
//
// A Dirichlet draw times the total is rounded down; each token that is left
// goes to the largest share of a fresh draw; then all are cut to what the
// domain has room for, and what is cut is lost. Targets of a grid have the
// room that its inputs leave, those of a sequence all of it. Where an entry
// ends up below its Min, all is drawn again; after 100 tries the last draw
// stands, as in 4M. (A Mask's Least holds: see its doc.)
func Share(c Chance, entries []Entry, in, out int) (ins, outs []int) {
	return share(c, entries, in, out, false)
}

// share is Share; where sure is true, what 100 tries did not bring about is
// given: every entry its Min on the sides that it takes part in, and the rest
// of the total by a last draw. The inputs of a grid leave its targets theirs.
func share(c Chance, entries []Entry, in, out int, sure bool) (ins, outs []int) {
	if in < 0 || in > mostEver || out > mostEver {
		fault.Panic("mask.Share", "%d input and %d target tokens, expected 0 to %d", in, out, mostEver)
	}
	ins, outs = make([]int, len(entries)), make([]int, len(entries))
	var l lots
	for i, e := range entries {
		most := e.Domain.Max
		if sure && e.Domain.Grid() {
			most -= e.leastOut()
		}
		if e.In >= 0 {
			l.add(i, e.In, e.leastIn(sure), most)
		}
	}
	l.draw(c, in, ins, sure)
	l = lots{at: l.at[:0], alpha: l.alpha[:0], least: l.least[:0], most: l.most[:0]}
	for i, e := range entries {
		room := e.Domain.Max
		if e.Domain.Grid() {
			room -= ins[i]
		}
		switch {
		case e.Out < 0:
		case out < 0:
			outs[i] = -1
		default:
			least := e.Min
			if sure {
				least = e.leastOut()
			}
			l.add(i, e.Out, least, max(room, least))
		}
	}
	l.draw(c, out, outs, sure)
	return ins, outs
}

// leastIn and leastOut give what an entry gets at least on a side; one whose
// alpha is 0 does not take part in it.
func (e Entry) leastIn(sure bool) int {
	if sure && e.In <= 0 {
		return 0
	}
	return e.Min
}

func (e Entry) leastOut() int {
	if e.Out <= 0 {
		return 0
	}
	return e.Min
}

// lots are those who take part in a draw.
type lots struct {
	at          []int // which entry
	alpha       []float64
	least, most []int
}

func (l *lots) add(at int, alpha float64, least, most int) {
	l.at = append(l.at, at)
	l.alpha = append(l.alpha, max(alpha, tiniest))
	l.least = append(l.least, least)
	l.most = append(l.most, most)
}

// draw writes the budgets of those who take part into out. Products are
// rounded to float32, as 4M's are.
func (l *lots) draw(c Chance, n int, out []int, sure bool) {
	if len(l.at) == 0 {
		return
	}
	p := make([]float32, len(l.at))
	for range tries {
		c.Dirichlet(l.alpha, p)
		left := n
		for i, at := range l.at {
			out[at] = int(p[i] * float32(n))
			left -= out[at]
		}
		for range left {
			c.Dirichlet(l.alpha, p)
			best := 0
			for i := range p {
				if p[i] > p[best] {
					best = i
				}
			}
			out[l.at[best]]++
		}
		enough := true
		for i, at := range l.at {
			out[at] = min(out[at], l.most[i])
			enough = enough && out[at] >= l.least[i]
		}
		if enough {
			return
		}
	}
	if sure {
		l.give(p, n, out)
	}
}

// give hands out the least, and what is left by the shares of a draw: a token
// at a time to whom most is missing of his share, while there is room.
func (l *lots) give(p []float32, n int, out []int) {
	for i, at := range l.at {
		out[at] = l.least[i]
		n -= l.least[i]
	}
	rest := float64(n)
	for ; n > 0; n-- {
		best, most := -1, 0.0
		for i, at := range l.at {
			missing := float64(p[i])*rest - float64(out[at]-l.least[i])
			if out[at] < l.most[i] && (best < 0 || missing > most) {
				best, most = i, missing
			}
		}
		if best < 0 {
			return // no room left: what is over is lost
		}
		out[l.at[best]]++
	}
}
