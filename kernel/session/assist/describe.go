package assist

// The pages of inspection: a declaration, what is said about it, what it is
// and where it comes from, as plain text and as Markdown.

import (
	"cmp"
	"fmt"
	"go/doc"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// page is what an inspection shows. Plain text carries no colours: not every
// front end knows what to do with them, and those that show Markdown have
// their own.
type page struct {
	decl     string
	doc      string
	book     *doc.Package // whose names the doc's links mean
	kind     string
	facts    []string
	list     []string // methods, names
	examples []string
}

// forms gives the page by media type, nil for no page.
func (p *page) forms() map[string]string {
	if p == nil {
		return nil
	}
	book := p.book
	if book == nil {
		book = &doc.Package{}
	}
	facts := p.facts
	if p.kind != "" {
		facts = append([]string{p.kind}, facts...)
	}
	plain := []string{p.decl}
	marked := []string{"```go\n" + p.decl + "\n```"}
	if p.doc != "" {
		printer := book.Printer()
		printer.TextWidth = 80
		text := book.Parser().Parse(p.doc)
		plain = append(plain, strings.TrimRight(string(printer.Text(text)), "\n"))
		marked = append(marked, strings.TrimRight(string(printer.Markdown(text)), "\n"))
	}
	if len(p.list) > 0 {
		plain = append(plain, indent(strings.Join(p.list, "\n")))
		marked = append(marked, "```go\n"+strings.Join(p.list, "\n")+"\n```")
	}
	if len(facts) > 0 {
		plain = append(plain, strings.Join(facts, "\n"))
		marked = append(marked, "*"+strings.Join(facts, "*  \n*")+"*")
	}
	for _, e := range p.examples {
		plain = append(plain, e)
		title, code, _ := strings.Cut(e, "\n")
		marked = append(marked, title+"\n\n"+code)
	}
	return map[string]string{
		"text/plain":    strings.Join(plain, "\n\n"),
		"text/markdown": strings.Join(marked, "\n\n"),
	}
}

// describePackage says what a package is for, and with more what it has.
func describePackage(s Scope, l *Library, path string, more bool) *page {
	if !nameable(path) {
		return nil
	}
	pkg, err := s.Import(path)
	if err != nil {
		return nil
	}
	p := &page{decl: fmt.Sprintf("package %s // import %q", pkg.Name(), path), kind: "package"}
	m := l.manual(path, more)
	if m != nil {
		p.doc, p.book = m.Doc, m.Package
	}
	if more || p.doc == "" {
		exports(pkg, func(o types.Object) { p.list = append(p.list, headlineOf(o, m)) })
	}
	if m != nil && more {
		for _, e := range m.Examples {
			p.examples = append(p.examples, m.shown(e))
		}
	}
	return p
}

// headlineOf is an object in one line.
func headlineOf(o types.Object, m *manual) string {
	switch o.(type) {
	case *types.TypeName:
		return "type " + o.Name() + " " + typeOf(o)
	case *types.Func:
		if m != nil {
			if t := m.find("", o.Name()); t != nil {
				return m.print(t.node)
			}
		}
	}
	return objectText(o)
}

func objectText(o types.Object) string { return cell.Clean(types.ObjectString(o, qualify)) }

// describeObject says what an object is; owner is the type whose field or
// method it is.
func (v *view) describeObject(o types.Object, owner *types.Named, more bool) *page {
	p := &page{decl: objectText(o), kind: kindOf(o)}
	pkg := o.Pkg()
	if pkg == nil && owner != nil {
		pkg = owner.Obj().Pkg() // methods of linked interfaces have none
	}
	if pkg == nil {
		v.fromManual(p, "builtin", "", o.Name(), more)
		p.facts = append(p.facts, "built in")
		return p
	}
	if pkg.Path() != "main" {
		typ := ""
		if owner != nil {
			typ = owner.Obj().Name()
			p.kind += " of " + typeText(owner)
		}
		v.fromManual(p, pkg.Path(), typ, o.Name(), more)
		p.facts = append(p.facts, fmt.Sprintf("package %s // import %q", pkg.Name(), strings.TrimSuffix(pkg.Path(), "@patch")))
	} else {
		v.ofCell(p, o, owner)
	}
	switch o := o.(type) {
	case *types.TypeName:
		v.behindAlias(p, o, more)
		p.list = v.methods(o.Type(), more)
	case *types.Const:
		p.facts = append(p.facts, "value "+o.Val().String())
	}
	return p
}

// behindAlias adds what an alias of a package's type stands for.
func (v *view) behindAlias(p *page, o *types.TypeName, more bool) {
	n := namedOf(o.Type())
	if n == nil || n.Obj() == o || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() == "main" {
		return
	}
	m := v.library.manual(n.Obj().Pkg().Path(), more)
	if m == nil {
		return
	}
	if t := m.find("", n.Obj().Name()); t != nil {
		p.decl += "\n\n" + m.print(t.node)
		if t.doc != "" {
			p.doc, p.book = strings.TrimLeft(p.doc+"\n\n"+t.doc, "\n"), m.Package
		}
	}
}

// fromManual takes the declaration and its comment from the documentation.
func (v *view) fromManual(p *page, path, typ, name string, more bool) {
	m := v.library.manual(path, more)
	if m == nil {
		return
	}
	t := m.find(typ, name)
	if t == nil {
		return
	}
	p.doc, p.book = t.doc, m.Package
	p.decl = m.print(t.node)
	if more {
		p.decl = m.full(bare(t.node))
		for _, e := range t.examples {
			p.examples = append(p.examples, m.shown(e))
		}
	}
}

// methods lists those of a type, with the names of parameters where they are
// known.
func (v *view) methods(t types.Type, more bool) (out []string) {
	if types.IsInterface(t) {
		return nil
	}
	n := namedOf(t)
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		o := m.Obj()
		if !v.visible(o) {
			continue
		}
		text := objectText(o)
		if n != nil && o.Pkg() != nil {
			if book := v.library.manual(o.Pkg().Path(), more); book != nil {
				if t := book.find(n.Obj().Name(), o.Name()); t != nil {
					text = book.print(t.node)
				}
			}
		}
		out = append(out, text)
	}
	return out
}

