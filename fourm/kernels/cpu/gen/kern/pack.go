package kern

// What lays matrices out as the inner kernel reads them. All is AVX2: the
// memory is slower than that.

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu/gen/asm"
)

// mover begins a kernel that writes n rows dstStride bytes apart. n is in CX
// and not 0, src in SI, srcStride in R9, dst in DX, dstStride in R8.
func mover(name, doc string) *asm.Kernel {
	k := asm.New(name, doc, "n", "src*", "srcStride", "dst*", "dstStride", "mask*")
	k.Op("MOVQ", k.Arg("n"), asm.CX)
	k.Op("MOVQ", k.Arg("src"), asm.SI)
	k.Op("MOVQ", k.Arg("srcStride"), asm.R9)
	k.Op("MOVQ", k.Arg("dst"), asm.DX)
	k.Op("MOVQ", k.Arg("dstStride"), asm.R8)
	return k
}

// Copy describes the kernel that copies n rows of 8 numbers times eights; of
// those that a mask names, if there is one, and zeros for the rest.
func Copy(eights int) *asm.Kernel {
	k := mover(fmt.Sprintf("copy_%d", eights), fmt.Sprintf("copies rows of %d numbers.", 8*eights))
	k.Op("MOVQ", k.Arg("mask"), asm.AX)
	loop := func(name asm.Label, load func(i int)) {
		k.At(name)
		for i := range eights {
			load(i)
		}
		for i := range eights {
			k.Op("VMOVUPS", asm.Y(i), asm.Mem{Base: asm.DX, Disp: 32 * i})
		}
		k.Op("ADDQ", asm.R9, asm.SI)
		k.Op("ADDQ", asm.R8, asm.DX)
		k.Op("DECQ", asm.CX)
		k.Op("JNZ", name)
		k.Op("VZEROUPPER")
		k.Op("RET")
	}
	k.Op("TESTQ", asm.AX, asm.AX)
	k.Op("JNZ", asm.Label("masked"))
	loop("all", func(i int) { k.Op("VMOVUPS", asm.Mem{Base: asm.SI, Disp: 32 * i}, asm.Y(i)) })
	k.At("masked")
	for i := range eights {
		k.Op("VMOVUPS", asm.Mem{Base: asm.AX, Disp: 32 * i}, asm.Y(8+i))
	}
	loop("some", func(i int) { k.Op("VMASKMOVPS", asm.Mem{Base: asm.SI, Disp: 32 * i}, asm.Y(8+i), asm.Y(i)) })
	return k
}

// Spread describes the kernel that cuts n rows of strips times width numbers
// into strips, which lie apart bytes from each other and have rows of width
// numbers. Each row of a strip covers what hangs over of the one before. The
// source is asked for four rows ahead.
func Spread(width int) *asm.Kernel {
	k := asm.New(fmt.Sprintf("spread_%d", width), fmt.Sprintf("cuts rows into strips of %d numbers.", width),
		"n", "src*", "srcStride", "dst*", "strips", "apart", "mask*")
	eights := (width + 7) / 8
	k.Op("MOVQ", k.Arg("n"), asm.CX)
	k.Op("MOVQ", k.Arg("src"), asm.SI)
	k.Op("MOVQ", k.Arg("srcStride"), asm.R9)
	k.Op("MOVQ", k.Arg("dst"), asm.DX)
	k.Op("MOVQ", k.Arg("apart"), asm.R8)
	k.Op("MOVQ", k.Arg("mask"), asm.AX)
	for i := range eights {
		k.Op("VMOVUPS", asm.Mem{Base: asm.AX, Disp: 32 * i}, asm.Y(8+i))
	}
	k.At("row")
	k.Op("MOVQ", asm.SI, asm.R11)
	k.Op("MOVQ", asm.DX, asm.DI)
	k.Op("MOVQ", k.Arg("strips"), asm.BX)
	k.At("strip")
	k.Op("PREFETCHT0", asm.Mem{Base: asm.R11, Index: asm.R9, Scale: 4})
	for i := range eights {
		k.Op("VMASKMOVPS", asm.Mem{Base: asm.R11, Disp: 32 * i}, asm.Y(8+i), asm.Y(i))
	}
	for i := range eights {
		k.Op("VMOVUPS", asm.Y(i), asm.Mem{Base: asm.DI, Disp: 32 * i})
	}
	k.Op("ADDQ", asm.Imm(4*width), asm.R11)
	k.Op("ADDQ", asm.R8, asm.DI)
	k.Op("DECQ", asm.BX)
	k.Op("JNZ", asm.Label("strip"))
	k.Op("ADDQ", asm.R9, asm.SI)
	k.Op("ADDQ", asm.Imm(4*width), asm.DX)
	k.Op("DECQ", asm.CX)
	k.Op("JNZ", asm.Label("row"))
	k.Op("VZEROUPPER")
	k.Op("RET")
	return k
}
