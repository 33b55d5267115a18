package datasets

// Pack: from a folder of pictures, as people have them, to shards.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"fourmlab/fourm/modality"
)

// PackOptions say how a folder is packed. The zero value makes 64x64 pictures
// and stops at the first fault.
type PackOptions struct {
	Size       int    // pixels a side; 0: 64
	Captions   string // the .csv, .tsv or .jsonl file; "": the only one in the folder, if any
	SkipBroken bool   // leave samples with a fault out and list them in the report
}

// PackReport says what Pack wrote.
type PackReport struct {
	Out             string
	Samples, Shards int      // Shards is their number in each modality of pictures
	Modalities      []string // in the order of 4M's figures
	Skipped         []string // a sentence for each fault that was passed over
}

func (r PackReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d samples of %s in %d shards a modality\n", r.Out, r.Samples, strings.Join(r.Modalities, ", "), r.Shards)
	if len(r.Skipped) > 0 {
		fmt.Fprintf(&b, "passed over %d faults:\n  %s\n", len(r.Skipped), strings.Join(r.Skipped, "\n  "))
	}
	return b.String()
}

// Pack turns the folder dir into shards of 1000 samples at out, in the layout
// that Open reads. Pictures (png, jpg, gif) are cropped to their centre square
// and resized.
//
// Which modality a picture is of is told by its sub-folder (rgb/a.jpg,
// depth/a.png), or else by the end of its name (a.depth.png, or a_depth.png
// beside a.jpg); without either it is rgb. Pictures of one key belong
// together, and every key needs all modalities. Depth is a 16-bit gray png in
// millimetres, 0 where it is unknown; normals are (n+1)/2; labels are gray or
// palette png files of class ids.
//
// Captions come from a .csv or .tsv with a header, or a .jsonl: one column
// (file, key, id, ...) names the picture, caption or text says what is on it,
// split may name its part, and each further column of text becomes a modality
// of its own.
//
// The shards are written to a temporary folder first; out must not be there or
// be empty, and after an error it is as it was.
func Pack(dir, out string, opt PackOptions) (PackReport, error) {
	const op = "datasets.Pack"
	rep := PackReport{Out: out}
	if opt.Size == 0 {
		opt.Size = 64
	}
	if opt.Size < 8 || opt.Size > 4096 {
		return rep, fmt.Errorf("%s: size %d, expected 8 to 4096 pixels", op, opt.Size)
	}
	p, err := gather(dir, opt.Captions)
	if err != nil {
		return rep, fmt.Errorf("%s: %w", op, err)
	}
	if len(p.bad) > 0 && !opt.SkipBroken {
		return rep, fmt.Errorf("%s: %w", op, firstOf(p.bad))
	}
	w, err := newWriter(out)
	if err != nil {
		return rep, fmt.Errorf("%s: %w", op, err)
	}
	bad, err := p.write(w, opt)
	if err == nil && w.n == 0 {
		err = fmt.Errorf("%s: no whole sample in it: %w", dir, firstOf(append(p.bad, bad...)))
	}
	if err != nil {
		w.abandon()
		return rep, fmt.Errorf("%s: %w", op, err)
	}
	rep.Samples, rep.Shards, rep.Modalities = w.n, (w.n+perShard-1)/perShard, w.names
	for _, b := range append(p.bad, bad...) {
		rep.Skipped = append(rep.Skipped, b.Error())
	}
	if err := w.finish(); err != nil {
		return rep, fmt.Errorf("%s: %w", op, err)
	}
	return rep, nil
}

// firstOf makes one error of several faults.
func firstOf(bad []problem) error {
	switch len(bad) {
	case 0:
		return errors.New("no samples")
	case 1:
		return bad[0]
	}
	return fmt.Errorf("%w (and %d more faults)", bad[0], len(bad)-1)
}

// pile is a folder sorted by key and modality.
type pile struct {
	paths map[string]map[string]string // by key, by modality
	keys  []string                     // those that are whole, in alphabetical order
	texts *texts
	bad   []problem
}

func gather(dir, captions string) (*pile, error) {
	p := &pile{paths: map[string]map[string]string{}}
	files, err := pictures(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no pictures (png, jpg, gif) in it", dir)
	}
	have := map[string]bool{}
	for _, f := range place(files) {
		have[f.mod] = true
		if p.paths[f.key] == nil {
			p.paths[f.key] = map[string]string{}
		}
		if first := p.paths[f.key][f.mod]; first != "" {
			p.bad = append(p.bad, problem{filepath.Join(dir, f.rel), f.key, "has the same key as " + first})
			continue
		}
		p.paths[f.key][f.mod] = filepath.Join(dir, f.rel)
	}
	if p.texts, err = findTexts(dir, captions); err != nil {
		return nil, err
	}
	if p.texts != nil {
		p.bad = append(p.bad, p.texts.bad...)
		for _, k := range p.texts.keys {
			if p.paths[k] == nil {
				p.bad = append(p.bad, problem{p.texts.file, k, "no picture of that name in " + dir})
			}
		}
	}
	var all []string
	for k := range p.paths {
		all = append(all, k)
	}
	sort.Strings(all)
	for _, k := range all {
		if wrong := p.lacks(k, have); wrong != "" {
			some := ""
			for _, m := range sorted(have) {
				if some = p.paths[k][m]; some != "" {
					break
				}
			}
			p.bad = append(p.bad, problem{some, k, wrong})
			continue
		}
		p.keys = append(p.keys, k)
	}
	return p, nil
}

