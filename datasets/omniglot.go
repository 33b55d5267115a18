package datasets

// omniglot5: handwritten characters, pictures in a zip with a label and the
// strokes of the pen each.

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"fourmlab/fourm/modality"
)

// omniglot holds the packed pictures: 2,720 of some 300 bytes.
type omniglot struct {
	size  int
	file  string
	names []string // "Greek/character03/0396_02"
	packs [][]byte
	pens  string                            // the file of the strokes; "" where there is none
	moved func() (map[string][]byte, error) // reads it, once
	kept  *cache
	notes *passed
}

// openOmniglot reads DIR/images.zip: line (the drawing), caption and group
// (the alphabet); and DIR/strokes.jsonl.gz, where it is there: strokes.
func openOmniglot(dir string, size int) (*Set, error) {
	o := &omniglot{size: size, file: filepath.Join(dir, "images.zip"), kept: newCache(cacheBytes), notes: &passed{}}
	z, err := zip.OpenReader(o.file)
	if err != nil {
		return nil, fmt.Errorf("datasets.Open: %s: %w", o.file, err)
	}
	defer z.Close()
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("datasets.Open: %w", err)
	}
	for _, f := range list {
		if !o.notes.hides(f.Name(), f.Name()) {
			o.notes.beside(dir, f, false, "images.zip", "strokes.jsonl.gz")
		}
	}
	for _, f := range z.File {
		if path.Ext(f.Name) != ".png" {
			if !f.FileInfo().IsDir() {
				o.notes.aside("images.zip: "+unread(extOf(f.Name)), f.Name)
			}
			continue
		}
		parts := strings.Split(strings.TrimSuffix(f.Name, ".png"), "/")
		if len(parts) < 3 {
			return nil, fmt.Errorf("datasets.Open: %s: %q is not ALPHABET/CHARACTER/NAME.png", o.file, f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, problem{o.file, f.Name, err.Error()}
		}
		b, err := io.ReadAll(io.LimitReader(r, 1<<20))
		r.Close()
		if err != nil {
			return nil, problem{o.file, f.Name, err.Error()}
		}
		o.names = append(o.names, strings.Join(parts[len(parts)-3:], "/"))
		o.packs = append(o.packs, b)
	}
	if len(o.packs) == 0 {
		return nil, fmt.Errorf("datasets.Open: %s: no pictures in it", o.file)
	}
	if path := filepath.Join(dir, "strokes.jsonl.gz"); exists(path) {
		o.pens, o.moved = path, sync.OnceValues(func() (map[string][]byte, error) { return readStrokes(path) })
	}
	return &Set{name: "omniglot5", src: o}, nil
}

func (o *omniglot) len() int         { return len(o.packs) }
func (o *omniglot) key(i int) string { return path.Base(o.names[i]) }
func (o *omniglot) modalities() []string {
	if o.pens == "" {
		return []string{"line", "caption", "group"}
	}
	return []string{"line", "strokes", "caption", "group"}
}
func (o *omniglot) splitOf(int) string { return "" }
func (o *omniglot) skipped() []string  { return nil }

func (o *omniglot) sample(i int) (modality.Sample, error) {
	if s, ok := o.kept.get(i); ok {
		return s, nil
	}
	v, _, err := decode("line", "png", o.packs[i], o.size)
	if err != nil {
		return modality.Sample{}, problem{o.file, o.names[i], err.Error()}
	}
	parts := strings.Split(o.names[i], "/")
	group := strings.ToLower(strings.ReplaceAll(parts[0], "_", " "))
	number := strings.TrimLeft(strings.TrimPrefix(parts[1], "character"), "0")
	s := modality.Sample{Key: o.key(i), Values: map[string]any{"line": v, "caption": group + " character " + number, "group": group}}
	if o.pens != "" {
		lines, err := o.moved()
		if err != nil {
			return modality.Sample{}, err
		}
		line := lines[s.Key]
		if line == nil {
			return modality.Sample{}, problem{o.pens, s.Key, "has no strokes"}
		}
		if s.Values["strokes"], err = drawStrokes(line, v.(*modality.Picture).H); err != nil {
			return modality.Sample{}, problem{o.pens, s.Key, err.Error()}
		}
	}
	o.kept.put(i, s)
	return s, nil
}
