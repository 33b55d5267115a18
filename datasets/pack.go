package datasets

// Pack: from a folder of pictures, as people have them, to shards.

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
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
	fmt.Fprintf(&b, "%s: %s of %s in %s a modality\n", r.Out, count(r.Samples, "sample"), strings.Join(r.Modalities, ", "), count(r.Shards, "shard"))
	if len(r.Skipped) > 0 {
		fmt.Fprintf(&b, "passed over %s:\n  %s\n", count(len(r.Skipped), "fault"), strings.Join(r.Skipped, "\n  "))
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

// count gives "1 fault", "2 faults".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// firstOf makes one error of several faults.
func firstOf(bad []problem) error {
	switch len(bad) {
	case 0:
		return errors.New("no samples")
	case 1:
		return bad[0]
	}
	return fmt.Errorf("%w (and %s)", bad[0], count(len(bad)-1, "more fault"))
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
