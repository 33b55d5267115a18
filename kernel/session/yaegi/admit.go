package yaegi

// The list: what is declared, types, functions and their signatures. Its files
// call one another down the tree of a program.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// CellNames is the path of the package of what a program reaches of the
// session.
const CellNames = "memory" + cell.Hidden

// admission is a file on its way through the list.
type admission struct {
	info  *types.Info
	at    token.Pos
	what  string
	loops int                   // around the statement
	lits  int                   // function literals around it
	local map[types.Object]bool // variables that hold a function literal, and can only be called
}

// Beyond finds the first thing in a file that yaegi is not given, or
// gives "".
func Beyond(file *ast.File, info *types.Info) (at token.Pos, what string) {
	a := &admission{info: info, local: map[types.Object]bool{}}
	a.names(file)
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body == nil || d.Name.Name == "keep"+cell.Hidden {
				continue // the session's own
			}
			a.function(d)
		case *ast.GenDecl:
			a.toplevel(d)
		}
	}
	return a.at, a.what
}

// refuse notes what is not in the list; the first in the file counts.
func (a *admission) refuse(n ast.Node, format string, args ...any) {
	if a.what == "" || n.Pos() < a.at {
		a.at, a.what = n.Pos(), fmt.Sprintf(format, args...)
	}
}

// names looks at what is declared and what is said of generic things.
func (a *admission) names(file *ast.File) {
	for id := range a.info.Instances {
		a.refuse(id, "a generic call or type")
	}
	for id, obj := range a.info.Defs {
		if obj != nil && types.Universe.Lookup(id.Name) != nil {
			a.refuse(id, "another meaning of %s", id.Name)
		}
	}
	for _, spec := range file.Imports {
		if _, path := cell.ImportName(spec); !yaegiHas(path) {
			a.refuse(spec, "package %s", path)
		}
		if spec.Name != nil && spec.Name.Name != "_" && !strings.Contains(spec.Name.Name, cell.Hidden) && spec.Path.Value != fmt.Sprintf("%q", CellNames) {
			a.refuse(spec, "an import under another name")
		}
	}
}

// yaegiHas tells whether yaegi has a table of the package.
func yaegiHas(path string) bool {
	if path == CellNames {
		return true
	}
	for key := range engine.Current().Yaegi {
		if strings.HasPrefix(key, path+"/") && !strings.Contains(key[len(path)+1:], "/") {
			return true
		}
	}
	return engine.Current().Yaegi == nil
}

// toplevel admits imports, constants and the session's variables.
func (a *admission) toplevel(d *ast.GenDecl) {
	switch d.Tok {
	case token.IMPORT:
	case token.CONST:
		a.constants(d)
	case token.VAR:
		for _, s := range d.Specs {
			vs := s.(*ast.ValueSpec)
			if len(vs.Names) != 1 || !strings.Contains(vs.Names[0].Name, cell.Hidden) {
				a.refuse(d, "a variable of the package")
				continue
			}
			if p, ok := a.info.TypeOf(vs.Type).(*types.Pointer); ok {
				a.typed(vs, p.Elem())
			}
		}
	default:
		a.refuse(d, "a type of the program's own")
	}
}

// constants admits those that are a literal each.
func (a *admission) constants(d *ast.GenDecl) {
	for _, s := range d.Specs {
		vs := s.(*ast.ValueSpec)
		if vs.Type != nil || len(vs.Values) != len(vs.Names) {
			a.refuse(vs, "a constant that is no plain literal")
			continue
		}
		for _, v := range vs.Values {
			if !literal(v) {
				a.refuse(v, "a constant that is no plain literal")
			}
		}
	}
}

// literal tells whether an expression is a number, perhaps with a minus, or a
// string.
func literal(x ast.Expr) bool {
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.SUB {
		b, ok := u.X.(*ast.BasicLit)
		return ok && (b.Kind == token.INT || b.Kind == token.FLOAT)
	}
	b, ok := x.(*ast.BasicLit)
	return ok && (b.Kind == token.INT || b.Kind == token.FLOAT || b.Kind == token.STRING)
}

// function admits plain functions.
func (a *admission) function(d *ast.FuncDecl) {
	switch {
	case d.Recv != nil:
		a.refuse(d, "a method")
	case d.Type.TypeParams != nil:
		a.refuse(d, "a generic function")
	case d.Name.Name == "init":
		a.refuse(d, "a function named init")
	}
	a.signature(d.Type)
	a.block(d.Body, a.results(d.Type))
}

func (a *admission) results(t *ast.FuncType) []types.Type {
	var out []types.Type
	if t.Results != nil {
		for _, f := range t.Results.List {
			out = append(out, a.info.TypeOf(f.Type))
		}
	}
	return out
}

func (a *admission) signature(t *ast.FuncType) {
	for _, f := range t.Params.List {
		if _, ok := f.Type.(*ast.Ellipsis); ok {
			a.refuse(f, "a function of any number of arguments")
			continue
		}
		if len(f.Names) == 0 {
			a.refuse(f, "a parameter without a name")
		}
		for _, n := range f.Names {
			if n.Name == "_" {
				a.refuse(n, "a parameter without a name")
			}
		}
		a.typed(f, a.info.TypeOf(f.Type))
	}
	if t.Results == nil {
		return
	}
	for _, f := range t.Results.List {
		if len(f.Names) > 0 {
			a.refuse(f, "a result with a name")
		}
		a.typed(f, a.info.TypeOf(f.Type))
	}
}

// typed admits a type: numbers, strings, truth values, what compiled packages
// declare, slices of those, and maps from strings or ints to them.
func (a *admission) typed(n ast.Node, t types.Type) {
	if why := unknownType(t); why != "" {
		a.refuse(n, "%s", why)
	}
}

func unknownType(t types.Type) string {
	switch u := types.Unalias(t).(type) {
	case *types.Basic:
		if u.Info()&(types.IsComplex|types.IsUntyped) != 0 && u.Kind() != types.UntypedNil && u.Kind() != types.UntypedBool || u.Kind() == types.UnsafePointer || u.Kind() == types.Uintptr || u.Kind() == types.Invalid {
			return "the type " + u.String()
		}
		return ""
	case *types.Named:
		switch {
		case u.TypeArgs().Len() > 0:
			return "a generic call or type"
		case u.Obj().Pkg() == nil || u.Obj().Pkg().Path() != "main":
			return ""
		}
		return "a type of the program's own"
	case *types.Pointer:
		if _, ok := types.Unalias(u.Elem()).(*types.Named); ok {
			return unknownType(u.Elem())
		}
	case *types.Slice:
		if _, open := types.Unalias(u.Elem()).(*types.Interface); !open {
			return unknownType(u.Elem())
		}
	case *types.Map:
		if b, ok := types.Unalias(u.Key()).(*types.Basic); ok && (b.Kind() == types.String || b.Kind() == types.Int) {
			if _, open := types.Unalias(u.Elem()).(*types.Interface); !open {
				return unknownType(u.Elem())
			}
		}
	}
	return "the type " + types.TypeString(t, (*types.Package).Name)
}

// simple tells whether numbers of the type may be reckoned with.
func simple(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && (b.Kind() == types.Int || b.Kind() == types.Float64)
}

// fits admits a value where a type is wanted that it has already; what becomes
// an interface does so in calls of compiled functions only.
func (a *admission) fits(x ast.Expr, to types.Type) {
	from := a.info.TypeOf(x)
	if from == nil || to == nil {
		return
	}
	if b, ok := from.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return
	}
	if types.IsInterface(to) && !types.Identical(from, to) {
		a.refuse(x, "a value that becomes an interface")
	}
}
