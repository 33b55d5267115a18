package datasets

// Pack: from a folder of pictures, as people have them, to shards.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
	"fourmlab/internal/human"
	"fourmlab/internal/show"
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
	Notes           []string // what is no part of the set or was changed, by kind, count and first name
}

func (r PackReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s of %s in %s a modality\n", r.Out, human.Count(r.Samples, "sample"), strings.Join(r.Modalities, ", "), human.Count(r.Shards, "shard"))
	if len(r.Skipped) > 0 {
		fmt.Fprintf(&b, "passed over %s:\n  %s\n", human.Count(len(r.Skipped), "fault"), strings.Join(r.Skipped, "\n  "))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}

// Pack turns the folder dir into shards of 1000 samples at out, in the layout
// that Open reads. Pictures (png, jpg, gif, webp, bmp, tiff) are turned upright
// as their Exif says, cropped to their centre square and resized. Linked
// folders and files are followed; what is hidden is not looked at. What is not
// read is counted in Notes, by kind and with its first name.
//
// Which modality a picture is of is told by its folder in whatever letters
// (rgb/a.jpg, Depth/a.png; images/ beside masks/), or else by the end of its
// name (a.depth.png, or a_depth.png beside a.jpg); without either it is rgb.
// Pictures of one key belong together, and every key needs all modalities.
// Depth is 16 bits of gray in millimetres, 0 where it is unknown, or numbers in
// metres (.npy, .tif); normals are (n+1)/2 or a .npy; labels are gray or palette
// pictures of class ids, of a kind that loses nothing, or a .npy. Folders called
// train, val and test name the parts of the set.
//
// Captions come from a .csv or .tsv with a header, a .jsonl or a .json: one
// column (file, image, image_id, ...) names the picture, caption or text says
// what is on it, split may name its part, and each further column of text
// becomes a modality of its own. Or they lie beside the pictures (a.txt,
// a.caption, a.json). Several rows, lines or list entries of one picture are
// several captions of it.
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
	defer w.abandon()
	var bad []problem
	show.Interruptible(func(ctx context.Context) { bad, err = p.write(ctx, w, opt) })
	if err == nil && w.n == 0 {
		err = fmt.Errorf("%s: no whole sample in it: %w", dir, firstOf(append(p.bad, bad...)))
	}
	if err != nil {
		return rep, fmt.Errorf("%s: %w", op, err)
	}
	rep.Samples, rep.Shards, rep.Modalities = w.n, (w.n+perShard-1)/perShard, w.names
	for _, b := range append(p.bad, bad...) {
		rep.Skipped = append(rep.Skipped, b.Error())
	}
	rep.Notes = p.notes.lines()
	if err := w.finish(); err != nil {
		return rep, fmt.Errorf("%s: %w", op, err)
	}
	return rep, nil
}

var errStopped = errors.New("stopped; nothing was written")

// firstOf makes one error of several faults.
func firstOf(bad []problem) error {
	switch len(bad) {
	case 0:
		return errors.New("no samples")
	case 1:
		return bad[0]
	}
	return fmt.Errorf("%w (and %s)", bad[0], human.Count(len(bad)-1, "more fault"))
}

// write decodes the samples, some at a time on all cores, and adds them in
// order.
func (p *pile) write(ctx context.Context, w *writer, opt PackOptions) ([]problem, error) {
	var bad []problem
	const together = 64
	for from := 0; from < len(p.keys); from += together {
		if ctx.Err() != nil {
			return nil, errStopped
		}
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
			if err := w.add(s, p.split(s.Key)); err != nil {
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
	ways, last := map[int]string{}, "" // which way up the pictures are, by Exif's orientation
	for _, m := range sortedKeys(p.paths[key]) {
		path := p.paths[key][m]
		b, err := disk.Read(path, mostFile)
		if err == nil {
			var v any
			var sh shape
			way := 1
			a := decoder{upright: true, tell: func(kind string) { p.notes.add(kind, p.rel(path)) }, turned: func(o int) { way = o }}.sized(size)
			if v, sh, err = a.decode(m, extOf(path), b); err == nil {
				s.Values[m] = v
				err = shapes.agree(sh, stored, whose)
				if stored.h == 0 {
					stored, whose = sh, m
				}
				ways[way], last = m, path
			}
		}
		if err != nil {
			return s, &problem{path, key, err.Error()}
		}
	}
	if len(ways) > 1 {
		var said []string
		for _, o := range slices.Sorted(maps.Keys(ways)) {
			said = append(said, fmt.Sprintf("%s has %d", ways[o], o))
		}
		return s, &problem{last, key, fmt.Sprintf("its pictures differ in their Exif orientation (%s), so that one of them may lie on its side: turn their pixels, or take the mark out", strings.Join(said, ", "))}
	}
	if p.texts != nil {
		maps.Copy(s.Values, p.texts.rows[key].values())
	}
	return s, nil
}

// rel gives a path from the folder, for a note.
func (p *pile) rel(path string) string {
	rel, err := filepath.Rel(p.dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}
