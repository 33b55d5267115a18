package notebook

// A notebook is its own test: the outputs that its file keeps are what a new
// run must give, numbers and pictures within a tolerance.

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Tolerance says how far outputs may differ. The zero value allows nothing.
type Tolerance struct {
	// Numbers is the largest relative difference of two numbers in a text.
	Numbers float64
	// Pictures is the largest mean difference of two pictures' channels, as a
	// share of their range: 0 for the same pixels, 1 for black and white.
	Pictures float64
}

// Difference is one place where two runs part.
type Difference struct {
	Cell  int    // among code cells, from 1
	Label string // as File.Label says
	What  string // one line: expected and found
}

// String gives one line.
func (d Difference) String() string {
	return fmt.Sprintf("cell %d (%s): %s", d.Cell, d.Label, d.What)
}

// Compare tells where the outputs of got, a run of the same notebook, differ
// from those kept in want, and how many outputs it compared.
func Compare(want, got *File, tol Tolerance) (diffs []Difference, compared int) {
	a, b := want.code(), got.code()
	for i := range a {
		if i >= len(b) {
			break
		}
		report := func(format string, args ...any) {
			diffs = append(diffs, Difference{i + 1, want.Label(a[i]), fmt.Sprintf(format, args...)})
		}
		if a[i].Tagged("nbval-ignore-output") || a[i].Tagged("skip-execution") {
			continue
		}
		x, y := ordered(a[i].Outputs), ordered(b[i].Outputs)
		for j := range max(len(x), len(y)) {
			switch {
			case j >= len(x):
				report("one output more than is kept: %s", y[j].brief())
			case j >= len(y):
				report("kept, and not there: %s", x[j].brief())
			default:
				compared++
				if what := x[j].differs(y[j], tol); what != "" {
					report("%s", what)
				}
			}
		}
	}
	if len(a) != len(b) {
		diffs = append(diffs, Difference{min(len(a), len(b)) + 1, "end", fmt.Sprintf("%d code cells, %d in the run", len(a), len(b))})
	}
	return diffs, compared
}

func (nb *File) code() (out []*Cell) {
	for _, c := range nb.Cells {
		if c.Kind == "code" {
			out = append(out, c)
		}
	}
	return out
}

// ordered gathers each stream into one output, for how its text is cut depends
// on the moment.
func ordered(outputs []Output) (out []Output) {
	texts := map[any]*strings.Builder{}
	for _, o := range outputs {
		if o.Kind() != "stream" {
			out = append(out, o)
			continue
		}
		if texts[o["name"]] == nil {
			texts[o["name"]] = &strings.Builder{}
			out = append(out, Output{"output_type": "stream", "name": o["name"]})
		}
		texts[o["name"]].WriteString(datum(o["text"]))
	}
	for _, o := range out {
		if o.Kind() == "stream" {
			o["text"] = texts[o["name"]].String()
		}
	}
	return out
}

// brief names an output in a few words.
func (o Output) brief() string {
	switch o.Kind() {
	case "stream":
		return fmt.Sprintf("%v %q", o["name"], shorten(o.Text(), 60))
	case "error":
		return fmt.Sprintf("error %v: %v", o["ename"], o["evalue"])
	}
	return fmt.Sprintf("%s of %s", o.Kind(), strings.Join(mimes(o.Data()), ", "))
}

func mimes(data map[string]any) (out []string) {
	for m := range data {
		out = append(out, m)
	}
	sort.Strings(out)
	return out
}

// differs says in a line how another output differs, or gives "".
func (o Output) differs(other Output, tol Tolerance) string {
	if o.Kind() != other.Kind() || o.Kind() == "stream" && o["name"] != other["name"] {
		return fmt.Sprintf("%s is kept, found %s", o.brief(), other.brief())
	}
	switch o.Kind() {
	case "stream":
		return textDiffers(fmt.Sprint(o["name"]), o.Text(), other.Text(), tol.Numbers)
	case "error":
		if o["ename"] != other["ename"] {
			return fmt.Sprintf("%s is kept, found %s", o.brief(), other.brief())
		}
		return textDiffers("error", datum(o["evalue"]), datum(other["evalue"]), tol.Numbers)
	}
	x, y := o.Data(), other.Data()
	if a, b := mimes(x), mimes(y); !slices.Equal(a, b) {
		return fmt.Sprintf("%s is kept, found %s", o.brief(), other.brief())
	}
	for _, mime := range mimes(x) {
		var what string
		switch {
		case mime == "image/png" || mime == "image/jpeg":
			what = pictureDiffers(mime, datum(x[mime]), datum(y[mime]), tol.Pictures)
		case isJSON(mime):
			what = textDiffers(mime, indented(x[mime]), indented(y[mime]), tol.Numbers)
		default:
			what = textDiffers(mime, datum(x[mime]), datum(y[mime]), tol.Numbers)
		}
		if what != "" {
			return what
		}
	}
	return ""
}

func indented(v any) string {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
