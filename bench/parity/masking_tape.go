package parity

// A tape plays back the random numbers of the official code and insists that
// they are asked for as they were drawn.

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/mask"
	"fourmlab/internal/fault"
)

// maskDraw is one call of a random function, with what it gave.
type maskDraw struct {
	Fn    string          `json:"fn"`
	Args  []float64       `json:"args"`
	Value json.RawMessage `json:"value"`
}

func (d maskDraw) String() string { return fmt.Sprintf("%s%v", d.Fn, d.Args) }

func (d maskDraw) read(v any) {
	if err := json.Unmarshal(d.Value, v); err != nil {
		fault.Panic("tape", "value of %v: %v", d, err)
	}
}

// maskTape is a mask.Chance. What is asked for otherwise than it was drawn
// panics with a *fault.Error.
type maskTape struct {
	draws []maskDraw
	at    int
}

// newMaskTape takes draws as they were recorded. Dirichlet draws that were
// made several at once become as many single ones.
func newMaskTape(draws []maskDraw) *maskTape {
	t := &maskTape{}
	for _, d := range draws {
		name, many := strings.CutSuffix(d.Fn, ".sample_n")
		if !many {
			t.draws = append(t.draws, d)
			continue
		}
		var rows []json.RawMessage
		d.read(&rows)
		for _, row := range rows {
			t.draws = append(t.draws, maskDraw{Fn: name + ".sample", Value: row})
		}
	}
	return t
}

// next gives the next draw; it must be by one of the named functions.
func (t *maskTape) next(names ...string) maskDraw {
	if t.at == len(t.draws) {
		fault.Panic("tape", "asked for %s behind the last draw", names[0])
	}
	d := t.draws[t.at]
	if !slices.ContainsFunc(names, func(n string) bool { return d.Fn == n || n[0] == '.' && strings.HasSuffix(d.Fn, n) }) {
		fault.Panic("tape", "asked for %s at draw %d, which is %v", names[0], t.at, d)
	}
	t.at++
	return d
}

// wrong panics with what was asked for in place of the last draw.
func (t *maskTape) wrong(asked string, args ...any) {
	fault.Panic("tape", "asked for %s at draw %d, which is %v", fmt.Sprintf(asked, args...), t.at-1, t.draws[t.at-1])
}

// Between plays Python's randint (both ends included), NumPy's (the upper end
// excluded, the lower one 0 where it is not said) and a choice from a list.
func (t *maskTape) Between(lo, hi int) int {
	d := t.next("random.randint", "np.random.randint", "random.choice")
	var v float64
	d.read(&v)
	from, to := 0, 0
	switch {
	case d.Fn == "random.choice":
		to = len(d.Args) - 1
		v = float64(slices.Index(d.Args, v))
	case len(d.Args) == 2:
		from, to = int(d.Args[0]), int(d.Args[1])
	case len(d.Args) == 1:
		to = int(d.Args[0])
	}
	if d.Fn == "np.random.randint" {
		to--
	}
	if from != lo || to != hi || v != float64(int(v)) || int(v) < lo || int(v) > hi {
		t.wrong("a number from %d to %d", lo, hi)
	}
	return int(v)
}

func (t *maskTape) Weighted(weights []float64) int {
	d := t.next("torch.multinomial")
	var v []int
	if json.Unmarshal(d.Value, &v) != nil {
		v = make([]int, 1)
		d.read(&v[0])
	}
	if len(v) != 1 || v[0] < 0 || v[0] >= len(weights) {
		t.wrong("one of %d weights", len(weights))
	}
	return v[0]
}

func (t *maskTape) Uniform() float64 {
	d := t.next("random.uniform")
	if !slices.Equal(d.Args, []float64{0, 1}) {
		t.wrong("a number from 0 to 1")
	}
	var v float64
	d.read(&v)
	return v
}

func (t *maskTape) Noise(x []float32) { t.fill(x, "torch.rand") }

func (t *maskTape) Dirichlet(alpha []float64, p []float32) { t.fill(p, ".sample") }

func (t *maskTape) fill(x []float32, by string) {
	var v []float32
	t.next(by).read(&v)
	if len(v) != len(x) {
		t.wrong("%d values, not %d,", len(x), len(v))
	}
	copy(x, v)
}

func (t *maskTape) Perm(n int) []int {
	var v []int
	t.next("torch.randperm", "np.random.permutation").read(&v)
	for i, at := range slices.Sorted(slices.Values(v)) {
		if at != i || len(v) != n {
			t.wrong("an order of %d", n)
		}
	}
	return v
}

// replayed runs one case on a tape. What goes wrong in it, and draws that
// nobody asked for, are its failure; the cases behind it run all the same.
func replayed(r *Report, group, what string, draws []maskDraw, run func(mask.Chance) error) {
	said := ""
	err := guarded(func() error {
		t := newMaskTape(draws)
		if err := run(t); err != nil {
			return err
		}
		if n := len(t.draws) - t.at; n > 0 {
			return fmt.Errorf("%d draws were not asked for", n)
		}
		return nil
	})
	if err != nil {
		said = err.Error()
	}
	r.Text(group, what, said, "")
}
