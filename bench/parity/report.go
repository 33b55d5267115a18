package parity

// What was compared, group by group, and how it is printed.

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Report collects the comparisons of one fixture.
type Report struct{ checks []check }

// check is the worst comparison of a group: the one whose difference is the
// largest in units of its tolerance.
type check struct {
	group, what    string
	diff, ref, tol float64
	count          int // numbers compared
	pass           bool
}

// add notes a comparison; a group fails with its first failure.
func (r *Report) add(c check) {
	c.pass = c.diff <= c.tol // not for NaN
	i := slices.IndexFunc(r.checks, func(o check) bool { return o.group == c.group })
	if i < 0 {
		r.checks = append(r.checks, c)
		return
	}
	old := &r.checks[i]
	c.count += old.count
	if worse(c, *old) {
		*old = c
		return
	}
	old.count = c.count
}

func worse(a, b check) bool {
	if a.pass != b.pass {
		return !a.pass
	}
	ratio := func(c check) float64 {
		if c.tol == 0 {
			return c.diff
		}
		return c.diff / c.tol
	}
	x, y := ratio(a), ratio(b)
	return math.IsNaN(x) || x > y
}

// Floats compares real numbers within an absolute tolerance. Lengths that
// differ, and numbers that are not finite on one side alone, fail.
func (r *Report) Floats(group, what string, got, want []float32, tol float64) {
	c := check{group: group, what: what, tol: tol, count: len(want)}
	if len(got) != len(want) {
		c.what = fmt.Sprintf("%s: %d numbers, expected %d", what, len(got), len(want))
		c.diff = math.Inf(1)
	} else {
		for i, w := range want {
			g, w := float64(got[i]), float64(w)
			if g == w {
				c.ref = max(c.ref, finite(w))
				continue
			}
			d := math.Abs(g - w)
			if math.IsNaN(d) {
				d = math.Inf(1)
			}
			c.diff, c.ref = max(c.diff, d), max(c.ref, finite(w))
		}
	}
	r.add(c)
}

func finite(x float64) float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return 0
	}
	return math.Abs(x)
}

// Number compares one real number.
func (r *Report) Number(group, what string, got, want, tol float64) {
	d := math.Abs(got - want)
	if got == want {
		d = 0
	} else if math.IsNaN(d) {
		d = math.Inf(1)
	}
	r.add(check{group: group, what: what, diff: d, ref: finite(want), tol: tol, count: 1})
}

// Ints compares whole numbers, exactly.
func (r *Report) Ints(group, what string, got, want []int) {
	c := check{group: group, what: what, count: len(want)}
	if len(got) != len(want) {
		c.what = fmt.Sprintf("%s: %d numbers, expected %d", what, len(got), len(want))
		c.diff = math.Inf(1)
	} else {
		for i, w := range want {
			c.ref = max(c.ref, math.Abs(float64(w)))
			if d := math.Abs(float64(got[i] - w)); d > c.diff {
				c.diff, c.what = d, fmt.Sprintf("%s: %d at %d, expected %d", what, got[i], i, w)
			}
		}
	}
	r.add(c)
}

// Bools compares truth values, exactly.
func (r *Report) Bools(group, what string, got, want []bool) {
	r.Ints(group, what, bits(got), bits(want))
}

func bits(b []bool) []int {
	out := make([]int, len(b))
	for i, v := range b {
		if v {
			out[i] = 1
		}
	}
	return out
}

// Text compares strings, exactly.
func (r *Report) Text(group, what, got, want string) {
	c := check{group: group, what: what, count: 1}
	if got != want {
		c.diff, c.what = 1, fmt.Sprintf("%s: %q, expected %q", what, got, want)
	}
	r.add(c)
}

// printer writes reports as lines of text or of JSON.
type printer struct {
	w, log io.Writer
	json   bool
	err    error
}

type line struct {
	Fixture string  `json:"fixture"`
	Kind    string  `json:"kind"`
	Group   string  `json:"group"`
	MaxDiff float64 `json:"max_diff"`
	MaxRef  float64 `json:"max_ref"`
	Tol     float64 `json:"tol"`
	Pass    bool    `json:"pass"`
	Note    string  `json:"note,omitempty"`
}

func (p *printer) put(v any, format string, args ...any) {
	var err error
	if p.json {
		var b []byte
		if b, err = json.Marshal(v); err == nil {
			_, err = fmt.Fprintf(p.w, "%s\n", b)
		}
	} else {
		_, err = fmt.Fprintf(p.w, format+"\n", args...)
	}
	if p.err == nil {
		p.err = err
	}
}

func (p *printer) fixture(f *Fixture, r *Report, err error) verdict {
	v := passed
	for _, c := range r.checks {
		l := line{f.Name, f.Kind, c.group, c.diff, c.ref, c.tol, c.pass, ""}
		word := "pass"
		if !c.pass {
			v, word, l.Note = failed, "FAIL", c.what
		}
		if math.IsInf(l.MaxDiff, 0) {
			l.MaxDiff = math.MaxFloat64 // JSON knows no infinity
		}
		text := fmt.Sprintf("%s  %-26s %-30s %9.3g /%-9.3g tol %-9.3g %d compared", word, f.Name, c.group, c.diff, c.ref, c.tol, c.count)
		if l.Note != "" {
			text += "; " + l.Note
		}
		p.put(l, "%s", text)
	}
	if err != nil {
		p.put(line{Fixture: f.Name, Kind: f.Kind, Group: "run", Note: err.Error()}, "FAIL  %-26s %v", f.Name, err)
		return failed
	}
	return v
}

// skip says why a fixture was not run. It is not among the objects of JSON,
// which are all of results.
func (p *printer) skip(f *Fixture, why string) {
	w := p.w
	if p.json {
		w = p.log
	}
	if _, err := fmt.Fprintf(w, "skip  %-26s %s\n", f.Name, why); p.err == nil {
		p.err = err
	}
}

func (p *printer) end(s Summary) error {
	p.put(s, "%v", s)
	return p.err
}
