// Package page lays out a run as a page: its state, numbers, figures, losses
// and configuration. viz.Report writes such a page whole, package watch serves
// one that grows; both look alike.
//
//	p := page.Of(run)
//	p.Figures = append(p.Figures, page.Figure{Title: "Curves", Source: page.Data("image/png", png)})
//	err := p.Write(out)
//
// A page needs nothing from outside and no script to be read; it follows the
// reader's choice of a light or dark page.
package page

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
	"fourmlab/internal/plain"
)

var (
	//go:embed page.html
	text string

	// CSS is the style sheet of every page.
	//go:embed page.css
	CSS string
)

// What strangers have named does nothing on a page but be read.
var tmpl = template.Must(template.New("page").Funcs(template.FuncMap{
	"line": plain.Shown, "lines": plain.ShownLines, "css": func() template.CSS { return template.CSS(CSS) },
}).Parse(text))

// Page is what is shown. What is empty is left out.
type Page struct {
	Title, State, Mood string // Mood: "on" while the run goes on, "off" where it failed
	Line, Where        string
	Back               string // link to the page of all runs
	Progress           bool
	Percent            int
	Problems, Notes    []string
	Tiles              []Tile
	Figures, Shots     []Figure
	Runs               []RunRow
	Scores             []Score
	Scored             string // what the scores are of
	Texts              []Text
	Settings           []Group
	Foot               string
	Sheet, Script      string // addresses; without Sheet the page brings its style
}

// Tile is one number in large letters.
type Tile struct{ Name, Value, More string }

// Figure is a picture: its source is a path on the same server or all of its
// bytes.
type Figure struct {
	Title, Caption, Alt string
	Source, Link        template.URL
	Width               int // in points; 0: that of the picture
}

// RunRow is a run among others.
type RunRow struct{ Name, Link, State, Step, Loss, Val, Left string }

// Score is the loss of a modality.
type Score struct{ Name, Loss, Marginal, Gained string }

// Text is a table or note in letters of one width.
type Text struct{ Title, Text string }

// Group is a part of the configuration.
type Group struct {
	Name string
	Rows []Setting
}

// Setting is a name and its value.
type Setting struct{ Name, Value string }