// lacks says what a key is without that others have.
func (p *pile) lacks(key string, have map[string]bool) string {
	for _, m := range sorted(have) {
		if p.paths[key][m] == "" {
			return "no picture of the modality " + m + ", which others have"
		}
	}
	if p.texts != nil && p.texts.rows[key] == nil {
		return "no usable row in " + p.texts.file
	}
	return ""
}

func sorted(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// pictures lists the pictures of a folder and its sub-folders, as paths from
// it with forward slashes.
func pictures(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && path != dir {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || !pictureExt[strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))] {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	return out, err
}

// placed is a picture with its modality and key.
type placed struct{ rel, mod, key string }

// place finds modality and key of each picture.
func place(files []string) []placed {
	plain := map[string]bool{} // keys of pictures, by their whole name
	for _, f := range files {
		plain[keyOfName(f)] = true
	}
	var out []placed
	for _, f := range files {
		if dir, rest, ok := strings.Cut(f, "/"); ok {
			if m, ok := modality.Find(dir); ok && m.Kind == modality.Image {
				out = append(out, placed{f, m.Name, keyOfName(rest)})
				continue
			}
		}
		at := placed{f, "rgb", keyOfName(f)}
		stem := strings.TrimSuffix(f, filepath.Ext(f))
		if i := strings.LastIndexAny(stem, "._-"); i > 0 {
			m, ok := modality.Find(stem[i+1:])
			key := keyOfName(stem[:i])
			// finish_line.jpg is a photograph, unless there is a finish.jpg.
			if ok && m.Kind == modality.Image && m.Name == stem[i+1:] && (stem[i] == '.' || plain[key] || plain[key+"_rgb"]) {
				at.mod, at.key = m.Name, key
			}
		}
		out = append(out, at)
	}
	return out
}

// findTexts reads the caption file, or gives nil where there is none.
func findTexts(dir, named string) (*texts, error) {
	if named != "" {
		return readTexts(named)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, f := range list {
		if slices.Contains([]string{".csv", ".tsv", ".jsonl"}, strings.ToLower(filepath.Ext(f.Name()))) && !f.IsDir() {
			found = append(found, filepath.Join(dir, f.Name()))
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return readTexts(found[0])
	}
	return nil, fmt.Errorf("%s: %d files could hold the captions (%s): name one in PackOptions.Captions", dir, len(found), strings.Join(found, ", "))
}

// write decodes the samples, some at a time on all cores, and adds them in
// order.
func (p *pile) write(w *writer, opt PackOptions) ([]problem, error) {
	var bad []problem
	const together = 64
	for from := 0; from < len(p.keys); from += together {
		keys := p.keys[from:min(from+together, len(p.keys))]
		samples, errs := make([]modality.Sample, len(keys)), make([]*problem, len(keys))
		var all sync.WaitGroup
		room := make(chan struct{}, runtime.GOMAXPROCS(0))
		for i, k := range keys {
			all.Go(func() {
				room <- struct{}{}
				samples[i], errs[i] = p.sample(k, opt.Size)
				<-room
			})
		}
		all.Wait()
		for i, s := range samples {
			if errs[i] != nil {
				if !opt.SkipBroken {
					return nil, *errs[i]
				}
				bad = append(bad, *errs[i])
				continue
			}
			split := ""
			if p.texts != nil {
				split = p.texts.rows[s.Key]["split"]
			}
			if err := w.add(s, split); err != nil {
				return nil, err
			}
		}
	}
	return bad, nil
}

func (p *pile) sample(key string, size int) (modality.Sample, *problem) {
	s := modality.Sample{Key: key, Values: map[string]any{}}
	shapes := tree{size: size}
	stored, whose := shape{}, ""
	mods := map[string]bool{}
	for m := range p.paths[key] {
		mods[m] = true
	}
	for _, m := range sorted(mods) {
		path := p.paths[key][m]
		b, err := os.ReadFile(path)
		if err == nil {
			var v any
			var sh shape
			ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
			if v, sh, err = decode(m, ext, b, size); err == nil {
				s.Values[m] = v
				err = shapes.agree(sh, stored, whose)
				if stored.h == 0 {
					stored, whose = sh, m
				}
			}
		}
		if err != nil {
			return s, &problem{path, key, err.Error()}
		}
	}
	if p.texts != nil {
		for _, c := range p.texts.columns {
			s.Values[c] = p.texts.rows[key][c]
		}
	}
	return s, nil
}
