// Package asm describes vector kernels as lists of instructions, which are
// printed for Go's assembler and can be run by an emulator.
//
// The list is the one description of a kernel. What the processor runs is its
// printed form; what the emulator runs is the list itself, on a memory whose
// bounds it checks. A kernel for a processor that is not at hand is so tested
// like any other, and kernels for the one at hand test the emulator.
//
// Operands stand in the order of Go's assembler: what is written comes last.
//
//	b := asm.New("twice", "doubles 8 numbers", "x*")
//	b.Op("MOVQ", b.Arg("x"), asm.SI)
//	b.Op("VMOVUPS", asm.Mem{Base: asm.SI}, asm.Y(0))
//	b.Op("VADDPS", asm.Y(0), asm.Y(0), asm.Y(0))
//	b.Op("VMOVUPS", asm.Y(0), asm.Mem{Base: asm.SI})
//	b.Op("VZEROUPPER")
//	b.Op("RET")
package asm

import (
	"fmt"
	"strings"
)

// Arg is an operand: GP, Vec, Mask, Imm, Mem, Field, Slot, Local or Label.
type Arg interface{ String() string }

// GP is a general register.
type GP int

// The general registers that kernels use. The stack and the frame pointer are
// not among them.
const (
	none GP = iota
	AX
	BX
	CX
	DX
	SI
	DI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
	registers
)

func (r GP) String() string {
	return [...]string{"", "AX", "BX", "CX", "DX", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"}[r]
}

// Vec is a vector register of 128, 256 or 512 bits.
type Vec struct{ Bits, N int }

// X, Y and Z are the vector registers by their names.
func X(n int) Vec { return Vec{128, n} }
func Y(n int) Vec { return Vec{256, n} }
func Z(n int) Vec { return Vec{512, n} }

func (v Vec) lanes() int { return v.Bits / 32 }
func (v Vec) String() string {
	return fmt.Sprintf("%s%d", map[int]string{128: "X", 256: "Y", 512: "Z"}[v.Bits], v.N)
}

// Mask is one of AVX-512's mask registers.
type Mask int

func (k Mask) String() string { return fmt.Sprintf("K%d", int(k)) }

// Imm is a number in an instruction.
type Imm int

func (i Imm) String() string { return fmt.Sprintf("$%d", int(i)) }

// Mem is the memory at Base + Index Scale + Disp; Scale 0 means no index.
type Mem struct {
	Base, Index GP
	Scale, Disp int
}

func (m Mem) String() string {
	var s strings.Builder
	if m.Disp != 0 {
		fmt.Fprint(&s, m.Disp)
	}
	fmt.Fprintf(&s, "(%v)", m.Base)
	if m.Scale != 0 {
		fmt.Fprintf(&s, "(%v*%d)", m.Index, m.Scale)
	}
	return s.String()
}

// Field is a field of the Go struct that Base points to. All fields are 8
// bytes; Index is the place of this one.
type Field struct {
	Base         GP
	Struct, Name string
	Index        int
}

func (f Field) String() string { return fmt.Sprintf("%s_%s(%v)", f.Struct, f.Name, f.Base) }

// Slot is an argument of the kernel, in its caller's frame.
type Slot struct {
	Name string
	Off  int
}

func (s Slot) String() string { return fmt.Sprintf("%s+%d(FP)", s.Name, s.Off) }

// Local is a variable of 8 bytes in the kernel's own frame.
type Local struct {
	Name  string
	Index int
}

func (l Local) String() string { return fmt.Sprintf("%s-%d(SP)", l.Name, 8*(l.Index+1)) }

// Label is the target of a jump.
type Label string

func (l Label) String() string { return string(l) }

// Inst is one instruction, or a label that stands before the next one.
type Inst struct {
	Op    string
	Args  []Arg
	Label Label
}

// Kernel is a function of arguments of 8 bytes each.
type Kernel struct {
	Name   string
	Doc    string // a line for the declaration
	Params []string
	Locals []string
	Code   []Inst
}

// New begins a kernel. A parameter is a uintptr, an unsafe.Pointer where its
// name ends in *, or of the type behind its name: "n", "dst*", "x *tiles".
func New(name, doc string, params ...string) *Kernel {
	return &Kernel{Name: name, Doc: doc, Params: params}
}

// Op appends an instruction.
func (k *Kernel) Op(op string, args ...Arg) { k.Code = append(k.Code, Inst{Op: op, Args: args}) }

// Var is a local variable, new or by its name.
func (k *Kernel) Var(name string) Local {
	for i, l := range k.Locals {
		if l == name {
			return Local{name, i}
		}
	}
	k.Locals = append(k.Locals, name)
	return Local{name, len(k.Locals) - 1}
}

// At places a label.
func (k *Kernel) At(l Label) { k.Code = append(k.Code, Inst{Label: l}) }

// Arg is the slot of a parameter.
func (k *Kernel) Arg(name string) Slot {
	for i, p := range k.Params {
		if n, _ := split(p); n == name {
			return Slot{name, 8 * i}
		}
	}
	panic("asm: " + k.Name + " has no parameter " + name)
}
