package ixgo

// Compiled functions that make as much as they are told to: what Go would make
// of a number that is too large ends the process and all variables, so the
// commonest of them are asked before they are called. Those of other packages
// refuse their own.

import (
	"fmt"
	"go/types"
	"image"
	"reflect"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	"fourmlab/internal/human"
)

// asks gives the bytes that a call asks for, of its arguments, the receiver
// first.
var asks = map[string]func(args []any) float64{
	"strings.Repeat":                      func(a []any) float64 { return numberOf(a[1]) * length(a[0]) },
	"bytes.Repeat":                        func(a []any) float64 { return numberOf(a[1]) * length(a[0]) },
	"(*strings.Builder).Grow":             func(a []any) float64 { return numberOf(a[1]) },
	"(*bytes.Buffer).Grow":                func(a []any) float64 { return numberOf(a[1]) },
	"bufio.NewReaderSize":                 func(a []any) float64 { return numberOf(a[1]) },
	"bufio.NewWriterSize":                 func(a []any) float64 { return numberOf(a[1]) },
	"math/rand.Perm":                      func(a []any) float64 { return 8 * numberOf(a[0]) },
	"math/rand/v2.Perm":                   func(a []any) float64 { return 8 * numberOf(a[0]) },
	"(*math/big.Int).Lsh":                 func(a []any) float64 { return numberOf(a[2]) / 8 },
	"reflect.MakeSlice":                   func(a []any) float64 { return numberOf(a[2]) * elem(a[0]) },
	"reflect.MakeChan":                    func(a []any) float64 { return numberOf(a[1]) * elem(a[0]) },
	"image.NewRGBA":                       pixels(4),
	"image.NewNRGBA":                      pixels(4),
	"image.NewCMYK":                       pixels(4),
	"image.NewRGBA64":                     pixels(8),
	"image.NewNRGBA64":                    pixels(8),
	"image.NewGray":                       pixels(1),
	"image.NewGray16":                     pixels(2),
	"image.NewAlpha":                      pixels(1),
	"image.NewAlpha16":                    pixels(2),
	"image.NewPaletted":                   pixels(1),
	"image.NewYCbCr":                      pixels(1),
	"gonum.org/v1/gonum/mat.NewDense":     func(a []any) float64 { return unless(a[2], 8*numberOf(a[0])*numberOf(a[1])) },
	"gonum.org/v1/gonum/mat.NewSymDense":  func(a []any) float64 { return unless(a[1], 8*numberOf(a[0])*numberOf(a[0])) },
	"gonum.org/v1/gonum/mat.NewVecDense":  func(a []any) float64 { return unless(a[1], 8*numberOf(a[0])) },
	"gonum.org/v1/gonum/mat.NewTriDense":  func(a []any) float64 { return unless(a[2], 8*numberOf(a[0])*numberOf(a[0])) },
	"gonum.org/v1/gonum/mat.NewDiagDense": func(a []any) float64 { return unless(a[1], 8*numberOf(a[0])) },
}

// numberOf is a number of things, 0 where it is none or negative.
func numberOf(x any) float64 {
	switch v := reflect.ValueOf(x); {
	case v.CanInt():
		return max(0, float64(v.Int()))
	case v.CanUint():
		return float64(v.Uint())
	}
	return 0
}

// length is that of a string or a slice.
func length(x any) float64 {
	switch v := reflect.ValueOf(x); v.Kind() {
	case reflect.String, reflect.Slice:
		return float64(v.Len())
	}
	return 0
}

// elem is the size of an element of a type.
func elem(x any) float64 {
	if t, ok := x.(reflect.Type); ok && (t.Kind() == reflect.Slice || t.Kind() == reflect.Chan) {
		return float64(t.Elem().Size())
	}
	return 0
}

// unless gives bytes where no memory was given.
func unless(given any, bytes float64) float64 {
	if length(given) > 0 {
		return 0
	}
	return bytes
}

// pixels counts those of a rectangle.
func pixels(each float64) func([]any) float64 {
	return func(a []any) float64 {
		r, ok := a[0].(image.Rectangle)
		if !ok || r.Empty() {
			return 0
		}
		return each * (float64(r.Max.X) - float64(r.Min.X)) * (float64(r.Max.Y) - float64(r.Min.Y))
	}
}

// sized refuses a call that asks for more than fits; nil where the call is none
// of those.
func (g *Stopper) sized(f Function, x *ssa.Call, do Step) Step {
	fn, ok := x.Call.Value.(*ssa.Function)
	if !ok {
		return nil
	}
	name := fn.String()
	bytes := asks[name]
	if bytes == nil {
		return nil
	}
	from := make([]int, len(x.Call.Args))
	for i, a := range x.Call.Args {
		from[i] = f.Register(a)
	}
	return func(fr *ixgo.Frame) {
		r := Registers(fr)
		args := make([]any, len(from))
		for i, k := range from {
			args[i] = r[k]
		}
		g.m.Limits.affords(name, bytes(args))
		do(fr)
	}
}

// makeChan refuses a channel that does not fit.
func (g *Stopper) makeChan(f Function, x *ssa.MakeChan, do Step) Step {
	size, n := float64(sizeof(x.Type().Underlying().(*types.Chan).Elem())), f.Register(x.Size)
	return func(fr *ixgo.Frame) {
		if bytes := size * numberOf(Registers(fr)[n]); bytes < 1<<47 { // beyond, Go has a panic of its own
			g.m.Limits.affords("make(chan)", bytes)
		}
		do(fr)
	}
}

// affords panics where what a call asks for does not fit.
func (l *Limits) affords(call string, bytes float64) {
	limit := l.memory
	if limit <= 0 || bytes < large {
		return
	}
	if _, total := usage(); bytes > float64(limit-total) {
		need := "more than 4 EiB"
		if bytes < 1<<62 {
			need = human.Memory(int64(bytes))
		}
		panic(fmt.Errorf("out of memory: %s needs %s, and the process has %s of the %s it may take", call, need, human.Memory(total), human.Memory(limit)))
	}
}
