package kern

// The inner kernel of the matrix product.

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu/gen/asm"
)

// TilesFields are the fields of the struct that the kernels of package cpu
// take; it says what they mean.
var TilesFields = []string{"k", "count", "a", "rowStride", "colStride", "aStep", "b", "bStride", "bStep", "c", "ldc", "cStep",
	"e", "lde", "eStep", "bias", "biasStep", "mask", "packed", "fetch", "fetchStride", "fetchStep"}

// tiles is a kernel in the making: rows x two registers of sums.
type tiles struct {
	*asm.Kernel
	ISA
	rows int
}

// Tiles describes the kernel that computes count tiles of C, of rows rows and
// a panel of columns, one after the other:
//
//	C = A B + E + bias
//
// It keeps the sums of a tile in registers: two times rows, two for B's row,
// the rest for what is broadcast.
func Tiles(isa ISA, rows int) *asm.Kernel {
	t := tiles{asm.New(fmt.Sprintf("tiles%s_%d", isa.Name, rows), fmt.Sprintf("computes tiles of %d x %d.", rows, isa.Cols()), "x *tiles"), isa, rows}
	t.Op("MOVQ", t.Arg("x"), asm.BX)
	for _, v := range []string{"a", "b", "e", "bias", "fetch", "count"} {
		t.Op("MOVQ", t.field(v), asm.AX)
		t.Op("MOVQ", asm.AX, t.Var(v))
	}
	t.Op("MOVQ", t.field("rowStride"), asm.R9)
	t.Op("LEAQ", asm.Mem{Base: asm.R9, Index: asm.R9, Scale: 2}, asm.R15)
	t.Op("MOVQ", t.field("colStride"), asm.R10)
	t.Op("MOVQ", t.field("bStride"), asm.R12)
	t.Op("MOVQ", t.field("c"), asm.DX)
	t.Op("MOVQ", t.field("ldc"), asm.R8)
	t.At("tile")
	t.prefetch()
	t.multiply()
	t.Op("MOVQ", t.field("mask"), asm.AX)
	t.Op("TESTQ", asm.AX, asm.AX)
	t.Op("JNZ", asm.Label("masked"))
	t.finish(plain{})
	t.At("next")
	t.Op("ADDQ", t.field("cStep"), asm.DX)
	for _, v := range []string{"a", "b"} {
		t.Op("MOVQ", t.field(v+"Step"), asm.AX)
		t.Op("ADDQ", asm.AX, t.Var(v))
	}
	t.Op("DECQ", t.Var("count"))
	t.Op("JNZ", asm.Label("tile"))
	t.Op("VZEROUPPER")
	t.Op("RET")
	t.At("masked")
	t.finish(masked{})
	t.Op("JMP", asm.Label("next"))
	return t.Kernel
}

func (t tiles) field(name string) asm.Field {
	for i, f := range TilesFields {
		if f == name {
			return asm.Field{Base: asm.BX, Struct: "tiles", Name: name, Index: i}
		}
	}
	panic("kern: no field " + name)
}

// v is vector register n of the kernel's width.
func (s ISA) v(n int) asm.Vec { return asm.Vec{Bits: s.Bits, N: n} }

// size is that of a register in bytes.
func (s ISA) size() int { return s.Bits / 8 }

// acc is the register of the sums of row r, half h of the columns.
func (t tiles) acc(r, h int) asm.Vec { return t.v(2*r + h) }

// row is half h of B's row.
func (t tiles) row(h int) asm.Vec { return t.v(2*t.Rows + h) }

// spare are the registers behind them.
func (t tiles) spare(i int) asm.Vec { return t.v(2*t.Rows + 2 + i%(t.Regs-2*t.Rows-2)) }

// bases are the registers that point to A's rows 0, 4 and 8.
func (t tiles) bases() []asm.GP { return []asm.GP{asm.SI, asm.R11, asm.R13}[:(t.rows+3)/4] }

// aRow is A's row r at the current column.
func (t tiles) aRow(r int) asm.Mem {
	m := asm.Mem{Base: t.bases()[r/4]}
	if r%4 > 0 {
		m.Index, m.Scale = []asm.GP{asm.R9, asm.R9, asm.R15}[r%4-1], []int{1, 2, 1}[r%4-1]
	}
	return m
}

