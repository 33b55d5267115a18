package export

// A notebook's cells as one Go program, so that a compiler takes them too.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
	"strconv"
	"strings"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/cell"
)

// Program is a program made of cells, in parts that can be written with the
// bounds of the cells still visible.
type Program struct {
	Imports []string   // lines: a path in quotes, with a name before it where it needs one
	Typed   [][]string // by cell: the imports as typed, comments too
	Vars    []string   // lines: variables that functions of the program use, "name type"
	Decls   [][]string // by cell: types, constants and functions as typed, comments too
	Body    []string   // by cell: the statements, for the function main
	Unused  []string   // variables that main defines and nothing reads
}

// CellFunc begins the function that a program puts around a cell which can end
// before its last statement, and CellFuncEnd ends it.
const (
	CellFunc    = "func() { // to the cell's end"
	CellFuncEnd = "}()"
)

// NewProgram makes one program of cells that run one after another in a new session.
// A variable that is defined again with another type gets another name, the
// last expression of a cell is shown by package display. A cell that returns,
// or defers something to its end, becomes a function. What a program cannot
// do is an error that names the cell: to declare a function or type twice, or
// to mean two packages by one name.
func NewProgram(s *session.Session, cells []string) (*Program, error) {
	a := &builder{s: s, importer: s.Importer(), imports: s.Packages(), words: cell.Identifiers(strings.Join(cells, "\n")), declared: map[string]int{}, labels: map[string]bool{}}
	for _, path := range s.Dots() {
		a.imports["."+path] = path
	}
	for i, code := range cells {
		if failure := a.add(i+1, code); failure != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, failure)
		}
	}
	return a.program()
}

// program checks, names and writes.
func (a *builder) program() (*Program, error) {
	src := a.checkedText()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := cell.NewInfo()
	conf := types.Config{Importer: a.importer, Error: func(error) {}, DisableUnusedImportCheck: true}
	pkg, _ := conf.Check("main", fset, []*ast.File{f}, info)
	m := &writer{builder: a, fset: fset, src: src, info: info, pkg: pkg, used: map[string]bool{}, names: map[types.Object]string{}, edits: map[int]patch{},
		begins: map[string]token.Pos{}, isVars: map[string]bool{}}
	m.name(f)
	u := m.write(f)
	return u, a.verify(u)
}

// verify has the checker judge the program as it is written.
func (a *builder) verify(u *Program) error {
	var b strings.Builder
	b.WriteString("package main\n")
	for _, line := range u.Imports {
		b.WriteString("import " + line + "\n")
	}
	for _, v := range u.Vars {
		b.WriteString("var " + v + "\n")
	}
	for i, c := range a.cells {
		for j := range c.decls {
			fmt.Fprintf(&b, "/*line cell %d:1:1*/%s\n", i+1, u.Decls[i][j])
		}
	}
	b.WriteString("func main() {\n")
	for i, body := range u.Body {
		if body != "" {
			fmt.Fprintf(&b, "/*line cell %d:1:1*/%s\n", i+1, body)
		}
	}
	if len(u.Unused) > 0 {
		b.WriteString(u.Unuse() + "\n")
	}
	b.WriteString("}\n")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", b.String(), parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	conf := types.Config{Importer: a.importer}
	_, err = conf.Check("main", fset, []*ast.File{f}, nil)
	return err
}

// Unuse is the statement that uses what nothing else does.
func (u *Program) Unuse() string {
	return strings.TrimSuffix(strings.Repeat("_, ", len(u.Unused)), ", ") + " = " + strings.Join(u.Unused, ", ")
}

func quoted(name, path string, pkg *types.Package) string {
	switch {
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") && strings.HasSuffix(name, path):
		return name[:1] + " " + strconv.Quote(path)
	case pkg != nil && pkg.Name() == name && strings.HasSuffix(path, name):
		return strconv.Quote(path)
	}
	return name + " " + strconv.Quote(path)
}

func sorted(set map[string]bool) (out []string) {
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
