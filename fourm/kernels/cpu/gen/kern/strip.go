package kern

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu/gen/asm"
)

// Strip describes the kernel that packs a strip of A that is not transposed:
// rows rows, srcStride bytes apart, of n numbers become n rows of so many, one
// behind the other. n is a multiple of 8 and not 0. Numbers move in pairs, and
// are stored 16 bytes at a time, of which none lie across a line of the cache.
// The strip behind this one is asked for meanwhile.
func Strip(rows int) *asm.Kernel {
	k := asm.New(fmt.Sprintf("strip_%d", rows), fmt.Sprintf("packs a strip of %d rows.", rows), "n", "src*", "srcStride", "dst*")
	k.Op("MOVQ", k.Arg("n"), asm.CX)
	k.Op("MOVQ", k.Arg("src"), asm.SI)
	k.Op("MOVQ", k.Arg("srcStride"), asm.R9)
	k.Op("MOVQ", k.Arg("dst"), asm.DX)
	k.Op("LEAQ", asm.Mem{Base: asm.R9, Index: asm.R9, Scale: 2}, asm.R15)
	// registers that point to rows 0, 4, 8 ... of this strip and of the next
	bases := []asm.GP{asm.SI, asm.R11, asm.R13, asm.DI, asm.BX, asm.AX}[:(2*rows+3)/4]
	for i := range bases[1:] {
		k.Op("LEAQ", asm.Mem{Base: bases[i], Index: asm.R9, Scale: 4}, bases[i+1])
	}
	row := func(r int) asm.Mem {
		m := asm.Mem{Base: bases[r/4]}
		if r%4 > 0 {
			m.Index, m.Scale = []asm.GP{asm.R9, asm.R9, asm.R15}[r%4-1], []int{1, 2, 1}[r%4-1]
		}
		return m
	}
	k.Op("SHRQ", asm.Imm(3), asm.CX)
	k.At("eight")
	pairs := rows / 2
	for p := range pairs { // columns 0, 1, 4, 5 of two rows, and 2, 3, 6, 7
		x, y := asm.Y(14), asm.Y(15)
		k.Op("PREFETCHT0", row(rows+2*p))
		k.Op("PREFETCHT0", row(rows+2*p+1))
		k.Op("VMOVUPS", row(2*p), x)
		k.Op("VMOVUPS", row(2*p+1), y)
		k.Op("VUNPCKLPS", y, x, asm.Y(2*p))
		k.Op("VUNPCKHPS", y, x, asm.Y(2*p+1))
	}
	for half := range 2 {
		// the pairs of a column and those of the next
		for i := 0; i < 2*pairs; i += 2 {
			a, b := asm.Y(2*(i%pairs)+half), asm.Y(2*((i+1)%pairs)+half)
			to := asm.Y(14 + i/2%2)
			switch {
			case i+1 < pairs:
				k.Op("VUNPCKLPD", b, a, to)
			case i >= pairs:
				k.Op("VUNPCKHPD", b, a, to)
			default:
				k.Op("VSHUFPD", asm.Imm(0xa), b, a, to)
			}
			at := 8*half*rows + 8*i
			k.Op("VMOVUPS", asm.X(to.N), asm.Mem{Base: asm.DX, Disp: at})
			k.Op("VEXTRACTF128", asm.Imm(1), to, asm.Mem{Base: asm.DX, Disp: at + 16*rows})
		}
	}
	k.Op("ADDQ", asm.Imm(32*rows), asm.DX)
	for _, b := range bases {
		k.Op("ADDQ", asm.Imm(32), b)
	}
	k.Op("DECQ", asm.CX)
	k.Op("JNZ", asm.Label("eight"))
	k.Op("VZEROUPPER")
	k.Op("RET")
	return k
}
