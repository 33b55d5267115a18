package export

// A notebook's cells as one Go program, so that a compiler takes them too.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strconv"
	"strings"

	"fourmlab/kernel/engine"
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

// builder gathers the cells.
type builder struct {
	s        *session.Session
	importer types.Importer
	imports  map[string]string // paths by name; with a dot or underscore, by that and the path
	typed    []string          // names of imports that a cell wrote
	words    map[string]bool
	declared map[string]int
	labels   map[string]bool // of the cells that are part of main itself
	cells    []cellText
}

// cellText is one cell: its declarations, and its statements with what of
// comments stood around them.
type cellText struct {
	imports []string
	decls   []string
	stmts   []stmtText
	note    string // comments where there is no statement for them
	apart   bool   // it has to be a function of its own
}

// stmtText is a statement on its way into main. Its place is in the text that
// is checked.
type stmtText struct {
	before, text, after string
	lo, hi              int
}

func (a *builder) add(n int, code string) error {
	c, failure := cell.Parse(n, code, cell.Sources{n: code})
	if failure != nil {
		return located(failure)
	}
	for _, spec := range c.Imports {
		name, path := cell.ImportName(spec)
		pkg, err := a.s.Import(path)
		switch {
		case err != nil:
			return err
		case name == "":
			name = pkg.Name()
		case name == "." || name == "_":
			name += path
		}
		if old, ok := a.imports[name]; ok && old != path && slices.Contains(a.typed, name) {
			return fmt.Errorf("imports %q as %s, which is %q before", path, name, old)
		}
		a.imports[name] = path
		a.typed = append(a.typed, name)
	}
	notes := cell.CommentsOf(code, cell.Parts(cell.Cut(code)))
	out := cellText{apart: a.apart(c)}
	for _, p := range notes.Pieces {
		if p.Tok == token.IMPORT {
			note := notes.Around(p)
			out.imports = append(out.imports, strings.Trim(note.Before, "\n")+separator(note.Before)+p.Text+note.After)
		}
	}
	for _, d := range c.Decls {
		for _, name := range declaredNames(d.Text) {
			if name == "main" {
				return fmt.Errorf("declares main, and a program has that for all its cells")
			}
			if first := a.declared[name]; first != 0 {
				return fmt.Errorf("declares %s again, as cell %d does; a program can have it once", name, first)
			}
			a.declared[name] = n
		}
		note := notes.Around(d)
		out.decls = append(out.decls, note.Before+cell.Mark(n, d.Line, d.Col)+d.Text+note.After)
	}
	for _, p := range c.Stmts {
		note := notes.Around(p)
		if p.Tok == token.VAR && embeds(note.Before+p.Text) {
			// the compiler embeds into variables of the package alone
			for _, name := range cell.Defined(p) {
				if first := a.declared[name]; first != 0 {
					return fmt.Errorf("declares %s again, as cell %d does; a program can have it once", name, first)
				}
				a.declared[name] = n
			}
			out.decls = append(out.decls, note.Before+cell.Mark(n, p.Line, p.Col)+p.Text+note.After)
			continue
		}
		out.stmts = append(out.stmts, stmtText{before: note.Before, text: cell.Mark(n, p.Line, p.Col) + p.Text, after: note.After})
	}
	switch end := notes.Rest(); {
	case strings.TrimSpace(end) == "":
	case len(out.stmts) > 0:
		out.stmts[len(out.stmts)-1].after += "\n" + end
	default:
		out.note = strings.TrimLeft(end, "\n")
	}
	a.cells = append(a.cells, out)
	return nil
}

// embeds tells whether a line //go:embed stands in a text.
func embeds(text string) bool {
	for _, line := range strings.Split(text, "\n") {
		if _, ok := cell.Directive(strings.TrimSpace(line)); ok {
			return true
		}
	}
	return false
}

// separator is what stands between comments and what they are above.
func separator(before string) string {
	if strings.TrimSpace(before) == "" {
		return ""
	}
	return "\n"
}

// apart tells whether a cell cannot be a part of main: it returns or defers at
// its own level, or has a label that another cell has.
func (a *builder) apart(c *cell.Cell) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package main\nfunc _() {\n"+c.Body()+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	apart := false
	var labels []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.DeferStmt:
			apart = true
		case *ast.LabeledStmt:
			labels = append(labels, n.Label.Name)
			apart = apart || a.labels[n.Label.Name]
		}
		return true
	})
	for _, l := range labels {
		a.labels[l] = a.labels[l] || !apart
	}
	return apart
}

// located puts a failure's place into its one line.
func located(f *engine.Failure) error {
	if len(f.Trace) > 1 {
		return fmt.Errorf("%s (%s)", f.Value, strings.TrimSpace(f.Trace[1]))
	}
	return f
}

// declaredNames lists what a declaration declares; a method as T.m.
func declaredNames(text string) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				out = append(out, d.Name.Name)
			} else if len(d.Recv.List) == 1 {
				if t, _ := cell.Receiver(d.Recv.List[0].Type); t != nil {
					out = append(out, t.Name+"."+d.Name.Name)
				}
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					out = append(out, spec.Name.Name)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						out = append(out, n.Name)
					}
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "_" })
}

// checkedText writes all cells as one file in which a name that is defined
// again opens a block, so that the checker tells the two apart.
func (a *builder) checkedText() string {
	var b strings.Builder
	b.WriteString("package main\n")
	for name, path := range a.imports {
		switch {
		case strings.HasPrefix(name, "."):
			if !cell.DotImported(path) || a.bare(path) {
				fmt.Fprintf(&b, "import . %q\n", path)
			}
		case a.words[name]:
			fmt.Fprintf(&b, "import %s %q\n", name, path)
		}
	}
	for _, c := range a.cells {
		for _, d := range c.decls {
			b.WriteString(d + "\n")
		}
	}
	b.WriteString("func main() {\n")
	scope, open := map[string]bool{}, 0
	for i := range a.cells {
		for j := range a.cells[i].stmts {
			st := &a.cells[i].stmts[j]
			names := cell.Defined(cell.Piece{Text: st.text})
			if slices.ContainsFunc(names, func(n string) bool { return scope[n] }) {
				b.WriteString("{\n")
				open++
				scope = map[string]bool{}
			}
			for _, n := range names {
				scope[n] = true
			}
			st.lo = b.Len()
			b.WriteString(st.text)
			st.hi = b.Len()
			b.WriteByte('\n')
		}
	}
	b.WriteString(strings.Repeat("}\n", open) + "}\n")
	return b.String()
}

// bare tells whether cells say a name of a package that they have with a dot,
// and declare none of its names.
func (a *builder) bare(path string) bool {
	said := false
	pkg, err := a.s.Import(path)
	if err != nil {
		return false
	}
	for _, name := range pkg.Scope().Names() {
		if a.declared[name] != 0 {
			return false
		}
		said = said || a.words[name]
	}
	return said
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
