package datasets

// A shelf: samples in a folder, one a file, to the last bit.

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
)

// shelf is the folder, and the set it is of.
type shelf struct {
	dir    string
	base   *Set
	makers makers
}

// label says what a folder holds.
type label struct {
	Format  string `json:"format"`
	Set     string `json:"set"`
	Samples int    `json:"samples"`
	Of      string `json:"of,omitempty"` // what the set is a function of, where its keys do not tell
}

func (l label) String() string {
	of := ""
	if l.Of != "" {
		of = ", " + l.Of
	}
	return fmt.Sprintf("%d samples of %s (%s%s)", l.Samples, l.Set, l.Format, of)
}

// madeOf says what rendered scenes are a function of: their keys are alike.
func madeOf(s *Set) string {
	switch src := s.src.(type) {
	case *rendered:
		return fmt.Sprintf("seed %d, %+v", src.seed, src.opt)
	case *mapped:
		return madeOf(src.base)
	}
	return ""
}

const shelfFormat = "fourm samples 1"

// openShelf makes a folder, or checks that it is of this set.
func openShelf(dir string, base *Set) (*shelf, error) {
	d := &shelf{dir, base, makers{dir: dir, names: map[modality.Tokenizer]string{}, by: map[string]modality.Tokenizer{}}}
	want := label{shelfFormat, base.title(), base.Len(), madeOf(base)}
	if err := disk.Clear(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	path := filepath.Join(dir, "samples.json")
	b, err := os.ReadFile(path)
	if err == nil {
		var have label
		if err := json.Unmarshal(b, &have); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if have != want {
			return nil, fmt.Errorf("%s holds %v, expected %v: remove the folder, or name another", dir, have, want)
		}
		return d, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := disk.Vacant(dir); err != nil {
		return nil, err
	}
	if err := disk.MkdirAll(dir); err != nil {
		return nil, err
	}
	if b, err = json.Marshal(want); err != nil {
		return nil, err
	}
	return d, disk.WriteBytes(path, b)
}

// onDisk is a sample in a file: each kind of value apart, so that a file says
// what it holds.
type onDisk struct {
	Key      string
	Pictures map[string]*modality.Picture
	Texts    map[string]string
	Boxes    map[string][]modality.Box
	Palettes map[string]modality.Palette
	Vectors  map[string][][]float32
	Lists    map[string][]string
	Symbols  map[string][]int
	Numbers  map[string][]float32
	Wide     map[string][]float64
	Single   map[string]float64
	Toks     map[string]modality.Tokens
	Makers   map[string]string // of tokens: their tokenizer
}

func (d *shelf) path(i int) string { return filepath.Join(d.dir, fmt.Sprintf("%08d.gob", i)) }

// put writes a sample.
func (d *shelf) put(i int, s modality.Sample) error {
	o := onDisk{Key: s.Key, Pictures: map[string]*modality.Picture{}, Texts: map[string]string{}, Boxes: map[string][]modality.Box{},
		Palettes: map[string]modality.Palette{}, Vectors: map[string][][]float32{}, Lists: map[string][]string{}, Symbols: map[string][]int{},
		Numbers: map[string][]float32{}, Wide: map[string][]float64{}, Single: map[string]float64{}, Toks: s.Toks, Makers: map[string]string{}}
	for n, t := range s.Toks {
		name, err := d.makers.put(t.Tokenizer())
		if err != nil {
			return fmt.Errorf("key %q: the tokenizer of %s: %w", s.Key, n, err)
		}
		if name != "" {
			o.Makers[n] = name
		}
	}
	for n, v := range s.Values {
		switch v := v.(type) {
		case *modality.Picture:
			o.Pictures[n] = v
		case string:
			o.Texts[n] = v
		case []modality.Box:
			o.Boxes[n] = v
		case modality.Palette:
			o.Palettes[n] = v
		case [][]float32:
			o.Vectors[n] = v
		case []string:
			o.Lists[n] = v
		case []int:
			o.Symbols[n] = v
		case []float32:
			o.Numbers[n] = v
		case []float64:
			o.Wide[n] = v
		case float64:
			o.Single[n] = v
		default:
			return fmt.Errorf("key %q: %s is a %T, which no file keeps", s.Key, n, v)
		}
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(o); err != nil {
		return err
	}
	return disk.WriteBytes(d.path(i), b.Bytes())
}

// get reads a sample, if it was put there.
func (d *shelf) get(i int) (s modality.Sample, there bool, err error) {
	b, err := os.ReadFile(d.path(i))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	var o onDisk
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(b)).Decode(&o)
	}
	if err != nil {
		return s, false, fmt.Errorf("%s: %w", d.path(i), err)
	}
	s = modality.Sample{Key: o.Key, Values: map[string]any{}, Toks: o.Toks}
	if _, own := d.base.src.(*foreign); !own && o.Key != d.base.src.key(d.base.at(i)) {
		return s, false, fmt.Errorf("%s has the key %q, expected %q: the folder is of another set", d.path(i), o.Key, d.base.src.key(d.base.at(i)))
	}
	copyAll(s.Values, o.Pictures)
	copyAll(s.Values, o.Texts)
	for n, b := range o.Boxes {
		if b == nil {
			b = []modality.Box{} // gob tells no list from an empty one
		}
		s.Values[n] = b
	}
	copyAll(s.Values, o.Palettes)
	copyAll(s.Values, o.Vectors)
	copyAll(s.Values, o.Lists)
	copyAll(s.Values, o.Symbols)
	copyAll(s.Values, o.Numbers)
	copyAll(s.Values, o.Wide)
	copyAll(s.Values, o.Single)
	s.Toks = maps.Clone(o.Toks)
	for n, name := range o.Makers {
		k, err := d.makers.get(n, name)
		if err != nil {
			return s, false, err
		}
		s.Toks[n] = s.Toks[n].By(k)
	}
	checked, err := s.Checked()
	return checked, err == nil, err
}

func copyAll[T any](to map[string]any, from map[string]T) {
	for n, v := range from {
		to[n] = v
	}
}
