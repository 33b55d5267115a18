package assist

// The documentation of linked packages: read from the archive of package
// symbols when somebody asks about one of them, and kept.

import (
	"bytes"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"strings"

	"fourmlab/kernel/engine"
)

// manual is the documentation of one package.
type manual struct {
	*doc.Package
	fset     *token.FileSet
	topics   map[string]*topic // by "Name", "Type.Method" or "Type.Field"
	examples bool              // they are read
}

// topic is what is said about one name.
type topic struct {
	doc      string
	node     ast.Node // its declaration
	embeds   []string // the types that a struct embeds, as written
	examples []*doc.Example
}

// Library is the documentation that was asked for; the zero value has none of
// it yet. It is used by one goroutine at a time.
type Library struct{ manuals map[string]*manual }

// manual gives the documentation of a package, nil where there is none.
func (l *Library) manual(path string, examples bool) *manual {
	if l == nil {
		return nil
	}
	path = strings.TrimSuffix(path, "@patch")
	if m, ok := l.manuals[path]; ok && (m == nil || m.examples || !examples) {
		return m
	}
	m := readManual(path, examples)
	if l.manuals == nil {
		l.manuals = map[string]*manual{}
	}
	l.manuals[path] = m
	return m
}

func readManual(path string, examples bool) *manual {
	open := engine.Current().Docs
	if open == nil {
		return nil
	}
	archive, err := open()
	if err != nil {
		return nil
	}
	m := &manual{fset: token.NewFileSet(), topics: map[string]*topic{}, examples: examples}
	var files []*ast.File
	for _, name := range []string{"doc.go", "example_test.go"} {
		text, err := fs.ReadFile(archive, path+"/"+name)
		if err != nil || name == "example_test.go" && !examples {
			continue
		}
		f, err := parser.ParseFile(m.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil
	}
	mode := doc.Mode(0)
	if path == "builtin" {
		mode = doc.AllDecls
	}
	if m.Package, err = doc.NewFromFiles(m.fset, files, path, mode); err != nil {
		return nil
	}
	m.index()
	return m
}

func (m *manual) index() {
	m.values(m.Consts)
	m.values(m.Vars)
	m.funcs("", m.Funcs)
	for _, t := range m.Types {
		m.values(t.Consts)
		m.values(t.Vars)
		m.funcs("", t.Funcs)
		m.funcs(t.Name+".", t.Methods)
		about := &topic{doc: t.Doc, node: t.Decl, examples: t.Examples}
		m.topics[t.Name] = about
		for _, spec := range t.Decl.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.Name == t.Name {
				m.parts(t.Name, spec.Type, about)
			}
		}
	}
}

func (m *manual) values(list []*doc.Value) {
	for _, v := range list {
		for _, spec := range v.Decl.Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			text := v.Doc
			if own := spec.Doc.Text() + spec.Comment.Text(); own != "" {
				text = own + "\n" + text
			}
			for _, n := range spec.Names {
				m.topics[n.Name] = &topic{doc: text, node: &ast.GenDecl{Tok: v.Decl.Tok, Specs: []ast.Spec{spec}}}
			}
		}
	}
}

func (m *manual) funcs(prefix string, list []*doc.Func) {
	for _, f := range list {
		m.topics[prefix+f.Name] = &topic{doc: f.Doc, node: f.Decl, examples: f.Examples}
	}
}

// parts indexes the fields of a struct and the methods of an interface.
func (m *manual) parts(name string, x ast.Expr, about *topic) {
	var list *ast.FieldList
	switch t := x.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return
	}
	for _, f := range list.List {
		text := f.Doc.Text() + f.Comment.Text()
		for _, n := range f.Names {
			m.topics[name+"."+n.Name] = &topic{doc: text, node: f}
		}
		if len(f.Names) == 0 {
			embedded := m.print(f.Type)
			about.embeds = append(about.embeds, strings.TrimPrefix(embedded, "*"))
		}
	}
}

// find gives what is said about a name, also through what a type embeds.
func (m *manual) find(typ, name string) *topic {
	if typ == "" {
		return m.topics[name]
	}
	if t := m.topics[typ+"."+name]; t != nil {
		return t
	}
	if about := m.topics[typ]; about != nil {
		for _, e := range about.embeds {
			if e != typ {
				if t := m.find(e, name); t != nil {
					return t
				}
			}
		}
	}
	return nil
}

// printing is gofmt's, with columns of four.
var printing = printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 4}

// print gives a node as source, without comments.
func (m *manual) print(n ast.Node) string {
	if f, ok := n.(*ast.Field); ok {
		var names []string
		for _, id := range f.Names {
			names = append(names, id.Name)
		}
		text := m.print(f.Type)
		if _, method := f.Type.(*ast.FuncType); method && strings.HasPrefix(text, "func(") {
			return "func " + strings.Join(names, ", ") + strings.TrimPrefix(text, "func")
		}
		return strings.Join(names, ", ") + " " + text
	}
	var b bytes.Buffer
	printing.Fprint(&b, m.fset, &printer.CommentedNode{Node: bare(n), Comments: []*ast.CommentGroup{}})
	return strings.TrimSpace(b.String())
}

// full is the same with the comments of its parts.
func (m *manual) full(n ast.Node) string {
	var b bytes.Buffer
	printing.Fprint(&b, m.fset, n)
	return strings.TrimSpace(b.String())
}

// bare copies the outside of a declaration without its comment.
func bare(n ast.Node) ast.Node {
	switch d := n.(type) {
	case *ast.FuncDecl:
		c := *d
		c.Doc = nil
		return &c
	case *ast.GenDecl:
		c := *d
		c.Doc = nil
		return &c
	}
	return n
}

// shown is an example with what it prints.
func (m *manual) shown(e *doc.Example) string {
	var b bytes.Buffer
	printing.Fprint(&b, m.fset, &printer.CommentedNode{Node: e.Code, Comments: e.Comments})
	text := strings.TrimSpace(b.String())
	if body, ok := strings.CutPrefix(text, "{"); ok {
		text = strings.TrimSuffix(body, "}")
		// The frame of a function makes it formatted as its body is.
		if src, err := format.Source([]byte("func _() {" + text + "}")); err == nil {
			lines := strings.Split(strings.TrimSpace(string(src)), "\n")
			for i, l := range lines {
				lines[i] = strings.TrimPrefix(l, "\t")
			}
			text = strings.Join(lines[1:max(len(lines)-1, 1)], "\n")
		}
	}
	title := "Example"
	if e.Suffix != "" {
		title += " (" + e.Suffix + ")"
	}
	text = title + ":\n" + indent(strings.Trim(text, "\n"))
	if e.Output != "" {
		text += "\nOutput:\n" + indent(strings.TrimSpace(e.Output))
	}
	return text
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}
