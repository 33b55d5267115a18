package symbols

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goplus/ixgo"
)

// The tables of the lab's own packages have every name that these export now,
// and no other; else they were not made anew after a change.
func TestTablesAreCurrent(t *testing.T) {
	var ours []string
	for _, p := range ixgo.PackageList() {
		if strings.HasPrefix(p, "fourmlab/") {
			ours = append(ours, p)
		}
	}
	slices.Sort(ours)
	if len(ours) < 10 {
		t.Fatalf("tables of %v", ours)
	}
	out, err := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, ours...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if p, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			exported[p] = file
		}
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(p string) (io.ReadCloser, error) { return os.Open(exported[p]) })
	n := 0
	for _, p := range ours {
		pkg, err := compiled.Import(p)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, name := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(name); o.Exported() && !generic(o) {
				want = append(want, name)
			}
		}
		n += len(want)
		table, _ := ixgo.LookupPackage(p)
		var cells []string
		for _, names := range []any{table.Interfaces, table.NamedTypes, table.AliasTypes, table.Vars, table.Funcs, table.TypedConsts, table.UntypedConsts} {
			cells = append(cells, keys(names)...)
		}
		compare(t, "of ixgo", p, cells, want)
		var scripts []string
		for name := range Symbols[p+"/"+path.Base(p)] {
			if !strings.HasPrefix(name, "_") { // how an interface is met by a script's type
				scripts = append(scripts, name)
			}
		}
		compare(t, "of yaegi", p, scripts, want)
	}
	t.Logf("%d names of %d packages", n, len(ours))
}

// generic things cannot stand in a table.
func generic(o types.Object) bool {
	switch tt := o.Type().(type) {
	case *types.Signature:
		return tt.TypeParams().Len() > 0
	case *types.Named:
		return tt.TypeParams().Len() > 0
	}
	return false
}

func compare(t *testing.T, what, p string, have, want []string) {
	t.Helper()
	for _, name := range want {
		if !slices.Contains(have, name) {
			t.Errorf("the table %s lacks %s.%s: make symbols", what, p, name)
		}
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			t.Errorf("the table %s has %s.%s, which is not exported any more: make symbols", what, p, name)
		}
	}
}

// keys lists those of a map with names.
func keys(m any) (out []string) {
	for _, k := range reflect.ValueOf(m).MapKeys() {
		out = append(out, k.String())
	}
	return out
}
