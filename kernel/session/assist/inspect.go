package assist

// Inspection: what stands at a cursor, in words. It finds the thing; file
// describe.go says it.

import (
	"go/ast"
	"go/token"
	"go/types"
	"unicode"
	"unicode/utf8"
)

// Inspect describes what stands at byte offset at of the code of a cell, in each
// of the forms it has by media type, or gives nil; within the parentheses of
// a call or the braces of a literal, where nothing else does, the function that
// is called or the literal's type. With more, it shows examples and source as
// well. The library may be nil.
func Inspect(s Scope, l *Library, code string, at int, more bool) map[string]string {
	p := locate(code, at)
	switch {
	case p.importPath:
		return describePackage(s, l, code[p.from:p.to], more).forms()
	case p.literal[1] > p.literal[0] && p.offset < p.literal[1] && p.offset > p.literal[0]:
		return literalAt(s, code, p).forms()
	case p.noName && p.literal[1] == 0:
		return nil // a comment
	}
	if word := code[p.from:p.to]; word != "" && !token.IsKeyword(word) {
		if first, _ := utf8.DecodeRuneInString(word); unicode.IsDigit(first) {
			return literalAt(s, code, p).forms()
		}
		if v := newView(s, l, code, p.from, p.to, word); v != nil {
			if page := v.describe(more); page != nil {
				return page.forms()
			}
		}
	}
	return called(s, l, code, p, more).forms()
}

func literalAt(s Scope, code string, p cursor) *page {
	from, to := p.literal[0], p.literal[1]
	if from >= to {
		return nil
	}
	v := newView(s, nil, code, from, to, code[from:to])
	if v == nil {
		return nil
	}
	lit, ok := v.node(0).(*ast.BasicLit)
	if !ok {
		return nil
	}
	tv, ok := v.info.Types[lit]
	if !ok {
		return nil
	}
	return &page{decl: lit.Value, kind: "constant of type " + typeText(tv.Type)}
}

// called describes the function whose arguments are being typed, or the type
// whose literal is.
func called(s Scope, l *Library, code string, p cursor, more bool) *page {
	from, to := p.offset, p.offset
	switch {
	case p.from < p.to:
		from, to = p.from, p.to
	case p.offset > 0 && code[p.offset-1] == ')':
		from, to = p.offset-1, p.offset-1
	}
	if from > 0 && code[from-1] == '.' {
		return nil
	}
	v := newView(s, l, code, from, to, placeholder)
	for first := from; v == nil && first > 0; {
		// Behind an operand no name can stand, but within it one does.
		first = wordStart(code, first)
		if first == from {
			break
		}
		v, from = newView(s, l, code, first, to, placeholder), first
	}
	if v == nil {
		return nil
	}
	for i := range v.path {
		var fun ast.Expr
		switch n := v.node(i).(type) {
		case *ast.CallExpr:
			if v.pos >= n.Lparen {
				fun = ast.Unparen(n.Fun)
			}
		case *ast.CompositeLit:
			if v.pos > n.Lbrace {
				fun = n.Type
			}
		}
		if x, ok := fun.(*ast.IndexExpr); ok {
			fun = x.X
		}
		switch fun.(type) {
		case *ast.Ident, *ast.SelectorExpr:
		default:
			continue
		}
		v.path = append(v.path[:len(v.path)-1-i], v.node(i), fun)
		if sel, ok := fun.(*ast.SelectorExpr); ok {
			v.path = append(v.path, sel.Sel)
		}
		return v.describe(more)
	}
	return nil
}

// describe says what the word is.
func (v *view) describe(more bool) *page {
	id, ok := v.node(0).(*ast.Ident)
	if !ok {
		return nil
	}
	o := v.object()
	if o == nil {
		if t := v.info.TypeOf(id); t != nil && t != types.Typ[types.Invalid] {
			return &page{decl: id.Name + " " + typeText(t), kind: "value"}
		}
		return nil
	}
	if p, ok := o.(*types.PkgName); ok {
		return describePackage(v.session, v.library, p.Imported().Path(), more)
	}
	if _, builtin := o.(*types.Builtin); !builtin && (o.Type() == nil || o.Type() == types.Typ[types.Invalid]) {
		return nil
	}
	return v.describeObject(o, v.owner(id, o), more)
}

// owner names the type whose field or method the word is, "" for others.
func (v *view) owner(id *ast.Ident, o types.Object) *types.Named {
	switch o := o.(type) {
	case *types.Func:
		if recv := o.Signature().Recv(); recv != nil {
			if n := namedOf(recv.Type()); n != nil {
				return n
			}
		}
	case *types.Var:
		if !o.IsField() {
			return nil
		}
	default:
		return nil
	}
	if sel, ok := v.node(1).(*ast.SelectorExpr); ok && sel.Sel == id {
		if s := v.info.Selections[sel]; s != nil {
			return holder(s.Recv(), s.Index())
		}
	}
	for i := 1; i < 4; i++ {
		if lit, ok := v.node(i).(*ast.CompositeLit); ok {
			return namedOf(v.info.TypeOf(lit))
		}
	}
	return nil
}

// holder walks a selection to the type that has the field.
func holder(t types.Type, index []int) *types.Named {
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			break
		}
		t = st.Field(i).Type()
	}
	return namedOf(t)
}

func namedOf(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}
