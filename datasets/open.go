package datasets

// Open: a set by its name or by the path of its folder.

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"fourmlab/internal/fault"
)

// Options say how a set is opened. The zero value reads everything as it is
// stored and stops at the first fault.
type Options struct {
	SkipBroken bool // leave samples with a fault out and say so in Set.Skipped; reads every file at once
	Size       int  // pixels a side: crop to the centre square and resize; 0: as stored

	// Names says which modality or token domain a folder holds where its own
	// name does not: {"rgb": "rgb@224", "rgb_dvae_BUa_224": "tok_rgb@224"}.
	// Without Names, pictures beside tokens of one resolution are of the same:
	// rgb beside tok_rgb@224 is rgb@224.
	Names map[string]string
}

// known are the sets that have a name, with what is wanted of each.
var known = map[string]struct {
	only []string // modalities; nil: all
	size int      // pixels a side where Options.Size is 0
	flag []string // modalities whose pixels are 0 or something else, which stands for 1
}{
	"emoji64":    {only: []string{"rgb", "flat", "line", "twemoji", "caption", "tags", "group", "box", "palette"}},
	"coco33":     {only: []string{"rgb", "caption", "box", "things", "instance"}, size: 64},
	"cleargrasp": {only: []string{"rgb", "depth", "normal", "mask"}, size: 64, flag: []string{"mask"}},
	"omniglot5":  {size: 64},
	"scenes":     {size: 64},
}

// Open opens a set by name ("emoji64", "coco33", "cleargrasp", "omniglot5",
// "scenes") or by the path of a folder in ml-4m's layout.
//
// Named sets lie in the data folder: the value of FOURM_DATA, else a folder
// shared/data beside the working folder or one of those above it. A set that
// is stored in other sizes than 64x64 is brought to 64x64. "scenes" is
// rendered and needs no folder.
func Open(name string) (*Set, error) { return OpenWith(name, Options{}) }

// MustOpen is Open that panics with a one-line error.
func MustOpen(name string) *Set {
	s, err := Open(name)
	must("datasets.MustOpen", err)
	return s
}

// OpenWith is Open with options.
func OpenWith(name string, opt Options) (set *Set, err error) {
	defer fault.Catch(&err) // scenes have a limit of their own
	if opt.Size < 0 || opt.Size > 4096 {
		return nil, &fault.Error{Op: op, Msg: fmt.Sprintf("size %d, expected 0 (as stored) to 4096 pixels", opt.Size)}
	}
	at, err := locate(name)
	if err != nil {
		return nil, err
	}
	if opt.Size > 0 {
		at.size = opt.Size
	}
	if at.source != fromTree {
		return at.open()
	}
	at.names = opt.Names
	t, bad := loadTree(at)
	switch {
	case len(bad) > 0 && (!opt.SkipBroken || t.len() == 0):
		return nil, fmt.Errorf("%s: %w", op, firstOf(bad))
	case opt.SkipBroken:
		t.skipBroken(bad)
		if t.len() == 0 {
			return nil, fmt.Errorf("%s: %s: every sample has a fault, the first: %s", op, at.path, t.left[0])
		}
	}
	return &Set{name: filepath.Base(at.path), src: t}, nil
}

// ErrNoSet is of a name that is no set, and of a path where no folder is; ask
// for it with errors.Is.
var ErrNoSet = errors.New("no such set")

// op is the call that errors of this file name.
const op = "datasets.Open"

// The kinds of source.
const (
	fromTree = iota
	fromZip
	fromSeed
)

// location is where a set is and how it is read.
type location struct {
	source int
	path   string
	only   []string
	size   int
	flag   []string
	names  map[string]string
}

// locate finds the set of a name or path.
func locate(name string) (location, error) {
	if name == "" {
		return location{}, &fault.Error{Op: op, Msg: "no name (a set such as \"scenes\", or the path of a folder)"}
	}
	k, named := known[name]
	at := location{path: name, only: k.only, size: k.size, flag: k.flag}
	switch name {
	case "scenes":
		at.source = fromSeed
		return at, nil
	case "omniglot5":
		at.source = fromZip
	}
	if !named && isDir(name) {
		return at, nil
	}
	if strings.ContainsAny(name, `/\`) {
		return at, fault.Kind(ErrNoSet, fmt.Errorf("%s: no folder %s", op, name))
	}
	root, err := dataRoot()
	if err == nil {
		at.path = filepath.Join(root, name)
		if isDir(at.path) {
			return at, nil
		}
		err = fmt.Errorf("no such folder in %s (FOURM_DATA names another place)", root)
	}
	if named {
		return at, fault.Kind(ErrNoSet, fmt.Errorf("%s: %q: %w", op, name, err))
	}
	return at, unknown(name, root)
}

// open opens what is no tree.
func (at location) open() (*Set, error) {
	if at.source == fromZip {
		return openOmniglot(at.path, at.size)
	}
	return openScenes(at.size), nil
}

// unknown says that a name is neither a set nor a folder, and which name is
// near.
func unknown(name, root string) error {
	var have []string
	for n := range known {
		have = append(have, n)
	}
	if dirs, err := os.ReadDir(root); err == nil && root != "" {
		for _, d := range dirs {
			if d.IsDir() && !slices.Contains(have, d.Name()) {
				have = append(have, d.Name())
			}
		}
	}
	sort.Strings(have)
	f := &fault.Error{Op: op, Msg: fmt.Sprintf("no set %q and no such folder (have %s)", name, strings.Join(have, ", "))}
	best := 4
	for _, n := range have {
		if d := fault.Distance(strings.ToLower(name), n); d < best && d < len(n)-1 {
			best, f.Hint = d, fmt.Sprintf("did you mean %q?", n)
		}
	}
	return fault.Kind(ErrNoSet, f)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// dataRoot finds the folder of the named sets.
func dataRoot() (string, error) {
	if dir := os.Getenv("FOURM_DATA"); dir != "" {
		if !isDir(dir) {
			return "", fmt.Errorf("FOURM_DATA is %q, which is no folder", dir)
		}
		return dir, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if root := filepath.Join(dir, "shared", "data"); isDir(root) {
			return root, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no data folder: looked for shared/data in %s and in every folder above it (set FOURM_DATA to the folder of the sets, or open \"scenes\", which needs none)", here)
		}
	}
}
