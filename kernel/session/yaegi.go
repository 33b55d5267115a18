package session

// A cell that yaegi runs. It is checked and built as every cell is; what is
// handed to yaegi is the same program, with the session's memory behind the
// same pointers, so that both kinds of cells share their variables.

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/traefik/yaegi/interp"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
	"fourmlab/kernel/session/yaegi"
)

// RunYaegi runs a cell in yaegi. What is not in the list of what yaegi runs as
// Go does (package yaegi), and what has types or packages that only the session's
// own engine has, runs there, and a line on standard error says so.
func (s *Session) RunYaegi(ctx context.Context, n int, code string) engine.Result {
	s.viaYaegi = true
	defer func() { s.viaYaegi = false }()
	return s.Run(ctx, n, code)
}

// runs carries out a program that is built, on the engine that was asked for.
func (p *executable) runs(ctx context.Context, r *patched.Run) *engine.Failure {
	if !p.s.viaYaegi {
		return p.s.execute(ctx, p.in, r)
	}
	at, what := p.beyondYaegi()
	if what == "" {
		var failure *engine.Failure
		if failure, what = p.yaegi(ctx, r); what == "" {
			return failure
		}
	}
	where := cell.FileName(r.Cell) + ": "
	if at.IsValid() && strings.HasPrefix(at.Filename, "In [") {
		where = fmt.Sprintf("%s:%d: ", at.Filename, at.Line)
	}
	fmt.Fprintf(os.Stderr, "%s%s runs on the session's engine, not in yaegi\n", where, what)
	return p.s.execute(ctx, p.in, r)
}

// beyondYaegi finds what keeps the program from yaegi, or gives "".
func (p *executable) beyondYaegi() (token.Position, string) {
	known := engine.Current().Yaegi
	for _, e := range p.order {
		switch e.kind {
		case isFunc:
			if e.name == "main" {
				return token.Position{}, "a function named main" // yaegi would call it
			}
		case isType:
			return token.Position{}, "the type " + e.name
		case isPackage:
			if known[e.path+"/"+e.pkg.Name()] == nil {
				return token.Position{}, "package " + e.path
			}
		}
	}
	if pos, what := yaegi.Beyond(p.program, p.info); what != "" {
		return p.fset.Position(pos), what
	}
	return token.Position{}, ""
}

// yaegi runs the program's cell. Where yaegi does not get as far as to run
// anything, it says what it could not compile.
func (p *executable) yaegi(ctx context.Context, r *patched.Run) (failure *engine.Failure, beyond string) {
	s := p.s
	names := map[string]reflect.Value{
		"show" + cell.Hidden: reflect.ValueOf(func(xs ...any) { s.shown = xs }),
	}
	src := p.forYaegi(names)
	// Marks of lines would make files of one, and yaegi knows the packages of
	// the first only: it gets other comments of the same length.
	lines := newLines(src)
	src = strings.ReplaceAll(src, "/*line In [", "/*Line In [")

	var said bytes.Buffer
	flags := flag.CommandLine // yaegi puts another in its place
	defer func() { flag.CommandLine = flags }()
	in := interp.New(interp.Options{Unrestricted: true, Stderr: &said, Stdout: os.Stdout, Stdin: os.Stdin})
	for _, table := range []map[string]map[string]reflect.Value{engine.Current().Yaegi, s.endings(), {yaegi.CellNames + "/" + yaegi.CellNames: names}} {
		if err := in.Use(table); err != nil {
			return nil, oneLine(err.Error())
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-r.Stopped():
			cancel()
		case <-ctx.Done():
		}
	}()
	done := make(chan error, 1)
	r.Add()
	go func() {
		defer s.machine.End(r)
		s.machine.Begin(r)
		_, err := in.EvalWithContext(ctx, src)
		done <- err
	}()
	err := <-done
	var fell interp.Panic
	switch {
	case ctx.Err() != nil || patched.Interrupted(err):
		s.machine.Stop(r, nil)
		return stopped(), ""
	case errors.As(err, &fell):
		if !bytes.Contains(fell.Stack, []byte("interp.runCfg")) {
			return nil, "something that it cannot compile"
		}
		value := fell.Value
		if v, ok := value.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
			value = v.Interface()
		}
		if patched.Interrupted(value) {
			return stopped(), ""
		}
		return s.fellInYaegi(value, said.String(), lines), ""
	case err != nil:
		return nil, "something that it refuses (" + cell.Clean(oneLine(err.Error())) + ")"
	}
	return nil, ""
}

