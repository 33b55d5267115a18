package watch

// The two pages: one run, and a folder of runs.

import (
	"fmt"
	"hash/fnv"
	"math"
	"path/filepath"
	"time"

	"fourmlab/internal/human"
	"fourmlab/viz/page"
)

// version is a short form of a stamp, so that a picture that has changed has
// another address.
func version(stamp string) string {
	h := fnv.New32a()
	h.Write([]byte(stamp))
	return fmt.Sprintf("%08x", h.Sum32())
}

// one is the page of a run; back leads to all of them.
func (s *server) one(e *entry, back string) *page.Page {
	p := page.Of(e.run)
	p.Back = back
	p.State, p.Mood = e.state(time.Now())
	if e.err != nil {
		p.Problems = append(p.Problems, e.err.Error())
	}
	if len(e.run.Points) > 0 {
		p.Figures = append(p.Figures, page.Figure{Title: "Curves", Alt: "loss by step", Width: 992,
			Source: link("curves.png", "run", e.name, "v", version(e.stamp))})
	}
	pictures, notes := s.files.Pictures(e.run.Dir)
	for _, f := range pictures {
		at := link("picture", "run", e.name, "name", f.Name, "v", version(f.State))
		p.Shots = append(p.Shots, page.Figure{Caption: f.Name, Alt: f.Name, Source: at, Link: at})
	}
	p.Notes = append(p.Notes, notes...)
	p.Foot = "fourm watch looks at the files once a second."
	return p
}

// overview is the page of a folder of runs.
func overview(path string, all []*entry) *page.Page {
	p := &page.Page{Title: filepath.Base(path), Where: path, Foot: "fourm watch looks at the files once a second."}
	going := 0
	for _, e := range all {
		state, mood := e.state(time.Now())
		if mood == "on" {
			going++
		}
		if e.err != nil {
			p.Problems = append(p.Problems, e.err.Error())
		}
		r := page.RunRow{Name: e.name, Link: string(link("./", "run", e.name)), State: state, Step: fmt.Sprintf("%d / %d", e.run.Last().Step, e.run.Steps)}
		if last := e.run.Last(); last.Step > 0 && !math.IsNaN(last.Loss) {
			r.Loss = fmt.Sprintf("%.3f", last.Loss)
		}
		if v := e.run.LastVal(); v.ValLoss != 0 {
			r.Val = fmt.Sprintf("%.3f", v.ValLoss)
		}
		if left := page.Left(e.run); left > 0 && mood == "on" {
			r.Left = human.Span(left)
		}
		p.Runs = append(p.Runs, r)
	}
	p.State = fmt.Sprintf("%d runs", len(all))
	p.Line = "none of them training"
	if going > 0 {
		p.Mood, p.Line = "on", fmt.Sprintf("%d training", going)
	}
	if drawn, stamp := shared(all); len(drawn) > 0 {
		f := page.Figure{Title: "Curves", Alt: "losses by step", Width: 992, Source: link("curves.png", "v", version(stamp))}
		if len(drawn) < len(all) {
			f.Caption = fmt.Sprintf("The %d runs that were written last.", len(drawn))
		}
		p.Figures = append(p.Figures, f)
	}
	return p
}
