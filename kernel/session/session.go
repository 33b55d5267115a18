// Package session runs Go cells one after another, as a notebook does, on the
// ixgo interpreter.
//
// Every cell is today's Go: declarations and statements in any order, the last
// expression being the value shown. A cell is checked by go/types before
// anything of it runs; unused variables and imports are allowed, everything
// may be declared again.
//
//	s := session.New()
//	s.Run(ctx, 1, "x := 20")
//	r := s.Run(ctx, 2, "x + 1") // r.Values is [21]
//
// # How it works
//
// What a session knows is a set of entities: imported packages, types,
// functions, constants and variables, each with the text that declares it and
// links to the entities this text names. For a cell the session writes two
// programs of one package main:
//
//   - The first holds the cell as typed, in a function, with the entities it
//     reaches around it. go/types checks it and says what every name means.
//   - The second is what runs. Variables that the cell defines at its top have
//     become memory of the session that the program reaches through pointers,
//     and the last expression is handed to the session. The steps that the
//     interpreter makes of it ask whether to stop, and goroutines catch their
//     panics.
//
// Only what the cell reaches is compiled, so a small cell takes well under a
// millisecond in a session of any size.
//
// # Redefinition
//
// A function, type or method declared again replaces the old one for all who
// use it. Where an old user no longer fits (a function that reads a field that
// is gone), that user keeps the old one. Variables move to a type's new
// version when its layout is unchanged, and keep the old type when not.
//
// Package fourm's API needs no generics, but cells may use all of Go.
package session

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goplus/ixgo"
	_ "github.com/goplus/reflectx/icall/icall8192" // slots for the methods of cells' types

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/assist"
	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
	"fourmlab/kernel/session/packages"
	"fourmlab/kernel/session/quick"
)

// std are the packages of the standard library that a cell need not import.
var std = []string{"fmt", "image", "math", "os", "sort", "strings", "time"}

// Session is the state of one notebook. It implements engine.Engine.
type Session struct {
	// Late takes what a goroutine of an earlier cell prints, with that cell's
	// number; nil means standard output.
	Late func(cell int, text string) (int, error)

	// Folder is where the notebook lies: what cells embed is found from there,
	// and the module whose packages they import. "" is the folder of the process.
	Folder string

	ctx       *ixgo.Context
	loader    *packages.Loader
	names     map[string]*entity // what a name means to the next cell
	pkgs      map[string]*entity // packages by path
	dots      []*entity          // packages imported into the scope of every cell
	given     map[string]bool    // paths of packages that no cell had to import
	serial    int                // makes hidden names unique
	shown     []any
	sources   cell.Sources          // cells by number, for tracebacks
	made      map[reflect.Type]bool // types with methods that programs have made
	known     *knowledge            // what the checker says of the names, for completion
	library   assist.Library        // the documentation that was asked for
	warm      chan *ixgo.SSABuilder
	warming   bool          // a builder is in warm, or on its way
	viaYaegi  bool          // the cell that runs was given to yaegi
	embedding []*cell.Embed // of the cell that runs

	warned   bool // that the interpreter is another one
	machine  *patched.Machine
	quick    quick.Compiler
	running  atomic.Pointer[patched.Run]
	polled   atomic.Int64 // when a long call last asked whether to stop
	builders sync.WaitGroup
}

// Limit sets how many bytes the process may take, 0 being no limit, and what
// tells how many the machine has left, which may be nil. The collector works
// harder before the limit.
func (s *Session) Limit(bytes int64, room func() int64) { s.machine.Limits.Set(bytes, room) }

// New gives a session that knows the common packages of the standard library
// and those that were linked in.
func New() *Session {
	s := &Session{
		ctx:     ixgo.NewContext(ixgo.SupportMultipleInterp | ixgo.OptionLoadAllImethod),
		names:   map[string]*entity{},
		pkgs:    map[string]*entity{},
		given:   map[string]bool{},
		sources: cell.Sources{},
		made:    map[reflect.Type]bool{},
		machine: patched.NewMachine(),
		warm:    make(chan *ixgo.SSABuilder, 1),
	}
	s.machine.Crashed = s.crashed
	s.loader = packages.Use(s.ctx)
	s.bindRuntime()
	for _, path := range append(append([]string{}, std...), engine.Current().Prelude...) {
		if e, err := s.load(path); err == nil {
			s.names[e.pkg.Name()] = e
			s.given[path] = true
		}
	}
	for _, path := range engine.Current().Dots {
		if e, err := s.load(path); err == nil {
			s.dots = append(s.dots, e)
			s.given[path] = true
		}
	}
	s.prepare()
	return s
}

