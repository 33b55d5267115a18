package datasets

// Writing shards: a set goes into a temporary folder beside its place and is
// renamed when it is whole, so that a failure leaves nothing behind.

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"

	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
)

// perShard is the number of samples of one shard.
const perShard = 1000

// writer lays samples out in ml-4m's way.
type writer struct {
	out, tmp string
	n        int // samples so far
	shards   map[string]*shard
	names    []string // modalities of the first sample, and token domains
	meta     *bufio.Writer
	metaFile *os.File
}

// shard is an open tar.
type shard struct {
	f *os.File
	b *bufio.Writer
	t *tar.Writer
}

// newWriter refuses to write over anything.
func newWriter(out string) (*writer, error) {
	if err := vacant(out); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(out)), 0o777); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(out)), filepath.Base(out)+".part-*")
	if err != nil {
		return nil, err
	}
	return &writer{out: out, tmp: tmp, shards: map[string]*shard{}}, os.Chmod(tmp, 0o755)
}

// vacant tells whether nothing, or an empty folder, is there.
func vacant(out string) error {
	list, err := os.ReadDir(out)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(list) > 0:
		return fmt.Errorf("%s is not empty; nothing is written over", out)
	}
	return nil
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
		if !ok {
			row[n] = jsonOf(s.Values[n])
			continue
		}
		b, err := encodePicture(n, p)
		if err == nil {
			err = w.file(n, s.Key+".png", b)
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

func (w *writer) line(row map[string]any) error {
	if w.meta == nil {
		f, err := os.Create(filepath.Join(w.tmp, "meta.jsonl"))
		if err != nil {
			return err
		}
		w.metaFile, w.meta = f, bufio.NewWriter(f)
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
		dir := filepath.Join(w.tmp, mod)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("shard-%05d.tar", w.n/perShard)))
		if err != nil {
			return err
		}
		buf := bufio.NewWriterSize(f, 1<<16)
		w.shards[mod] = &shard{f, buf, tar.NewWriter(buf)}
	}
	t := w.shards[mod].t
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(b))}); err != nil {
		return err
	}
	_, err := t.Write(b)
	return err
}

func (s *shard) close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.t.Close(), s.b.Flush(), s.f.Close())
}

// finish closes everything and puts the set into its place.
func (w *writer) finish() error {
	err := w.closeAll()
	if err == nil && w.n == 0 {
		err = errors.New("no samples to write")
	}
	if err == nil {
		err = vacant(w.out)
	}
	if err == nil {
		os.Remove(w.out) // an empty folder, or nothing
		err = os.Rename(w.tmp, w.out)
	}
	if err != nil {
		os.RemoveAll(w.tmp)
	}
	return err
}

// abandon leaves nothing behind.
func (w *writer) abandon() {
	w.closeAll()
	os.RemoveAll(w.tmp)
}

func (w *writer) closeAll() error {
	var errs []error
	for _, s := range w.shards {
		errs = append(errs, s.close())
	}
	w.shards = nil
	if w.meta != nil {
		errs = append(errs, w.meta.Flush(), w.metaFile.Close())
		w.meta = nil
	}
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
	for i := range s.Len() {
		x, err := s.Sample(i)
		if err == nil {
			split := ""
			if s.ownSplits() {
				split = s.part(i)
			}
			err = w.add(x, split)
		}
		if err != nil {
			w.abandon()
			return fmt.Errorf("%s: %w", op, err)
		}
	}
	if err := w.finish(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}
