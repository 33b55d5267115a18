package viz

// A run as one page that can be sent to somebody.

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"

	"fourmlab/fourm"
	"fourmlab/internal/disk"
	"fourmlab/viz/page"
)

// ReportPage is a page of HTML that holds all that it shows.
type ReportPage struct {
	name    string
	figures int
	html    []byte
}

// Report makes a page of a run: how far it came, its curves, the losses of the
// modalities beside the marginal, its configuration and where it ran, and the
// pictures (png, jpeg, gif, webp) that lie in its folder; what is only called as
// one, or is a link out of the folder, is left out and noted. More to show are figures, anything that a
// figure is drawn of (a Sample, a Masked, a Result), and what prints as a
// table or a line of text:
//
//	err := viz.Report(run, viz.Samples(ds, 4), mk, m.Eval(test, "rgb->depth")).Save("report.html")
func Report(run *fourm.Run, more ...any) *ReportPage {
	const op = "viz.Report"
	need(op, run != nil, "the run is nil")
	p := page.Of(run)
	figure := func(title string, png []byte) {
		w := 0
		if title == "Curves" {
			w = 992
		}
		p.Figures = append(p.Figures, page.Figure{Title: title, Alt: title, Source: page.Data("image/png", png), Width: w})
	}
	if len(run.Points) > 0 {
		figure("Curves", Curves(run).PNG())
	}
	for i, x := range more {
		v := reflect.ValueOf(x)
		need(op, v.IsValid() && (v.Kind() != reflect.Pointer || !v.IsNil()), "thing %d to show is nil", i+1)
		if f, ok := x.(*Figure); ok {
			title := f.heading
			if title == "" {
				title = strings.TrimPrefix(f.kind, "viz.")
			}
			figure(title, f.PNG())
			continue
		}
		if r, ok := x.(*fourm.Run); ok {
			figure(nameOf(r, i), Curves(r).PNG())
			continue
		}
		title := fmt.Sprintf("%T", x)
		title = title[strings.LastIndex(title, ".")+1:]
		if s, ok := x.(fourm.Sample); ok {
			title = "Sample " + s.Key
		}
		if b := drawn(x); b != nil {
			figure(title, b)
			continue
		}
		if _, ok := x.(string); ok {
			title = "Note"
		}
		text := strings.TrimRight(fmt.Sprint(x), "\n")
		p.Texts = append(p.Texts, page.Text{Title: title, Text: text})
	}
	var files page.Album
	pictures, notes := files.Pictures(run.Dir)
	p.Notes = append(p.Notes, notes...)
	for _, f := range pictures {
		b, kind, err := page.ReadPicture(run.Dir, f.Name)
		if err != nil {
			p.Notes = append(p.Notes, err.Error())
			continue
		}
		p.Shots = append(p.Shots, page.Figure{Caption: f.Name, Alt: f.Name, Source: page.Data(kind, b)})
	}
	var b bytes.Buffer
	// Writing into memory cannot fail.
	_ = p.Write(&b)
	return &ReportPage{name: p.Title, figures: len(p.Figures) + len(p.Shots), html: b.Bytes()}
}

// Bytes gives the page.
func (r *ReportPage) Bytes() []byte { return r.html }

// Save writes the page. The file appears whole or not at all.
func (r *ReportPage) Save(path string) error {
	return disk.Write(path, func(w io.Writer) error {
		_, err := w.Write(r.html)
		return err
	})
}

func (r *ReportPage) String() string {
	return fmt.Sprintf("viz.Report: %s, %d pictures, %d KB; Save(path) writes the page", r.name, r.figures, (len(r.html)+1023)/1024)
}
