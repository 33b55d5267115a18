package session

// What a front end asks while a person types: names that fit, what a name is,
// whether the cell is finished.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

// Complete lists the names that fit at byte offset at.
func (s *Session) Complete(code string, at int) (out []string, from, to int) {
	at = min(max(at, 0), len(code))
	from = wordStart(code, at)
	prefix := code[from:at]
	seen := map[string]bool{}
	add := func(name string) {
		if strings.HasPrefix(name, prefix) && !strings.Contains(name, hidden) && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	defer func() { sort.Strings(out) }()
	if quote := strings.LastIndexByte(code[:at], '"'); quote >= 0 && importing(code[:quote]) {
		from, prefix = quote+1, code[quote+1:at]
		for _, p := range ixgo.PackageList() {
			if !strings.Contains(p, "internal") {
				add(p)
			}
		}
		return out, from, at
	}
	if from > 0 && code[from-1] == '.' {
		s.members(code[:from-1], add)
		return out, from, at
	}
	for name := range s.names {
		add(name)
	}
	for name := range identifiers(code[:from]) {
		add(name)
	}
	for name := range identifiers(code[at:]) {
		add(name)
	}
	for _, name := range types.Universe.Names() {
		add(name)
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		add(t.String())
	}
	return out, from, at
}

// importing tells whether a quote behind the code opens an import path.
func importing(code string) bool {
	line := strings.TrimSpace(code[strings.LastIndexByte(code, '\n')+1:])
	return strings.HasPrefix(line, "import") || strings.LastIndex(code, "import (") > strings.LastIndexByte(code, ')')
}

func wordStart(code string, at int) int {
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:at])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		at -= n
	}
	return at
}

// members adds what can stand behind the dot at the end of the code.
func (s *Session) members(code string, add func(string)) {
	obj, t := s.operand(code)
	if p, ok := obj.(*types.PkgName); ok {
		for _, name := range p.Imported().Scope().Names() {
			if token.IsExported(name) {
				add(name)
			}
		}
		return
	}
	if t == nil {
		return
	}
	s.walkMembers(t, add, map[types.Type]bool{}, 0)
}

func (s *Session) walkMembers(t types.Type, add func(string), seen map[types.Type]bool, depth int) {
	if seen[t] || depth > 4 {
		return
	}
	seen[t] = true
	own := func(o types.Object) bool { return o.Exported() || o.Pkg() != nil && o.Pkg().Path() == "main" }
	for _, set := range []*types.MethodSet{types.NewMethodSet(t), types.NewMethodSet(types.NewPointer(t))} {
		for m := range set.Methods() {
			if own(m.Obj()) {
				add(m.Obj().Name())
			}
		}
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			if own(f) {
				add(f.Name())
			}
			if f.Embedded() {
				s.walkMembers(f.Type(), add, seen, depth+1)
			}
		}
	}
}

// Inspect describes the name at byte offset at.
func (s *Session) Inspect(code string, at int) string {
	at = min(max(at, 0), len(code))
	end := at
	for end < len(code) {
		r, n := utf8.DecodeRuneInString(code[end:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		end += n
	}
	obj, t := s.operand(code[:end])
	qualify := func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	}
	switch o := obj.(type) {
	case nil:
		if t != nil {
			return clean(types.TypeString(t, qualify))
		}
		return ""
	case *types.PkgName:
		return fmt.Sprintf("package %s // import %q\n\n%s", o.Imported().Name(), o.Imported().Path(), strings.Join(exported(o.Imported()), " "))
	default:
		text := types.ObjectString(o, qualify)
		if n, ok := o.(*types.TypeName); ok {
			for m := range types.NewMethodSet(types.NewPointer(n.Type())).Methods() {
				if m.Obj().Exported() {
					text += "\n" + types.ObjectString(m.Obj(), qualify)
				}
			}
		}
		return clean(text)
	}
}

func exported(p *types.Package) (out []string) {
	for _, n := range p.Scope().Names() {
		if token.IsExported(n) {
			out = append(out, n)
		}
	}
	return out
}

// operand finds the expression at the end of the code, a chain of names,
// dots, calls and indices, and what the checker says of it.
func (s *Session) operand(code string) (types.Object, types.Type) {
	start := chainStart(code)
	expr := strings.TrimSpace(code[start:])
	if expr == "" {
		return nil, nil
	}
	// The statements before it may define what it names; they are checked as
	// far as they go.
	c := &cell{n: 0, code: code[:start] + " " + expr}
	for _, p := range cut(code[:start]) {
		switch {
		case p.tok == token.ILLEGAL || p.tok == token.VAR:
			if whole(p.text) {
				c.stmts = append(c.stmts, p)
			}
		case p.tok != token.IMPORT:
			if _, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+p.text, 0); err == nil {
				c.decls = append(c.decls, p)
			}
		}
	}
	c.stmts = append(c.stmts, piece{text: expr, line: 1, col: 1})
	if !whole(expr) {
		return nil, nil
	}
	w, failure := s.newWork(c)
	defer w.rollback()
	if failure != nil {
		return nil, nil
	}
	w.pass()
	x := w.last()
	if x == nil {
		return nil, nil
	}
	var obj types.Object
	switch x := x.(type) {
	case *ast.Ident:
		obj = w.info.Uses[x]
	case *ast.SelectorExpr:
		obj = w.info.Uses[x.Sel]
	}
	return obj, w.info.Types[x].Type
}

func whole(stmt string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package main\nfunc _() {\n"+stmt+"\n}", 0)
	return err == nil
}

// chainStart walks back over names, dots and closed brackets.
func chainStart(code string) int {
	at := len(code)
	depth := 0
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:at])
		switch {
		case r == ')' || r == ']' || r == '}' && depth > 0:
			depth++
		case r == '(' || r == '[' || r == '{':
			if depth == 0 {
				return at
			}
			depth--
		case depth > 0 || r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
		default:
			return at
		}
		at -= n
	}
	return at
}

// Whole tells whether the code is finished, and the indent of the next line
// when it is not.
func (s *Session) Whole(code string) (engine.Status, string) {
	depth := 0
	fset := token.NewFileSet()
	var sc scanner.Scanner
	open := false
	sc.Init(fset.AddFile("", -1, len(code)), []byte(code), func(_ token.Position, msg string) {
		open = open || strings.Contains(msg, "not terminated")
	}, 0)
	for {
		_, tok, _ := sc.Scan()
		if tok == token.EOF {
			break
		}
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		}
	}
	switch {
	case open || depth > 0:
		return engine.Incomplete, strings.Repeat("\t", max(depth, 0))
	case depth < 0:
		return engine.Invalid, ""
	}
	_, failure := s.parse(0, code)
	if failure == nil {
		return engine.Complete, ""
	}
	if strings.Contains(failure.Value, "found the end of the cell") || strings.Contains(failure.Value, "found 'EOF'") || strings.Contains(failure.Value, "found '}'") || strings.Contains(failure.Value, "found newline") {
		return engine.Incomplete, ""
	}
	return engine.Invalid, ""
}

var _ engine.Engine = (*Session)(nil)
