package datasets

// Writing shards: a set appears in its place when it is whole, so that a
// failure leaves nothing behind.

import (
	"archive/tar"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"

	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
	"fourmlab/internal/show"
)

// perShard is the number of samples of one shard.
const perShard = 1000

// writer lays samples out in ml-4m's way.
type writer struct {
	to     *disk.Folder
	n      int // samples so far
	shards map[string]*shard
	names  []string // modalities of the first sample, and token domains
	meta   *stream
}

// stream is a file that is written from its beginning to its end.
type stream struct {
	f *disk.File
	*bufio.Writer
}

func (w *writer) begin(rel string) (*stream, error) {
	f, err := w.to.Begin(rel)
	if err != nil {
		return nil, err
	}
	return &stream{f, bufio.NewWriterSize(f, 1<<16)}, nil
}

// close makes the file last.
func (s *stream) close() error {
	if s == nil {
		return nil
	}
	err := s.Flush()
	if err == nil {
		err = s.f.Flush()
	}
	return errors.Join(err, s.f.Close())
}

// shard is an open tar.
type shard struct {
	*stream
	t *tar.Writer
}

func (s *shard) close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.t.Close(), s.stream.close())
}

// newWriter refuses to write over anything.
func newWriter(out string) (*writer, error) {
	to, err := disk.NewFolder(out)
	if err != nil {
		return nil, err
	}
	return &writer{to: to, shards: map[string]*shard{}}, nil
}

// add writes one sample; split may be empty.
func (w *writer) add(s modality.Sample, split string) error {
	names, tokens := s.Names(), slices.Sorted(maps.Keys(s.Toks))
	all := slices.Clone(names)
	for _, n := range tokens {
		all = append(all, domainOf(n))
	}
	if w.n == 0 {
		w.names = all
	} else if !slices.Equal(all, w.names) {
		return fmt.Errorf("sample %s has %v, expected %v as in the first sample", s.Key, all, w.names)
	}
	if key, ext := splitName(s.Key); key != s.Key || ext != "" {
		return fmt.Errorf("key %q cannot name a file: it must not be hidden or hold a dot", s.Key)
	}
	row := map[string]any{"id": s.Key}
	if split != "" {
		row["split"] = split
	}
	for _, n := range names {
		p, ok := s.Values[n].(*modality.Picture)
		if !ok || holdsSymbols(n) && p.H == 1 {
			row[n] = jsonOf(s.Values[n])
			continue
		}
		b, ext, err := encodePicture(n, p)
		if err == nil {
			err = w.file(n, s.Key+"."+ext, b)
		}
		if err != nil {
			return fmt.Errorf("sample %s: %s: %w", s.Key, n, err)
		}
	}
	for _, n := range tokens {
		ids := s.Toks[n].IDs
		for _, id := range ids {
			if id < 0 || id > math.MaxInt16 {
				return fmt.Errorf("sample %s: %s: token %d, expected 0 to %d", s.Key, n, id, math.MaxInt16)
			}
		}
		if err := w.file(domainOf(n), s.Key+".npy", npy.Table(1, len(ids), ids)); err != nil {
			return fmt.Errorf("sample %s: %s: %w", s.Key, n, err)
		}
	}
	w.n++
	if len(row) == 1 {
		return nil
	}
	return w.line(row)
}

func (w *writer) line(row map[string]any) (err error) {
	if w.meta == nil {
		if w.meta, err = w.begin("meta.jsonl"); err != nil {
			return err
		}
	}
	b, err := json.Marshal(row)
	if err != nil {
		return err
	}
	_, err = w.meta.Write(append(b, '\n'))
	return err
}

// file adds a member to the modality's current shard.
func (w *writer) file(mod, name string, b []byte) error {
	if w.n%perShard == 0 {
		if err := w.shards[mod].close(); err != nil {
			return err
		}
		s, err := w.begin(filepath.Join(mod, fmt.Sprintf("shard-%05d.tar", w.n/perShard)))
		if err != nil {
			return err
		}
		w.shards[mod] = &shard{s, tar.NewWriter(s)}
	}
	t := w.shards[mod].t
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(b))}); err != nil {
		return err
	}
	_, err := t.Write(b)
	return err
}

// finish closes everything and puts the set into its place.
func (w *writer) finish() error {
	err := w.closeAll()
	if err == nil && w.n == 0 {
		err = errors.New("no samples to write")
	}
	if err != nil {
		return err
	}
	return w.to.Place()
}

// abandon leaves nothing behind of what was not finished.
func (w *writer) abandon() {
	_ = w.closeAll() // it is why the set is given up, or of no more interest
	w.to.Discard()
}

func (w *writer) closeAll() error {
	var errs []error
	for _, s := range w.shards {
		errs = append(errs, s.close())
	}
	errs = append(errs, w.meta.close())
	w.shards, w.meta = nil, nil
	return errors.Join(errs...)
}

// Write stores a set as shards of 1000 samples in OUT/MODALITY, with a
// meta.jsonl for what is no picture. Open(out) gives it back: colours and gray
// to 1/255, depth to a millimetre (up to 65.5 m), normals to half a degree,
// the rest exactly; of a set with several windows it stores what its samples
// show. OUT must not be there, or be empty.
func Write(s *Set, out string) error {
	const op = "datasets.Write"
	w, err := newWriter(out)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	defer w.abandon() // also where a function of the set's panics
	show.Interruptible(func(ctx context.Context) { err = w.all(ctx, s) })
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if err := w.finish(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func (w *writer) all(ctx context.Context, s *Set) error {
	for i := range s.Len() {
		if ctx.Err() != nil {
			return errStopped
		}
		x, err := s.Sample(i)
		if err != nil {
			return err
		}
		split := ""
		if s.ownSplits() {
			split = s.part(i)
		}
		if err := w.add(x, split); err != nil {
			return err
		}
	}
	return nil
}