// ofCell says what a cell declared, with its source and its value.
func (v *view) ofCell(p *page, o types.Object, owner *types.Named) {
	name, method := o.Name(), ""
	if owner != nil {
		p.kind += " of " + typeText(owner)
		name, method = owner.Obj().Name(), o.Name()
	}
	d, known := v.session.Declaration(name, method)
	if v.pkg.Scope().Lookup(o.Name()) != o && owner == nil || !known || v.declaredHere(o) {
		p.facts = append(p.facts, "declared in this cell")
		return
	}
	if d.Source != "" {
		if _, field := o.(*types.Var); !field {
			p.decl = d.Source
		}
		p.doc = d.Comment
	}
	if d.Cell > 0 {
		p.facts = append(p.facts, fmt.Sprintf("from %s", cell.FileName(d.Cell)))
	}
	if d.Value.IsValid() && owner == nil {
		p.value(d.Value)
	}
}

func (v *view) declaredHere(o types.Object) bool {
	f := v.fset.File(o.Pos())
	return o.Pos() != token.NoPos && f != nil && f.Name() == "cell" && !v.session.Knows(o)
}

// value shows what a variable holds.
func (p *page) value(x reflect.Value) {
	switch x.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array, reflect.Chan:
		p.facts = append(p.facts, fmt.Sprintf("length %d", x.Len()))
	}
	if !x.CanInterface() {
		return
	}
	if shape := shapeOf(x); shape != "" {
		p.facts = append(p.facts, "shape "+shape)
	}
	if line := engine.Current().Line; line != nil {
		p.facts = append(p.facts, "value "+line(x.Interface()))
	}
}

// shapeOf asks a matrix or tensor of a linked package.
func shapeOf(x reflect.Value) (text string) {
	defer func() {
		if recover() != nil {
			text = "" // a nil one
		}
	}()
	for x.Kind() == reflect.Interface {
		x = x.Elem()
	}
	if !x.IsValid() {
		return ""
	}
	for _, name := range []string{"Dims", "Shape"} {
		m := x.MethodByName(name)
		if !m.IsValid() || m.Type().NumIn() > 0 || m.Type().NumOut() == 0 || strings.HasPrefix(cmp.Or(x.Type().PkgPath(), "main"), "main") && x.Kind() != reflect.Pointer {
			continue
		}
		var parts []string
		for _, r := range m.Call(nil) {
			parts = append(parts, fmt.Sprint(r))
		}
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " x ")
	}
	return ""
}
