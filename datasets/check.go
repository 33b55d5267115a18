package datasets

// Check: every sample of a set is read, and what is wrong is listed.

import (
	"fmt"
	"path/filepath"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

// CheckReport is what Check found.
type CheckReport struct {
	Path     string
	OK       bool // no problems
	Samples  int  // those that are whole
	Splits   map[string]int
	Problems []string // each names file and key
	Notes    []string // what is passed over or read otherwise than it stands, by kind, count and first name
	rows     map[string]*checkRow
	names    []string
}

// checkRow gathers what is seen of one modality.
type checkRow struct {
	n      int
	shape  string // of pictures
	lo, hi float64
	unit   string
	has    bool
}

func (r *checkRow) see(v float64) {
	if !r.has {
		r.lo, r.hi, r.has = v, v, true
	}
	r.lo, r.hi = min(r.lo, v), max(r.hi, v)
}

// Check opens the set of a name or path and reads every sample of every
// modality. What is no part of the set is in Notes, down to hidden files. The error is for a set that is not there; what is wrong inside
// it, the report lists.
func Check(name string) (rep CheckReport, err error) {
	rep = CheckReport{Path: name, Splits: map[string]int{}, rows: map[string]*checkRow{}}
	at, err := locate(name)
	if err != nil {
		return rep, err
	}
	var set *Set
	if at.source == fromTree {
		t, bad := loadTree(at)
		for _, p := range bad {
			rep.Problems = append(rep.Problems, p.Error())
		}
		set = &Set{name: filepath.Base(at.path), src: t}
		defer func() { rep.Notes = t.notes.all() }() // reading the samples finds more
	} else if set, err = at.open(); err != nil {
		return rep, err
	} else if o, ok := set.src.(*omniglot); ok {
		rep.Notes = o.notes.all()
	}
	see := func(i int, s modality.Sample) {
		rep.Samples++
		rep.Splits[set.part(i)]++
		for n, v := range s.Values {
			rep.see(n, v)
			if c, ok := v.(string); ok && c == "" {
				rep.Problems = append(rep.Problems, fmt.Sprintf("%s: key %q: the %s is empty", name, s.Key, n))
			}
		}
		for n, tk := range s.Toks {
			rep.see(domainOf(n), tk)
		}
	}
	for _, err := range verify(set.src, see) {
		if err != nil {
			rep.Problems = append(rep.Problems, err.Error())
		}
	}
	for _, n := range set.Modalities() {
		tokens := rep.rows[domainOf(n)] != nil
		if rep.rows[n] != nil || !tokens {
			rep.names = append(rep.names, n)
		}
		if tokens && domainOf(n) != n {
			rep.names = append(rep.names, domainOf(n))
		}
	}
	rep.OK = len(rep.Problems) == 0
	return rep, nil
}

// domainOf gives the name of a modality's tokens.
func domainOf(name string) string {
	if m, ok := modality.Find(name); ok {
		return m.Domain()
	}
	return name
}

func (r *CheckReport) see(name string, v any) {
	row := r.rows[name]
	if row == nil {
		row = &checkRow{}
		r.rows[name] = row
	}
	row.n++
	switch v := v.(type) {
	case *modality.Picture:
		shape := fmt.Sprintf("%dx%dx%d", v.H, v.W, v.C)
		if row.shape == "" {
			row.shape = shape
		} else if row.shape != shape {
			row.shape = "differing"
		}
		look := specOf(name, true)
		if row.unit = look.Unit; holdsSymbols(name) {
			row.unit = ""
		}
		if look.Scaling == modality.ClassIDs {
			row.unit = "ids"
		}
		lo, hi := v.Pix[0], v.Pix[0]
		for _, p := range v.Pix {
			lo, hi = min(lo, p), max(hi, p)
		}
		row.see(float64(lo))
		row.see(float64(hi))
	case string:
		row.unit = "words"
		row.see(float64(len(strings.Fields(v))))
	case []modality.Box:
		row.unit = "boxes"
		row.see(float64(len(v)))
	case modality.Tokens:
		row.unit, row.shape = "ids", fmt.Sprintf("%dx%d", v.Rows, v.Cols)
		for _, id := range v.IDs {
			row.see(float64(id))
		}
	case modality.Palette:
		row.unit = "colours"
		row.see(float64(len(v)))
	default:
		list, ok := modality.NumbersOf(v)
		if !ok {
			return
		}
		row.unit, row.shape = "", fmt.Sprint(len(list))
		for _, x := range list {
			row.see(x)
		}
	}
}

// String gives a table of the modalities, the splits and every problem.
func (r CheckReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", r.Path, human.Count(r.Samples, "whole sample"))
	if parts := splitsText(r.Splits); parts != "" {
		fmt.Fprintf(&b, " (%s)", parts)
	}
	wide := 10
	for _, n := range r.names {
		wide = max(wide, len(n))
	}
	fmt.Fprintf(&b, "\n  %-*s %7s  %-10s %s\n", wide, "modality", "samples", "size", "values")
	for _, n := range r.names {
		row := r.rows[n]
		if row == nil {
			row = &checkRow{}
		}
		fmt.Fprintf(&b, "  %-*s %7d  %-10s %s\n", wide, n, row.n, row.shape, strings.TrimSpace(fmt.Sprintf("%.4g to %.4g %s", row.lo, row.hi, row.unit)))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	if r.OK {
		b.WriteString("no problems\n")
		return b.String()
	}
	fmt.Fprintf(&b, "%s:\n  %s\n", human.Count(len(r.Problems), "problem"), strings.Join(r.Problems, "\n  "))
	return b.String()
}
