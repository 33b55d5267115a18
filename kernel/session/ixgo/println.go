package ixgo

// The builtins print and println write to standard error; the interpreter's
// write to standard output.

import (
	"bytes"
	"go/types"
	"os"
	_ "unsafe" // for linkname

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

//go:linkname writeValue github.com/goplus/ixgo.writevalue
func writeValue(b *bytes.Buffer, v any, named bool)

//go:linkname writeInterface github.com/goplus/ixgo.writeinterface
func writeInterface(b *bytes.Buffer, v any)

// say is print, or println where ln is set.
func say(vs []ssa.Value, args []any, ln bool) {
	var b bytes.Buffer
	for i, arg := range args {
		if i > 0 && ln {
			b.WriteByte(' ')
		}
		if types.IsInterface(vs[i].Type()) {
			writeInterface(&b, arg)
		} else {
			writeValue(&b, arg, false)
		}
	}
	if ln {
		b.WriteByte('\n')
	}
	os.Stderr.Write(b.Bytes())
}

// says gives what stands for a call of print or println, or nil.
func says(f Function, x *ssa.Call) Step {
	b, ok := x.Call.Value.(*ssa.Builtin)
	if !ok || b.Name() != "print" && b.Name() != "println" {
		return nil
	}
	var from []int
	for _, a := range x.Call.Args {
		from = append(from, f.Register(a))
	}
	return func(fr *ixgo.Frame) {
		args := make([]any, len(from))
		for i, r := range from {
			args[i] = Registers(fr)[r]
		}
		say(x.Call.Args, args, b.Name() == "println")
	}
}
