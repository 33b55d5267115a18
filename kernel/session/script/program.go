package script

// A program is checked, then run.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/session/cell"
	"fourmlab/kernel/session/fastpath"
	patched "fourmlab/kernel/session/ixgo"
	"fourmlab/kernel/session/packages"
	"fourmlab/kernel/session/yaegi"
)

// Program is a file of package main that go/types has found right.
type Program struct {
	File *ast.File
	Info *types.Info
	path string
	ctx  *ixgo.Context

	alarm   alarm
	modules *packages.Modules
}

// Check reads a program that may import what is linked in. The error has a
// line for each mistake, as the compiler prints them.
func Check(path string, src []byte) (*Program, error) {
	ctx := ixgo.NewContext(ixgo.OptionLoadAllImethod)
	p := &Program{path: path, ctx: ctx, modules: &packages.Use(ctx).Modules}
	f, err := parser.ParseFile(ctx.FileSet, path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if f.Name.Name != "main" {
		return nil, fmt.Errorf("%s: package %s, expected main", path, f.Name.Name)
	}
	p.File, p.Info = f, cell.NewInfo()
	if err := p.find(); err != nil {
		return nil, err
	}
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
	if err := p.unembeddable(); err != nil {
		return nil, err
	}
	return p, nil
}

// find makes the packages known that the program imports from the module in
// which it lies.
func (p *Program) find() error {
	for _, spec := range p.File.Imports {
		_, path := cell.ImportName(spec)
		if packages.Linked(path) || path == "unsafe" {
			continue
		}
		found, err := p.modules.Nearby(filepath.Dir(p.path), path)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", p.Position(spec.Pos()), err)
		case !found:
			return fmt.Errorf("%s: package %s is not linked in, and no module around the program has it", p.Position(spec.Pos()), path)
		}
	}
	return nil
}

// Position says where something stands.
func (p *Program) Position(pos token.Pos) token.Position { return p.ctx.FileSet.Position(pos) }

// Run runs the program to its end. It ends the process itself where a compiled
// one would: os.Exit and a panic that nothing recovered from do, and a deadlock
// is found by Go. Before the first two it calls ending, which may be nil.
func (p *Program) Run(args []string, ending func()) error {
	if ending == nil {
		ending = func() {}
	}
	p.bindEnds(ending)
	guard := func(f func()) func() { return p.guarded(f, ending) }
	p.alarm.bindTimers(p.ctx, guard)
	p.ctx.RegisterExternal("context.AfterFunc", func(ctx context.Context, f func()) func() bool { return context.AfterFunc(ctx, guard(f)) })
	p.ctx.RegisterExternal("(*sync.WaitGroup).Go", func(wg *sync.WaitGroup, f func()) { wg.Go(guard(f)) })
	ast.Inspect(p.File, func(n ast.Node) bool {
		if r, ok := n.(*ast.RangeStmt); ok {
			if length, ok := patched.LengthOnly(p.Info, r); ok {
				r.X = &ast.BasicLit{ValuePos: r.X.Pos(), Kind: token.INT, Value: length}
			}
		}
		return true
	})
	pkg, err := p.ctx.LoadAstFile("main", p.File)
	if err != nil {
		return err
	}
	if err := patched.CorrectSSA(pkg.Prog); err != nil {
		return err
	}
	patched.NumberLocals(p.ctx, nil)
	in, err := p.ctx.NewInterp(pkg)
	if err != nil {
		return errors.New(cell.Clean(err.Error()))
	}
	patched.NameTypes(p.ctx, in)
	if w := patched.Warning(); w != "" {
		fmt.Fprintln(os.Stderr, w)
	}
	m := patched.NewMachine()
	m.Crashed = func(_ *patched.Run, e any, stack []byte) { p.fell(e, stack, ending) }
	m.Correct(in, func(funcs patched.Functions, stop *patched.Stopper) { new(fastpath.Compiler).Compile(in, funcs, stop) })
	os.Args = append([]string{p.path}, args...)
	flag.CommandLine = flag.NewFlagSet(p.path, flag.ExitOnError)
	stop := p.EndWhenAsleep(ending) // which goes on when Goexit ends this goroutine
	for _, name := range []string{"init", "main"} {
		if out := patched.Call(in, in.MainPkg().Func(name)); out.Panicked != nil {
			p.fell(out.Panicked, out.Stack, ending)
		}
	}
	stop()
	return nil
}

// guarded is a function that compiled code calls in a goroutine of its own: a
// panic that leaves it ends the program, too.
func (p *Program) guarded(f func(), ending func()) func() {
	return func() {
		defer func() {
			if e := recover(); e != nil {
				p.fell(e, nil, ending)
			}
		}()
		f()
	}
}

// bindEnds makes what ends a program end the process.
func (p *Program) bindEnds(ending func()) {
	exit := func(code int) {
		ending()
		os.Exit(code)
	}
	p.ctx.RegisterExternal("os.Exit", exit)
	p.ctx.RegisterExternal("syscall.Exit", exit)
	p.ctx.RegisterExternal("runtime.Goexit", runtime.Goexit)
	p.ctx.RegisterExternal("log.Fatal", func(v ...any) { log.Print(v...); exit(1) })
	p.ctx.RegisterExternal("log.Fatalln", func(v ...any) { log.Println(v...); exit(1) })
	p.ctx.RegisterExternal("log.Fatalf", func(f string, v ...any) { log.Printf(f, v...); exit(1) })
	p.ctx.RegisterExternal("(*log.Logger).Fatal", func(l *log.Logger, v ...any) { l.Print(v...); exit(1) })
	p.ctx.RegisterExternal("(*log.Logger).Fatalln", func(l *log.Logger, v ...any) { l.Println(v...); exit(1) })
	p.ctx.RegisterExternal("(*log.Logger).Fatalf", func(l *log.Logger, f string, v ...any) { l.Printf(f, v...); exit(1) })
}

// fell ends the process after a panic that nothing recovered from, with the
// place in the program that it came from.
func (p *Program) fell(e any, stack []byte, ending func()) {
	if x, ok := e.(ixgo.PanicError); ok {
		stack = append(x.Stack(), stack...)
	}
	text := patched.ValueText(e)
	if at := strings.Index(string(stack), p.path+":"); at >= 0 {
		where, _, _ := strings.Cut(string(stack[at:]), " ")
		where, _, _ = strings.Cut(where, "\n")
		text += "\n\t" + strings.TrimSpace(where)
	}
	ending()
	fmt.Fprintf(os.Stderr, "panic: %s\n", text)
	os.Exit(2)
}

// unembeddable finds a variable of a program whose type takes no file.
func (p *Program) unembeddable() error {
	for _, d := range p.File.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			vs := spec.(*ast.ValueSpec)
			for _, doc := range []*ast.CommentGroup{vs.Doc, g.Doc} {
				if doc == nil || !slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { _, ok := cell.Directive(c.Text); return ok }) {
					continue
				}
				t := p.Info.TypeOf(vs.Names[0])
				if whole, tree := cell.Embeddable(t); !whole && !tree {
					return fmt.Errorf("%s: go:embed cannot apply to var of type %s", p.Position(vs.Pos()), t)
				}
			}
		}
	}
	return nil
}

// BeyondYaegi finds the first thing in the program that is not in the list, or
// gives "".
func (p *Program) BeyondYaegi() (at token.Pos, what string) {
	return yaegi.Beyond(p.File, p.Info)
}
