// Command gallery draws every plot of package viz from real data into docs/:
// the pictures into docs/gallery, and docs/gallery.md, the page that shows
// them. It trains small tokenizers and a small model for each set, which takes
// a minute or two a set on two cores; a set that is not there is left out, with
// a line that says so.
//
//	go run ./bench/gallery
//	go run ./bench/gallery -sets scenes -steps 200 -out /tmp/look
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fourmlab/datasets"
	"fourmlab/internal/disk"
	"fourmlab/internal/fault"
	"fourmlab/viz"
)

// show is a set and what of it is modelled: the first modality is given, the
// others are predicted from it, and the last is one that reads as text.
type show struct {
	name       string
	about      string // a phrase for the page
	modalities []string
	sample     int // of those held out
}

// shows are the sets of the gallery, one line each.
var shows = []show{
	{"scenes", "rendered scenes, with exact depth and classes", []string{"rgb", "depth", "semseg", "caption"}, 5},
	{"emoji64", "1,530 emoji, as shaded pictures and as line art", []string{"rgb", "line", "caption"}, 7},
	{"coco33", "33 photographs with captions and boxes; far too few to learn from, so that what is made of them is poor", []string{"rgb", "box", "caption"}, 1},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("gallery: ")
	steps := flag.Int("steps", 400, "training steps of a model")
	out := flag.String("out", "docs", "folder of the page and of gallery/, its pictures")
	sets := flag.String("sets", "", "names of sets with commas between; empty: all")
	flag.Parse()
	dir := filepath.Join(*out, "gallery")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		log.Fatal(err)
	}
	var all []plots
	for _, s := range shows {
		if *sets != "" && !strings.Contains(","+*sets+",", ","+s.name+",") {
			continue
		}
		began := time.Now()
		p, err := s.plots(*steps)
		if err == nil {
			err = p.save(dir)
		}
		if err != nil {
			log.Printf("%s is left out: %v", s.name, err)
			continue
		}
		all = append(all, p)
		fmt.Printf("%s: %d pictures in %.0f s\n", s.name, len(p.list), time.Since(began).Seconds())
	}
	if len(all) == 0 {
		log.Fatal("no set could be drawn")
	}
	page := filepath.Join(*out, "gallery.md")
	if err := write(page, []byte(text(all[0].list, dir))); err != nil {
		log.Fatal(err)
	}
	fmt.Println(page)
}

// plots are the figures of one set.
type plots struct {
	of   show
	list []plot
}

type plot struct {
	name, call, about string
	fig               *viz.Figure
}

// save writes the pictures, each small enough for a page of many.
func (p *plots) save(dir string) error {
	const most = 150 << 10
	for i := range p.list {
		g := &p.list[i]
		wide, _ := g.fig.Size()
		var b []byte
		for w := min(wide, 800); ; w -= 80 {
			if b = g.fig.Sized(w).PNG(); len(b) <= most || w <= 400 {
				break
			}
		}
		if err := write(filepath.Join(dir, p.of.file(*g)), b); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, b []byte) error {
	return disk.Write(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// text gives the page: plot by plot, each from every set of which there is a
// picture, so that sets can be drawn one at a time.
func text(list []plot, dir string) string {
	var b strings.Builder
	b.WriteString("# Gallery\n\nEvery plot of package viz, made by `make gallery` from small models that were trained for a minute:\n\n")
	for _, s := range shows {
		if s.drawn(list[0], dir) {
			fmt.Fprintf(&b, "* **%s**: %s.\n", s.name, s.about)
		}
	}
	for _, g := range list {
		fmt.Fprintf(&b, "\n## %s\n\n`%s`\n\n%s\n", strings.ReplaceAll(g.name, "_", " "), g.call, g.about)
		for _, s := range shows {
			if s.drawn(g, dir) {
				fmt.Fprintf(&b, "\n![%s, %s](gallery/%s)\n", g.name, s.name, s.file(g))
			}
		}
	}
	return b.String()
}

func (s show) file(g plot) string { return s.name + "_" + g.name + ".png" }

func (s show) drawn(g plot, dir string) bool {
	_, err := os.Stat(filepath.Join(dir, s.file(g)))
	return err == nil
}

// open gives the set's parts for training, for validation, and held out.
func (s show) open() (train, val, test *datasets.Set, err error) {
	ds, err := datasets.Open(s.name)
	if err != nil {
		return nil, nil, nil, err
	}
	held := "test"
	if s.name == "coco33" { // which has no third part
		held = "val"
	}
	train, val, test = ds.Split("train").Head(1500), ds.Split("val").Head(128), ds.Split(held).Head(150)
	if train.Len() == 0 || val.Len() == 0 || test.Len() <= s.sample {
		return nil, nil, nil, errors.New("too few samples")
	}
	return train, val, test, nil
}

// plots trains on the set and draws all figures.
func (s show) plots(steps int) (p plots, err error) {
	defer fault.Catch(&err)
	train, val, test, err := s.open()
	if err != nil {
		return p, err
	}
	return draw(s, steps, train, val, test), nil
}
