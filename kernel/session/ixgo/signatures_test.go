package ixgo

// Functions that are linked by name have no types that anybody compares: a call
// of one that has changed reads the wrong memory. So each is compared with its
// source here.

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

var linkname = regexp.MustCompile(`^//go:linkname (\w+) (\S+)$`)

func TestSignatures(t *testing.T) {
	const own = "fourmlab/kernel/session/ixgo"
	list, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports},
		own, interpreter, "github.com/goplus/reflectx", "runtime", "reflect", "runtime/pprof")
	if err != nil {
		t.Skip("no go command that lists packages: ", err)
	}
	byPath := map[string]*packages.Package{}
	for _, p := range list {
		for _, e := range p.Errors {
			t.Logf("%s: %v", p.PkgPath, e)
		}
		byPath[p.PkgPath] = p
	}
	n := 0
	for _, f := range byPath[own].Syntax {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body != nil {
				continue
			}
			m := linkname.FindStringSubmatch(fn.Doc.List[len(fn.Doc.List)-1].Text)
			if m == nil || m[1] != fn.Name.Name {
				t.Errorf("%s has neither a body nor a name to link", fn.Name.Name)
				continue
			}
			n++
			ours := byPath[own].TypesInfo.Defs[fn.Name].(*types.Func).Signature()
			theirs := signature(byPath, m[2])
			if theirs == nil {
				t.Errorf("%s is not there", m[2])
				continue
			}
			a, b := values(ours), values(theirs)
			if len(a) != len(b) || ours.Results().Len() != theirs.Results().Len() {
				t.Errorf("%s takes and gives %v, here %v", m[2], b, a)
				continue
			}
			for i := range a {
				if !alike(a[i], b[i]) {
					t.Errorf("%s has %v as value %d, here %v", m[2], b[i], i, a[i])
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("%d linked functions were found", n)
	}
	t.Logf("%d linked functions", n)
}

// signature finds a function by its name in the object file: path.name or
// path.(*T).name.
func signature(byPath map[string]*packages.Package, name string) *types.Signature {
	slash := strings.LastIndexByte(name, '/') + 1
	dot := slash + strings.IndexByte(name[slash:], '.')
	p := byPath[name[:dot]]
	if p == nil {
		return nil
	}
	recv, method, ok := strings.Cut(strings.TrimPrefix(name[dot+1:], "(*"), ").")
	if !ok {
		f, _ := p.Types.Scope().Lookup(name[dot+1:]).(*types.Func)
		if f == nil {
			return nil
		}
		return f.Signature()
	}
	o := p.Types.Scope().Lookup(recv)
	if o == nil {
		return nil
	}
	m, _, _ := types.LookupFieldOrMethod(types.NewPointer(o.Type()), true, p.Types, method)
	f, _ := m.(*types.Func)
	if f == nil {
		return nil
	}
	return f.Signature()
}

// values are the types of the receiver, the parameters and the results.
func values(s *types.Signature) (out []types.Type) {
	if s.Recv() != nil {
		out = append(out, s.Recv().Type())
	}
	for v := range s.Params().Variables() {
		out = append(out, v.Type())
	}
	for v := range s.Results().Variables() {
		out = append(out, v.Type())
	}
	return out
}

// alike tells whether two types are passed in the same way and mean the same:
// a pointer to what has no name here is an unsafe.Pointer, a struct of another
// name has fields of the same types.
func alike(ours, theirs types.Type) bool {
	ours, theirs = types.Unalias(ours), types.Unalias(theirs)
	if types.TypeString(ours, nil) == types.TypeString(theirs, nil) {
		return true
	}
	switch a := ours.Underlying().(type) {
	case *types.Basic:
		switch b := theirs.Underlying().(type) {
		case *types.Basic:
			return a.Kind() == b.Kind()
		case *types.Pointer:
			return a.Kind() == types.UnsafePointer
		}
	case *types.Slice:
		b, ok := theirs.Underlying().(*types.Slice)
		return ok && alike(a.Elem(), b.Elem())
	case *types.Pointer:
		b, ok := theirs.Underlying().(*types.Pointer)
		return ok && alike(a.Elem(), b.Elem())
	case *types.Interface:
		return types.Identical(a, theirs.Underlying())
	case *types.Struct:
		b, ok := theirs.Underlying().(*types.Struct)
		if !ok || a.NumFields() != b.NumFields() {
			return false
		}
		for i := range a.NumFields() {
			if !alike(a.Field(i).Type(), b.Field(i).Type()) {
				return false
			}
		}
		return true
	}
	return false
}
