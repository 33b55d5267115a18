package kernels_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// spanKinds are ways to draw what queries see.
var spanKinds = []string{"all", "padded", "causal", "modalities", "random", "nothing"}

// spans draws them for every query of s.
func (d dice) spans(kind string, s cpu.Heads) []int32 {
	span := make([]int32, 0, 4*s.B*s.Tq)
	for range s.B {
		padded := 1 + d.IntN(s.Tk)
		cuts := []int{0, s.Tk}
		for range 6 {
			cuts = append(cuts, d.IntN(s.Tk+1))
		}
		slices.Sort(cuts)
		for i := range s.Tq {
			sp := [4]int{0, s.Tk}
			switch kind {
			case "padded":
				sp[1] = padded
			case "causal":
				sp[1] = min(i+1, s.Tk)
			case "modalities": // that of the key at the query's place
				for j := range len(cuts) - 1 {
					if at := i * s.Tk / s.Tq; cuts[j] <= at && at < cuts[j+1] {
						sp[0], sp[1] = cuts[j], cuts[j+1]
					}
				}
			case "random": // -1: nothing is seen; often empty; holes anywhere
				sp[0], sp[1] = d.IntN(s.Tk+2)-1, d.IntN(s.Tk+1)
				if d.IntN(2) == 0 {
					sp[2], sp[3] = d.IntN(s.Tk+1), d.IntN(s.Tk+1)
				}
				if d.IntN(8) == 0 { // a hole as large as the range
					sp[2], sp[3] = sp[0], sp[1]
				}
			case "nothing":
				sp[0] = -1
			}
			span = append(span, int32(sp[0]), int32(sp[1]), int32(sp[2]), int32(sp[3]))
		}
	}
	return span
}

// attention is a case: tensors as they lie in a model, rows further apart than
// they are wide.
type attention struct {
	cpu.Heads
	span         []int32
	q, k, v, out []float32
}

func (d dice) attention(s cpu.Heads, kind string) attention {
	w := s.H * s.D
	s.QStride, s.KStride, s.VStride = w+3, 2*w, 2*w+5
	a := attention{Heads: s, span: d.spans(kind, s), out: d.floats(s.B * s.Tq * w)}
	a.q, a.k, a.v = d.floats(s.B*s.Tq*s.QStride), d.floats(s.B*s.Tk*s.KStride), d.floats(s.B*s.Tk*s.VStride)
	return a
}

// check compares forward and backward with the plain loops; gradients begin as
// numbers that must be overwritten, but for what lies between rows.
func (a attention) check(t *testing.T, d dice, what string) {
	t.Helper()
	got, want := d.floats(len(a.out)), make([]float32, len(a.out))
	cpu.Attend(got, a.q, a.k, a.v, a.Heads, a.span)
	ref.Attend(want, a.q, a.k, a.v, a.Heads, a.span)
	near(t, what, got, want, 5e-6)
	var fast, plain [3][]float32
	for i, x := range [][]float32{a.q, a.k, a.v} {
		fast[i] = d.floats(len(x))
		plain[i] = slices.Clone(fast[i])
	}
	cpu.AttendBack(fast[0], fast[1], fast[2], a.out, a.q, a.k, a.v, a.Heads, a.span)
	ref.AttendBack(plain[0], plain[1], plain[2], a.out, a.q, a.k, a.v, a.Heads, a.span)
	for i, name := range []string{"dq", "dk", "dv"} {
		near(t, what+" "+name, fast[i], plain[i], 1e-5)
	}
}

func TestAttention(t *testing.T) {
	for i, s := range []cpu.Heads{
		{B: 1, Tq: 1, Tk: 1, H: 1, D: 4}, {B: 2, Tq: 5, Tk: 7, H: 3, D: 8}, {B: 3, Tq: 33, Tk: 20, H: 2, D: 16},
		{B: 2, Tq: 64, Tk: 64, H: 4, D: 32}, {B: 1, Tq: 9, Tk: 70, H: 1, D: 1}, {B: 1, Tq: 70, Tk: 35, H: 2, D: 13},
		{B: 1, Tq: 40, Tk: 41, H: 1, D: 40}, {B: 2, Tq: 17, Tk: 130, H: 1, D: 64}, {B: 1, Tq: 31, Tk: 3, H: 1, D: 70},
		{B: 9, Tq: 12, Tk: 16, H: 2, D: 3}, {B: 1, Tq: 8, Tk: 33, H: 2, D: 24},
	} {
		for j, kind := range spanKinds {
			d := roll(uint64(10*i + j))
			d.attention(s, kind).check(t, d, fmt.Sprintf("attention %s %+v", kind, s))
		}
	}
}

