package kern

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu/gen/asm"
)

// Transpose describes the kernel that turns rows of n numbers each, srcStride
// bytes apart, into n rows of 8: numbers beyond rows are zeros. Where rows of
// the result are less than 32 bytes apart, each covers what hangs over of the
// one before. mask holds as many ones as n mod 8 says.
func Transpose(rows int) *asm.Kernel {
	k := mover(fmt.Sprintf("transpose_%d", rows), fmt.Sprintf("turns %d rows into columns.", rows))
	// row is row r of the source at the current column
	row := func(r, disp int) asm.Mem {
		m := asm.Mem{Base: []asm.GP{asm.SI, asm.R11}[r/4], Disp: disp}
		if r%4 > 0 {
			m.Index, m.Scale = []asm.GP{asm.R9, asm.R9, asm.R15}[r%4-1], []int{1, 2, 1}[r%4-1]
		}
		return m
	}
	store := func(i int) {
		k.Op("VMOVUPS", asm.Y(i), asm.Mem{Base: asm.DX})
		k.Op("ADDQ", asm.R8, asm.DX)
	}
	k.Op("LEAQ", asm.Mem{Base: asm.R9, Index: asm.R9, Scale: 2}, asm.R15)
	k.Op("LEAQ", asm.Mem{Base: asm.SI, Index: asm.R9, Scale: 4}, asm.R11)
	k.Op("MOVQ", asm.CX, asm.AX)
	k.Op("SHRQ", asm.Imm(3), asm.AX)
	k.Op("JZ", asm.Label("rest"))
	k.At("eight")
	for j := range 4 {
		for h := range 2 {
			to := asm.Y(4*h + j)
			if j >= rows {
				k.Op("VXORPS", to, to, to)
				continue
			}
			k.Op("VMOVUPS", row(j, 16*h), asm.X(to.N))
			if j+4 < rows {
				k.Op("VINSERTF128", asm.Imm(1), row(j+4, 16*h), to, to)
			}
		}
	}
	shuffle(k)
	for i := range 8 {
		store(i)
	}
	k.Op("ADDQ", asm.Imm(32), asm.SI)
	k.Op("ADDQ", asm.Imm(32), asm.R11)
	k.Op("DECQ", asm.AX)
	k.Op("JNZ", asm.Label("eight"))
	// the last n mod 8
	k.At("rest")
	k.Op("ANDQ", asm.Imm(7), asm.CX)
	k.Op("JZ", asm.Label("end"))
	k.Op("MOVQ", k.Arg("mask"), asm.AX)
	k.Op("VMOVUPS", asm.Mem{Base: asm.AX}, asm.Y(15))
	for j := range 4 {
		for h := range 2 {
			to := asm.Y(8 + h)
			if j+4*h < rows {
				k.Op("VMASKMOVPS", row(j+4*h, 0), asm.Y(15), to)
			} else {
				k.Op("VXORPS", to, to, to)
			}
		}
		k.Op("VPERM2F128", asm.Imm(0x20), asm.Y(9), asm.Y(8), asm.Y(j))
		k.Op("VPERM2F128", asm.Imm(0x31), asm.Y(9), asm.Y(8), asm.Y(4+j))
	}
	shuffle(k)
	for i := range 7 {
		store(i)
		if i < 6 {
			k.Op("DECQ", asm.CX)
			k.Op("JZ", asm.Label("end"))
		}
	}
	k.At("end")
	k.Op("VZEROUPPER")
	k.Op("RET")
	return k
}

// shuffle transposes in registers 0 to 7. Before, register j holds the first
// four numbers of rows j and j+4, register 4+j the last four; after, register
// i holds column i.
func shuffle(k *asm.Kernel) {
	for h := 0; h < 8; h += 4 {
		in, t := func(i int) asm.Vec { return asm.Y(h + i) }, func(i int) asm.Vec { return asm.Y(8 + h + i) }
		k.Op("VUNPCKLPS", in(1), in(0), t(0))
		k.Op("VUNPCKHPS", in(1), in(0), t(1))
		k.Op("VUNPCKLPS", in(3), in(2), t(2))
		k.Op("VUNPCKHPS", in(3), in(2), t(3))
		k.Op("VSHUFPS", asm.Imm(0x44), t(2), t(0), in(0))
		k.Op("VSHUFPS", asm.Imm(0xee), t(2), t(0), in(1))
		k.Op("VSHUFPS", asm.Imm(0x44), t(3), t(1), in(2))
		k.Op("VSHUFPS", asm.Imm(0xee), t(3), t(1), in(3))
	}
}
