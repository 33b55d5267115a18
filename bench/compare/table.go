package main

// The table, and the file with everything that it was made from.

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"fourmlab/bench/cases"
	"fourmlab/internal/disk"
)

// report is all that is known.
type report struct {
	Machine Machine `json:"machine"`
	Torch   *Torch  `json:"torch,omitempty"`
	Threads int     `json:"threads"`
	Reps    int     `json:"reps"`
	Rows    []row   `json:"cases"`
}

// write puts the report into a file.
func (r report) write(file string) error {
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := disk.MkdirAll(filepath.Dir(file)); err != nil {
		return err
	}
	return disk.WriteBytes(file, append(b, '\n'))
}

// spread is a median between the smallest and the largest.
type spread struct{ median, least, most float64 }

func spreadOf(x []float64) spread {
	s := slices.Sorted(slices.Values(x))
	n := len(s)
	return spread{(s[(n-1)/2] + s[n/2]) / 2, s[0], s[n-1]}
}

func (s spread) String() string { return fmt.Sprintf("%.3g [%.3g %.3g]", s.median, s.least, s.most) }

// line is a row of the table.
type line struct {
	ours, torch spread // seconds of a repetition
	ratio       spread // torch over ours, by round
	mb, torchMB float64
	gflops      float64 // of ours
	n           int     // rounds that count
	both        bool
	note        string
}

// line sums a row up. Repetitions of all rounds that count go together; the
// ratio is of the medians of a round.
func (r row) line() (l line) {
	var ours, torch, ratio []float64
	for _, x := range r.Rounds {
		for _, o := range []*outcome{&x.Ours, x.Torch} {
			if o != nil && o.Error != "" {
				l.note = "failed: " + o.Error
			}
		}
		if x.Ours.Result == nil || !x.Kept && !r.Disturbed {
			continue
		}
		a := x.Ours.Result
		l.n++
		ours = append(ours, a.Seconds.All...)
		l.mb = max(l.mb, a.PeakRSS)
		l.gflops = a.GFLOP
		if x.Torch == nil || x.Torch.Result == nil {
			continue
		}
		b := x.Torch.Result
		torch = append(torch, b.Seconds.All...)
		ratio = append(ratio, b.Seconds.Median/a.Seconds.Median)
		l.torchMB = max(l.torchMB, b.PeakRSS)
		l.both = true
		if differ(a, b) {
			l.note = fmt.Sprintf("not the same work: %.3f and %.3f GFLOP", a.GFLOP, b.GFLOP)
		}
	}
	if l.n == 0 {
		return l
	}
	l.ours = spreadOf(ours)
	l.gflops /= l.ours.median
	if l.both {
		l.torch, l.ratio = spreadOf(torch), spreadOf(ratio)
	}
	if r.Disturbed {
		l.note = "others worked in every round" + map[bool]string{true: "; " + l.note}[l.note != ""]
	}
	return l
}

// differ tells whether two programs count another amount of work for the same
// case, so that their times say nothing of each other.
func differ(a, b *cases.Result) bool {
	d := a.GFLOP - b.GFLOP
	return d*d > 1e-18*a.GFLOP*a.GFLOP
}

// table prints the rows, as Markdown.
func (r report) table(out io.Writer) {
	fmt.Fprintln(out, "| case | ours, s | torch, s | torch/ours | MB ours | MB torch | torch/ours | GFLOP/s ours | rounds |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|")
	var notes []string
	for _, x := range r.Rows {
		l := x.line()
		if l.note != "" {
			notes = append(notes, x.Case+": "+l.note)
		}
		switch {
		case l.n == 0:
			fmt.Fprintf(out, "| %s | | | | | | | | 0 of %d |\n", x.Case, len(x.Rounds))
		case !l.both:
			fmt.Fprintf(out, "| %s | %v | | | %.0f | | | %.0f | %d of %d |\n", x.Case, l.ours, l.mb, l.gflops, l.n, len(x.Rounds))
		default:
			fmt.Fprintf(out, "| %s | %v | %v | %v | %.0f | %.0f | %.2f | %.0f | %d of %d |\n",
				x.Case, l.ours, l.torch, l.ratio, l.mb, l.torchMB, l.torchMB/l.mb, l.gflops, l.n, len(x.Rounds))
		}
	}
	if len(notes) > 0 {
		fmt.Fprintln(out)
	}
	for _, n := range notes {
		fmt.Fprintln(out, "* "+n)
	}
}