// More keys than a block of scores has, also for single queries.
func TestAttentionOfManyKeys(t *testing.T) {
	for i, s := range []cpu.Heads{{B: 1, Tq: 37, Tk: 900, H: 1, D: 8}, {B: 1, Tq: 3, Tk: 13000, H: 1, D: 5}} {
		for j, kind := range spanKinds {
			d := roll(uint64(100 + 10*i + j))
			a := d.attention(s, kind)
			for n := range a.k { // scores that rise from block to block
				a.k[n] *= 1 + 2*float32(n)/float32(len(a.k))
			}
			a.check(t, d, fmt.Sprintf("attention %s %+v", kind, s))
		}
	}
}

// Scores so large that only the largest count, and all that underflow.
func TestAttentionOfLargeScores(t *testing.T) {
	d := roll(4)
	a := d.attention(cpu.Heads{B: 1, Tq: 40, Tk: 50, H: 2, D: 16}, "random")
	for i := range a.q {
		a.q[i] *= 60
	}
	got, want := make([]float32, len(a.out)), make([]float32, len(a.out))
	cpu.Attend(got, a.q, a.k, a.v, a.Heads, a.span)
	ref.Attend(want, a.q, a.k, a.v, a.Heads, a.span)
	near(t, "attention", got, want, 2e-4) // scores of 500 in single precision
}

// Keys that nobody sees are not read: a cache has room for more than it holds.
func TestAttentionReadsOnlyWhatIsSeen(t *testing.T) {
	for _, tq := range []int{1, 5, 40} {
		d := roll(uint64(tq))
		a := d.attention(cpu.Heads{B: 2, Tq: tq, Tk: 60, H: 2, D: 16}, "all")
		for i := 0; i < len(a.span); i += 4 {
			a.span[i], a.span[i+1], a.span[i+2], a.span[i+3] = 3, 50, 20, 30
		}
		want, got := make([]float32, len(a.out)), make([]float32, len(a.out))
		cpu.Attend(want, a.q, a.k, a.v, a.Heads, a.span)
		for b := range a.B {
			for j := range a.Tk {
				if j >= 3 && j < 50 && (j < 20 || j >= 30) {
					continue
				}
				for c := range a.H * a.D {
					a.k[(b*a.Tk+j)*a.KStride+c] = float32(math.NaN())
					a.v[(b*a.Tk+j)*a.VStride+c] = float32(math.Inf(1))
				}
			}
		}
		cpu.Attend(got, a.q, a.k, a.v, a.Heads, a.span)
		same(t, fmt.Sprintf("attention of %d queries", tq), got, want)
	}
}

// Without queries there is no gradient, without keys no result.
func TestAttentionOfNothing(t *testing.T) {
	s := cpu.Heads{B: 2, Tq: 0, Tk: 3, H: 1, D: 4, QStride: 4, KStride: 4, VStride: 4}
	d := roll(1)
	k, v, dk, dv := d.floats(24), d.floats(24), d.floats(24), d.floats(24)
	cpu.Attend(nil, nil, k, v, s, nil)
	cpu.AttendBack(nil, dk, dv, nil, nil, k, v, s, nil)
	same(t, "dk", dk, make([]float32, 24))
	same(t, "dv", dv, make([]float32, 24))
	s.Tq, s.Tk = 3, 0
	for _, tq := range []int{3, 20} {
		s.Tq = tq
		n := 8 * tq
		q, out, dq := d.floats(n), d.floats(n), d.floats(n)
		cpu.Attend(out, q, nil, nil, s, make([]int32, 4*2*tq))
		same(t, "out", out, make([]float32, n))
		cpu.AttendBack(dq, nil, nil, d.floats(n), q, nil, nil, s, make([]int32, 4*2*tq))
		same(t, "dq", dq, make([]float32, n))
	}
}

func TestAttentionRefusesSpans(t *testing.T) {
	s := cpu.Heads{B: 1, Tq: 2, Tk: 3, H: 1, D: 4, QStride: 4, KStride: 4, VStride: 4}
	for want, span := range map[string][]int32{
		"span has 4 numbers, expected 4 for each of 2 queries": {0, 3, 0, 0},
		"query 1 sees keys 1 to 4, but there are 3":            {0, 3, 0, 0, 1, 4, 0, 0},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, expected %q", got, want)
				}
			}()
			cpu.Attend(make([]float32, 8), make([]float32, 8), make([]float32, 12), make([]float32, 12), s, span)
		}()
	}
}