// Run runs a cell and waits for it. The context's end interrupts it.
func (s *Session) Run(ctx context.Context, n int, code string) engine.Result {
	if w := patched.Warning(); w != "" && !s.warned {
		s.warned = true
		fmt.Fprintln(os.Stderr, w)
	}
	s.sources[n] = code
	s.shown, s.embedding = nil, nil
	r := patched.NewRun(n)
	s.running.Store(r)
	defer s.running.Store(nil)
	c, failure := cell.Parse(n, code, s.sources)
	if failure == nil && !c.Empty() {
		failure = s.evaluate(ctx, c, r)
	}
	if failure != nil {
		return engine.Result{Err: failure}
	}
	if err := lastError(s.shown); err != nil {
		return engine.Result{Err: &engine.Failure{Name: "error", Value: s.said(ctx, n, err)}}
	}
	return engine.Result{Values: s.shown}
}

// home is the folder of the notebook.
func (s *Session) home() string {
	if s.Folder == "" {
		return "."
	}
	return s.Folder
}

// lastError gives the error that a cell ends in, if it does.
func lastError(values []any) error {
	if len(values) == 0 {
		return nil
	}
	err, _ := values[len(values)-1].(error)
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return nil // as a person sees it
	}
	return err
}

func oneLine(s string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", " / ")
}

// Interrupt makes the running cell stop at its next step.
func (s *Session) Interrupt() {
	if r := s.running.Load(); r != nil {
		s.machine.Stop(r, nil)
	}
}

// Interrupted tells a long call of compiled code whether the person asked the
// cell to stop. A call that asks is given time to end by itself.
func (s *Session) Interrupted() bool {
	s.polled.Store(time.Now().UnixNano())
	r := s.running.Load()
	return r != nil && r.Stopping()
}

// load gives the entity of a package, after the builder has let go of the
// packages that exist.
func (s *Session) load(path string) (*entity, error) {
	if e := s.pkgs[path]; e != nil {
		return e, nil
	}
	s.builders.Wait()
	if path != "unsafe" && path != packages.Nicknames && !packages.Linked(path) && !s.loader.Modules.Has(path) {
		if err := s.loader.Modules.Find(s.home(), path); err != nil {
			return nil, err
		}
	}
	pkg, err := s.ctx.Importer.Import(path)
	if err != nil {
		return nil, err
	}
	e := &entity{kind: isPackage, name: pkg.Name(), path: path, pkg: pkg}
	s.pkgs[path] = e
	return e, nil
}

// prepare readies, while the person reads the last result, the compiled form
// of all imported packages for the next cell.
func (s *Session) prepare() {
	if s.warming {
		return
	}
	s.warming = true
	var pkgs []*types.Package
	for path, e := range s.pkgs {
		if !s.loader.Modules.Has(path) { // those come as source, and are built for cells that reach them
			pkgs = append(pkgs, e.pkg)
		}
	}
	s.builders.Add(1)
	go func() {
		defer s.builders.Done()
		b := ixgo.NewSSABuilder(s.ctx)
		b.BuildPackages(pkgs)
		s.warm <- b
	}()
}

// settle waits until the packages that files import stay as they are: a builder
// adds to what they import, and a checker that words an error looks at that.
func (s *Session) settle(files ...*ast.File) {
	for _, f := range files {
		if len(f.Imports) > 0 {
			s.builders.Wait()
			return
		}
	}
}

// builder gives one that has compiled the imported packages, or an empty one
// where a program needs none of them.
func (s *Session) builder(imports int) *ixgo.SSABuilder {
	if imports == 0 {
		return ixgo.NewSSABuilder(s.ctx)
	}
	if s.loader.Grown() {
		// The one that waits knows less of a package than there is now.
		if s.warming {
			<-s.warm
		}
		s.warming = false
		return ixgo.NewSSABuilder(s.ctx)
	}
	s.warming = false
	return <-s.warm
}

// Whole tells whether the code is finished, and the indent of the next line
// when it is not.
func (s *Session) Whole(code string) (engine.Status, string) { return cell.Whole(code) }

// Packages are those that a cell can name, their paths by their names.
func (s *Session) Packages() map[string]string {
	out := map[string]string{}
	for name, e := range s.names {
		if e.kind == isPackage {
			out[name] = e.path
		}
	}
	return out
}

// Dots are the paths of packages whose names need no package before them.
func (s *Session) Dots() (paths []string) {
	for _, e := range s.dots {
		paths = append(paths, e.path)
	}
	return paths
}

// Import gives a package that a cell may import, after it was fetched if need
// be. The error is one sentence for the person.
func (s *Session) Import(path string) (*types.Package, error) {
	e, err := s.load(path)
	if err != nil {
		return nil, err
	}
	return e.pkg, nil
}

// Importer is that for a checker: of packages that are there, until the next
// cell runs.
func (s *Session) Importer() types.Importer {
	s.builders.Wait()
	return s.ctx.Importer
}

// Complete lists what fits at byte offset at of the code, the best first.
func (s *Session) Complete(code string, at int) engine.Completion {
	return assist.Complete(s.Scope(), code, at)
}

// Inspect describes what stands at byte offset at of the code, in each of the
// forms it has by media type, or gives nil; with more, examples and source too.
func (s *Session) Inspect(code string, at int, more bool) map[string]string {
	return assist.Inspect(s.Scope(), &s.library, code, at, more)
}
