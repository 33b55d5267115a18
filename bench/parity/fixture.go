package parity

// What a fixture holds: JSON, tensors, tolerances.

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/fourm/checkpoint"
)

// Fixture is one folder of recorded inputs and results.
type Fixture struct {
	Dir, Name, Kind string
	tape            bool
	broken          error // what is wrong with the file that says what it is
}

// Tensor is an array of a fixture: F holds real numbers, I whole ones and
// booleans (0 and 1).
type Tensor struct {
	Shape []int
	F     []float32
	I     []int
}

// Has tells whether the fixture has a file.
func (f *Fixture) Has(name string) bool {
	info, err := os.Stat(filepath.Join(f.Dir, name))
	return err == nil && !info.IsDir()
}

// JSON reads a JSON file of the fixture into v.
func (f *Fixture) JSON(name string, v any) error {
	b, err := os.ReadFile(filepath.Join(f.Dir, name))
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(f.Dir, name), err)
	}
	return nil
}

// Tensors reads a safetensors file of the fixture, aliases included.
func (f *Fixture) Tensors(name string) (map[string]Tensor, error) {
	c, err := checkpoint.Open(filepath.Join(f.Dir, name))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	out := map[string]Tensor{}
	for _, n := range c.AllNames() {
		stored, err := c.Resolve(n)
		if err != nil {
			return nil, err
		}
		t := Tensor{Shape: c.Shape(stored)}
		if c.Whole(stored) {
			v, err := c.Ints(stored)
			if err != nil {
				return nil, err
			}
			for _, x := range v {
				t.I = append(t.I, int(x))
			}
		} else if t.F, err = c.Floats(stored); err != nil {
			return nil, err
		}
		out[n] = t
	}
	return out, nil
}