func stopped() *engine.Failure {
	return &engine.Failure{Name: "interrupted", Value: "the cell was stopped; variables keep what they had"}
}

// forYaegi writes the program with the pointers to the session's variables in a
// package, which names takes.
func (p *executable) forYaegi(names map[string]reflect.Value) string {
	text := &sourceFile{}
	var others []*entity
	for _, e := range p.order {
		if e.kind == isVar {
			names[e.pointer()] = e.ptr
		} else {
			others = append(others, e)
		}
	}
	text.add(others, nil, nil, true)
	text.body.WriteString("func main() {")
	write(&text.body, p.body, true)
	text.body.WriteString("}\n")
	return fmt.Sprintf("package main\nimport . %q\n", yaegi.CellNames) + text.imports.String() + text.body.String()
}

// endings are what a program ends itself with: here, the cell.
func (s *Session) endings() map[string]map[string]reflect.Value {
	out := map[string]map[string]reflect.Value{}
	for key, v := range map[string]any{
		"os/os.Exit":             func(code int) { panic(patched.Exited(code)) },
		"log/log.Fatal":          s.fatal("log.Fatal"),
		"log/log.Fatalf":         s.fatal("log.Fatalf"),
		"log/log.Fatalln":        s.fatal("log.Fatalln"),
		"time/time.Sleep":        s.machine.Sleep,
		"runtime/runtime.Goexit": func() { panic(patched.Goexited{}) },
	} {
		pkg, name, _ := strings.Cut(key, ".")
		if out[pkg] == nil {
			out[pkg] = map[string]reflect.Value{}
		}
		out[pkg][name] = reflect.ValueOf(v)
	}
	return out
}

// cellLines tells where in a cell a place in yaegi's text was typed.
type cellLines struct {
	fset  *token.FileSet
	begin []int // of the lines
}

func newLines(src string) cellLines {
	l := cellLines{token.NewFileSet(), cell.LineStarts(src)}
	parser.ParseFile(l.fset, "", src, parser.SkipObjectResolution) // it reads the marks
	return l
}

func (l cellLines) at(line, col int) (p token.Position) {
	if line < 1 || line > len(l.begin) {
		return p
	}
	l.fset.Iterate(func(f *token.File) bool {
		if off := l.begin[line-1] + col - 1; off <= f.Size() {
			p = f.Position(f.Pos(off))
		}
		return false
	})
	return p
}

// yaegiPlace is a line that yaegi writes about a panic.
var yaegiPlace = regexp.MustCompile(`(?m)^(\d+):(\d+): panic`)

// fellInYaegi is a panic with the places that yaegi told, the innermost first.
func (s *Session) fellInYaegi(value any, said string, lines cellLines) *engine.Failure {
	var places []string
	for _, m := range yaegiPlace.FindAllStringSubmatch(said, -1) {
		n, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		at := lines.at(n, col)
		line, known := s.sources.Line(at.Filename, at.Line)
		where := fmt.Sprintf("%s:%d", at.Filename, at.Line)
		if !known || len(places) > 1 && places[len(places)-2] == where {
			continue
		}
		places = append(places, where, "    "+strings.TrimSpace(line))
	}
	switch e := value.(type) {
	case patched.Exited:
		return exitFailure(e, places)
	case patched.Goexited:
		return exitFailure(e, places)
	}
	return &engine.Failure{Name: "panic", Value: oneLine(patched.ValueText(value)), Trace: append([]string{headline(value)}, places...)}
}
