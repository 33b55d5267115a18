package export

// The cells of a program, gathered one after another.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session"
	"fourmlab/kernel/session/cell"
)

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
