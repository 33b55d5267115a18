package cell

// The files that a cell embeds, as the go command finds them.

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Names lists the files and folders in the order that embed.FS wants.
func (e *Embed) Names() []string {
	var out []string
	for name := range e.files {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int {
		ad, an := path.Split(strings.TrimSuffix(a, "/"))
		bd, bn := path.Split(strings.TrimSuffix(b, "/"))
		if ad != bd {
			return strings.Compare(strings.TrimSuffix(ad, "/"), strings.TrimSuffix(bd, "/"))
		}
		return strings.Compare(an, bn)
	})
	return out
}

// Read reads what the patterns match in a folder.
func (e *Embed) Read(dir string) error {
	e.files = map[string][]byte{}
	for _, pattern := range e.patterns {
		glob, all := strings.CutPrefix(pattern, "all:")
		if _, err := path.Match(glob, ""); err != nil || glob != "." && !fs.ValidPath(glob) {
			return fmt.Errorf("pattern %s: invalid pattern syntax", pattern)
		}
		matches, _ := filepath.Glob(filepath.Join(globless(dir), filepath.FromSlash(glob)))
		if len(matches) == 0 {
			return fmt.Errorf("pattern %s: no matching files found in %s", pattern, dir)
		}
		found := false
		for _, m := range matches {
			err := filepath.WalkDir(m, func(at string, d fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				name, err := filepath.Rel(dir, at)
				if err != nil {
					return err
				}
				name = filepath.ToSlash(name)
				base := path.Base(name)
				if at != m && !all && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
					if d.IsDir() {
						return fs.SkipDir
					}
					return nil
				}
				if d.IsDir() {
					return nil
				}
				if !d.Type().IsRegular() {
					if at == m {
						return fmt.Errorf("pattern %s: cannot embed irregular file %s", pattern, name)
					}
					return nil
				}
				data, err := os.ReadFile(at)
				e.files[name], found = data, true
				return err
			})
			if err != nil {
				return err
			}
		}
		if !found {
			return fmt.Errorf("pattern %s: cannot embed directory %s: contains no embeddable files", pattern, glob)
		}
	}
	for name := range e.files {
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			e.files[d+"/"] = nil
		}
	}
	return nil
}

// globless is a folder's name in which nothing is a pattern.
func globless(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// tree is an embed.FS, which only the compiler can make otherwise.
func (e *Embed) tree() (out embed.FS) {
	type entry struct {
		name, data string
		_          [16]byte // a hash, for the go command alone
	}
	list := new([]entry)
	for _, name := range e.Names() {
		*list = append(*list, entry{name: name, data: string(e.files[name])})
	}
	f := reflect.ValueOf(&out).Elem().FieldByName("files")
	if f.IsValid() && f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Slice && f.Type().Elem().Elem().Size() == unsafe.Sizeof(entry{}) {
		*(*unsafe.Pointer)(unsafe.Pointer(f.UnsafeAddr())) = unsafe.Pointer(list)
	}
	return out
}

// Into gives a variable, to which to points, what the line embeds.
func (e *Embed) Into(to any) {
	v := reflect.ValueOf(to).Elem()
	switch v.Kind() {
	case reflect.String, reflect.Slice:
		for name, data := range e.files {
			if strings.HasSuffix(name, "/") {
				continue
			}
			if v.Kind() == reflect.String {
				v.SetString(string(data))
			} else {
				v.SetBytes(slices.Clone(data))
			}
		}
	default:
		*v.Addr().Interface().(*embed.FS) = e.tree()
	}
}
