package session

// A whole program, run by the interpreter that runs cells.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/goplus/ixgo"
)

// Program is a file of package main that go/types has found right.
type Program struct {
	File *ast.File
	Info *types.Info
	path string
	ctx  *ixgo.Context
}

// Check reads a program that may import what is linked in. The error has a
// line for each mistake, as the compiler prints them.
func Check(path string, src []byte) (*Program, error) {
	ctx := ixgo.NewContext(ixgo.OptionLoadAllImethod)
	l := newLoader(ctx.Loader, ctx.Importer)
	ctx.Loader, ctx.Importer = l, imports{l}
	ctx.Lookup = func(string, string) (string, bool) { return "", false }
	f, err := parser.ParseFile(ctx.FileSet, path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if f.Name.Name != "main" {
		return nil, fmt.Errorf("%s: package %s, expected main", path, f.Name.Name)
	}
	p := &Program{File: f, Info: newInfo(), path: path, ctx: ctx}
	var lines []string
	conf := types.Config{Importer: ctx.Importer, Error: func(err error) {
		if len(lines) < 10 {
			lines = append(lines, err.Error())
		}
	}}
	pkg, _ := conf.Check("main", ctx.FileSet, []*ast.File{f}, p.Info)
	if len(lines) == 0 && pkg.Scope().Lookup("main") == nil {
		lines = append(lines, path+": function main is undeclared in the main package")
	}
	if len(lines) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(lines, "\n"))
	}
	return p, nil
}

// Position says where something stands.
func (p *Program) Position(pos token.Pos) token.Position { return p.ctx.FileSet.Position(pos) }

// Run runs the program and gives its exit code. The error is a panic that
// nothing recovered from, with the places that led to it.
func (p *Program) Run(args []string) (int, error) {
	pkg, err := p.ctx.LoadAstFile("main", p.File)
	if err != nil {
		return 2, err
	}
	untangle(pkg.Prog)
	in, err := p.ctx.NewInterp(pkg)
	if err != nil {
		return 2, err
	}
	hasten(in)
	code, err := p.ctx.RunInterp(in, p.path, args)
	if err == nil {
		return code, nil
	}
	var stack []byte
	switch e := err.(type) {
	case ixgo.PanicError:
		stack = e.Stack()
	case ixgo.FatalError:
		stack = e.Stack()
	}
	text := valueText(err)
	if at := strings.Index(string(stack), p.path+":"); at >= 0 {
		where, _, _ := strings.Cut(string(stack[at:]), " ")
		text += "\n\t" + strings.TrimSpace(where)
	}
	return max(code, 2), fmt.Errorf("panic: %s", text)
}

// hasten makes a program's functions quick, as those of cells are; nothing
// stops it but a signal.
func hasten(in *ixgo.Interp) {
	g := &gate{s: &Session{methods: quickMethods{}}}
	funcs := functionsOf(in)
	g.amend(in, funcs)
	g.quicken(in, funcs)
	g.shelter(funcs)
}
