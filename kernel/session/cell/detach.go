package cell

// Declarations among others that are known already.

import "go/ast"

// Detach keeps the checker from looking for the declarations of what it was
// given ready: it makes functions of the methods whose receiver is none of the
// file's own types, and puts names of types that others are declared as into
// parentheses.
func Detach(f *ast.File, own func(string) bool) {
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					if id, ok := t.Type.(*ast.Ident); ok {
						t.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End()}
					}
				}
			}
		}
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || len(fn.Recv.List) == 0 {
			continue
		}
		base, params := Receiver(fn.Recv.List[0].Type)
		if base != nil && own(base.Name) {
			continue
		}
		fn.Name = &ast.Ident{NamePos: fn.Name.NamePos, Name: fn.Name.Name + Hidden}
		fn.Type.Params.List = append(append([]*ast.Field{}, fn.Recv.List...), fn.Type.Params.List...)
		fn.Recv = nil
		if len(params) > 0 {
			list := &ast.Field{Type: &ast.Ident{NamePos: params[0].Pos(), Name: "any"}}
			for _, p := range params {
				list.Names = append(list.Names, &ast.Ident{NamePos: p.Pos(), Name: p.Name})
			}
			fn.Type.TypeParams = &ast.FieldList{Opening: params[0].Pos(), List: []*ast.Field{list}, Closing: params[0].Pos()}
		}
	}
}