// prefetch asks for the lines of C that will be written, and for the next few
// of what the caller will read.
func (t tiles) prefetch() {
	t.Op("MOVQ", asm.DX, asm.CX)
	for r := range t.rows {
		for at := 0; at < 2*t.size(); at += 64 {
			t.Op("PREFETCHT0", asm.Mem{Base: asm.CX, Disp: at})
		}
		if r+1 < t.rows {
			t.Op("ADDQ", asm.R8, asm.CX)
		}
	}
	t.Op("MOVQ", t.Var("fetch"), asm.CX)
	t.Op("TESTQ", asm.CX, asm.CX)
	t.Op("JZ", asm.Label("begin"))
	t.Op("MOVQ", t.field("fetchStep"), asm.AX)
	t.Op("ADDQ", asm.AX, t.Var("fetch"))
	t.Op("MOVQ", t.field("fetchStride"), asm.AX)
	for range t.Fetches() {
		t.Op("PREFETCHT0", asm.Mem{Base: asm.CX})
		t.Op("ADDQ", asm.AX, asm.CX)
	}
	t.At("begin")
}

// multiply fills the accumulators.
func (t tiles) multiply() {
	t.Op("MOVQ", t.Var("a"), asm.SI)
	for i := 1; i < len(t.bases()); i++ {
		t.Op("LEAQ", asm.Mem{Base: t.bases()[i-1], Index: asm.R9, Scale: 4}, t.bases()[i])
	}
	t.Op("MOVQ", t.Var("b"), asm.DI)
	for r := range t.rows {
		for h := range 2 {
			t.Op(t.Zero, t.acc(r, h), t.acc(r, h), t.acc(r, h))
		}
	}
	t.Op("MOVQ", t.field("packed"), asm.AX)
	t.Op("TESTQ", asm.AX, asm.AX)
	t.Op("JNZ", asm.Label("packed"))
	// steps of any length
	t.sum("", func(int) {
		t.step(asm.Mem{Base: asm.DI}, t.aRow)
		t.Op("ADDQ", asm.R12, asm.DI)
		for _, base := range t.bases() {
			t.Op("ADDQ", asm.R10, base)
		}
	}, nil)
	t.Op("JMP", asm.Label("done"))
	// steps that are known: fewer instructions, which count where another
	// thread runs on the same core
	const back = 128 // so that distances fit a byte
	a, b := 4*t.Rows, 2*t.size()
	t.At("packed")
	t.Op("ADDQ", asm.Imm(back), asm.DI)
	t.sum("packed", func(i int) {
		t.step(asm.Mem{Base: asm.DI, Disp: i*b - back}, func(r int) asm.Mem { return asm.Mem{Base: asm.SI, Disp: i*a + 4*r} })
	}, func(n int) {
		t.Op("ADDQ", asm.Imm(n*a), asm.SI)
		t.Op("ADDQ", asm.Imm(n*b), asm.DI)
	})
	t.At("done")
}

// sum goes through the products of k, four at a time: do is step i of those
// that are done together, advance moves on by so many of them.
func (t tiles) sum(name string, do func(i int), advance func(n int)) {
	loop := func(label string, n int) {
		t.At(asm.Label(label + name))
		for i := range n {
			do(i)
		}
		if advance != nil {
			advance(n)
		}
		t.Op("DECQ", asm.AX)
		t.Op("JNZ", asm.Label(label+name))
	}
	t.Op("MOVQ", t.field("k"), asm.AX)
	t.Op("SHRQ", asm.Imm(2), asm.AX)
	t.Op("JZ", asm.Label("rest"+name))
	t.Op("PCALIGN", asm.Imm(32))
	loop("four", 4)
	t.At(asm.Label("rest" + name))
	t.Op("MOVQ", t.field("k"), asm.AX)
	t.Op("ANDQ", asm.Imm(3), asm.AX)
	t.Op("JZ", asm.Label("done"))
	loop("one", 1)
}

// step adds the products of one column of A, row by row, with a row of B.
func (t tiles) step(b asm.Mem, a func(r int) asm.Mem) {
	for h := range 2 {
		t.Op("VMOVUPS", asm.Mem{Base: b.Base, Disp: b.Disp + h*t.size()}, t.row(h))
	}
	for r := range t.rows {
		t.Op("VBROADCASTSS", a(r), t.spare(r))
		for h := range 2 {
			t.Op("VFMADD231PS", t.row(h), t.spare(r), t.acc(r, h))
		}
	}
}
