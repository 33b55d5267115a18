package ixgo

// The functions of a program as the interpreter has made them: a step for each
// instruction, and a register for each value.

import (
	"go/types"
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// Step is what the interpreter does for one instruction.
type Step = func(*ixgo.Frame)

// Function is the interpreter's form of one function. Steps can be replaced as
// long as the program has not run.
type Function struct {
	Blocks []int // where each block's steps begin
	Steps  []Step
	Instrs []ssa.Instruction // one for each step

	p     unsafe.Pointer
	index map[ssa.Value]uint32
}

// Functions are those of a program.
type Functions = map[*ssa.Function]Function

// functionsOf lists the functions of a program.
func functionsOf(in *ixgo.Interp) Functions {
	out := Functions{}
	iter := reflect.ValueOf(in).Elem().FieldByName("funcs").MapRange()
	for iter.Next() {
		f := iter.Value().UnsafePointer()
		out[(*ssa.Function)(iter.Key().UnsafePointer())] = Function{
			*fieldAt[[]int](f, fields.blocks), *fieldAt[[]Step](f, fields.steps), *fieldAt[[]ssa.Instruction](f, fields.instrs), f, *fieldAt[map[ssa.Value]uint32](f, fields.index),
		}
	}
	return out
}

// Register is where a frame of the function keeps a value.
func (f Function) Register(v ssa.Value) int { return int(f.index[v] & 0xffffff) }

// Has is the same, and tells whether it keeps it at all.
func (f Function) Has(v ssa.Value) (register int, ok bool) {
	i, ok := f.index[v]
	return int(i & 0xffffff), ok
}

// Template is what the registers of a new frame hold: constants, addresses of
// variables of packages, and nil. It may be made longer.
func (f Function) Template() *[]any { return fieldAt[[]any](f.p, fields.template) }

// Methods are functions by the types of their receivers and their names.
type Methods = map[reflect.Type]map[string]*ssa.Function

// MethodsOf are those of a program; it can be told of more.
func MethodsOf(in *ixgo.Interp) Methods { return *fieldAt[Methods](unsafe.Pointer(in), methodTable) }

// Types are a program's types as they are made for it to run.
type Types = map[types.Type]reflect.Type

// TypesOf are those of a program.
func TypesOf(in *ixgo.Interp) Types { return *fieldAt[Types](unsafe.Pointer(in), fields.preloaded) }

// sizeof is how much memory a value of the type takes, 0 where the type has
// parameters.
func sizeof(t types.Type) (n int64) {
	defer func() { recover() }()
	return types.SizesFor("gc", "amd64").Sizeof(t)
}