// Data gives the source of a picture that lies in the page itself.
func Data(mime string, b []byte) template.URL {
	return template.URL("data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(b))
}

// Write writes the whole page, Main what stands in its middle.
func (p *Page) Write(w io.Writer) error { return tmpl.Execute(w, p) }

// Main writes what stands in the middle of the page and may change.
func (p *Page) Main(w io.Writer) error { return tmpl.ExecuteTemplate(w, "main", p) }

// Of gives the page of a run, without figures.
func Of(run *fourm.Run) *Page {
	p := &Page{Title: run.Name, Where: run.Dir, Notes: slices.Clone(run.Notes), Settings: groups(run.Config)}
	if p.Title == "" {
		p.Title = "Run"
	}
	last := run.Last()
	p.Progress = run.Steps > 0
	p.Percent = int(max(0, min(100*float64(last.Step)/float64(max(run.Steps, 1)), 100)))
	p.Line = fmt.Sprintf("step %s of %s", human.Int(last.Step), human.Int(run.Steps))
	switch {
	case run.Err != nil:
		p.State, p.Mood = "stopped", "off"
		p.Problems = append(p.Problems, run.Err.Error())
	case Done(run):
		p.State = "finished"
	case run.Interrupted:
		p.State = "interrupted"
	case len(run.Points) == 0:
		p.State = "no step yet"
	default:
		p.State = "unfinished"
	}
	if w := run.Warning(); w != "" {
		p.Problems = append(p.Problems, w)
	}
	p.Tiles = tiles(run)
	val := run.LastVal().Val
	p.Scored = "The training loss of the last step."
	if len(val) > 0 {
		p.Scored = fmt.Sprintf("Held-out samples after step %s. The marginal is the loss of predicting how often each token occurs.", human.Int(run.LastVal().Step))
	}
	scores := run.Scores()
	if n := len(scores); n > mostRows {
		scores = scores[:mostRows]
		p.Scored += fmt.Sprintf(" The first %d of %d are shown.", mostRows, n)
	}
	for _, s := range scores {
		row := Score{Name: modality.Short(s.Domain), Loss: loss(s.Loss)}
		if s.Marginal > 0 {
			row.Marginal, row.Gained = loss(s.Marginal), fmt.Sprintf("%.0f %%", 100*(1-s.Loss/s.Marginal))
		}
		p.Scores = append(p.Scores, row)
	}
	return p
}

// mostRows is how many losses or settings are shown, mostLetters how much of a
// setting.
const (
	mostRows    = 256
	mostLetters = 4096 // bytes
)

// Done tells whether a run has all the steps that it was to have.
func Done(run *fourm.Run) bool { return run.Steps > 0 && run.Last().Step >= run.Steps }

// tiles are the latest numbers.
func tiles(run *fourm.Run) []Tile {
	var out []Tile
	add := func(name, value, more string) {
		if value != "" {
			out = append(out, Tile{name, value, more})
		}
	}
	latest, at := math.NaN(), 0
	best, bestAt, val, valAt := math.Inf(1), 0, math.NaN(), 0
	for _, q := range run.Points {
		if !math.IsNaN(q.Loss) {
			latest, at = q.Loss, q.Step
		}
		if q.Val != nil && !math.IsNaN(q.ValLoss) {
			if val, valAt = q.ValLoss, q.Step; val < best {
				best, bestAt = val, valAt
			}
		}
	}
	if at > 0 {
		add("training loss", loss(latest), "step "+human.Int(at))
	}
	if valAt > 0 {
		add("validation loss", loss(val), "step "+human.Int(valAt))
		add("best validation", loss(best), "step "+human.Int(bestAt))
	}
	last := run.Last()
	if s := Speed(run); s > 0 {
		v, unit := rate(s)
		add("speed", v, unit)
		if !Done(run) {
			add("time left", human.Span(Left(run)), "")
		}
	}
	if last.Seconds > 0 {
		add("time spent", human.Span(last.Seconds), "")
	}
	if last.Tokens > 0 {
		add("tokens seen", human.Short(float64(last.Tokens)), "")
	}
	if last.LR > 0 {
		add("learning rate", fmt.Sprintf("%.3g", last.LR), "")
	}
	if last.GradNorm > 0 {
		add("gradient norm", fmt.Sprintf("%.3g", last.GradNorm), "")
	}
	for _, n := range slices.Sorted(maps.Keys(last.Metrics)) {
		if len(out) < 16 {
			add(n, fmt.Sprintf("%.4g", last.Metrics[n]), "")
		}
	}
	return out
}

// Speed gives the steps a second over the newest ones; 0 where that is not
// known.
func Speed(run *fourm.Run) float64 {
	n := len(run.Points)
	if n < 2 {
		return 0
	}
	from, to := run.Points[max(0, n-51)], run.Points[n-1]
	if to.Seconds <= from.Seconds {
		return 0
	}
	return float64(to.Step-from.Step) / (to.Seconds - from.Seconds)
}

// Left gives the seconds that the run will take to its end; 0 where that is
// not known.
func Left(run *fourm.Run) float64 {
	s := Speed(run)
	if s <= 0 || Done(run) {
		return 0
	}
	return float64(run.Steps-run.Last().Step) / s
}

func rate(s float64) (value, unit string) {
	if s < 1 {
		return fmt.Sprintf("%.3g", 1/s), "seconds a step"
	}
	return fmt.Sprintf("%.3g", s), "steps a second"
}

func loss(v float64) string { return fmt.Sprintf("%.3f", v) }

// groups sorts settings by the part of the run that they are of; what is 0 and
// stands for nothing is left out.
func groups(config map[string]string) (out []Group) {
	titles := map[string]string{"": "Training", "Env": "Environment"}
	at := map[string]int{}
	add := func(part, name, value string) {
		if _, ok := at[part]; !ok {
			at[part] = len(out)
			title := titles[part]
			if title == "" {
				title = part
			}
			out = append(out, Group{Name: title})
		}
		g := &out[at[part]]
		g.Rows = append(g.Rows, Setting{name, value})
	}
	names := slices.Sorted(maps.Keys(config))
	if n := len(names); n > mostRows {
		names = names[:mostRows]
		defer func() { out = append(out, Group{Name: fmt.Sprintf("The first %d of %d", mostRows, n)}) }()
	}
	for _, last := range []bool{false, true} { // training, then the parts
		for _, n := range names {
			part, name := "", n
			if i := strings.LastIndex(n, "."); i >= 0 {
				part, name = n[:i], n[i+1:]
			}
			if (part != "") == last && config[n] != "0" && config[n] != "false" {
				value := config[n]
				if len(value) > mostLetters {
					value = strings.ToValidUTF8(value[:mostLetters], "") + "..."
				}
				add(part, name, value)
			}
		}
	}
	return out
}
