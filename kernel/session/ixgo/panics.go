package ixgo

// The values of panics: what stands for an end that is none in Go, and how a
// value reads.

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

// Exited is the panic that stands for the end of the program, with its status:
// in a notebook, for the end of the cell.
type Exited int

func (e Exited) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Goexited is the panic that stands for the end of a goroutine.
type Goexited struct{}

func (Goexited) Error() string { return "runtime.Goexit ended the cell" }

// interrupted finds the interrupt in whatever wraps it.
func Interrupted(r any) bool {
	switch x := r.(type) {
	case ixgo.PanicError:
		return Interrupted(x.Value)
	case ixgo.FatalError:
		return Interrupted(x.Value)
	case error:
		return errors.Is(x, engine.ErrInterrupted)
	}
	return false
}

// asCompiled is the error that compiled code panics with where the interpreter
// says that a pointer is nil.
func asCompiled(e any) (out any) {
	x, ok := e.(ixgo.RuntimeError)
	if !ok || !strings.HasSuffix(string(x), "invalid memory address or nil pointer dereference") {
		return e
	}
	defer func() { out = recover() }()
	var none *struct{ n int }
	none.n++
	return e
}

// ValueText is a panic's value as Go prints it, without addresses. A method of
// the value may itself panic.
func ValueText(v any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("%T (its text panics: %v)", v, r)
		}
	}()
	switch x := asCompiled(v).(type) {
	case nil:
		return (&runtime.PanicNilError{}).Error()
	case ixgo.PanicError:
		return ValueText(x.Value)
	case error:
		// The interpreter says more than Go of an assertion that failed.
		return strings.Replace(x.Error(), "runtime error: interface conversion:", "interface conversion:", 1)
	case fmt.Stringer:
		return x.String()
	}
	if t := reflect.TypeOf(v); t.PkgPath() != "" {
		switch k := t.Kind(); {
		case k == reflect.String:
			return fmt.Sprintf("%T(%q)", v, v)
		case k <= reflect.Complex128:
			return fmt.Sprintf("%T(%v)", v, v)
		}
	}
	return fmt.Sprint(v)
}
