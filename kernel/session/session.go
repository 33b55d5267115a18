package session

// The state of a session, and the way of a cell through it.

import (
	"context"
	"fmt"
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
	"fourmlab/kernel/session/fastpath"
	patched "fourmlab/kernel/session/ixgo"
	"fourmlab/kernel/session/packages"
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
	quick    fastpath.Compiler
	running  atomic.Pointer[patched.Run]
	polled   atomic.Int64 // when a long call last asked whether to stop
	builders sync.WaitGroup
}

var _ engine.Engine = (*Session)(nil)

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
