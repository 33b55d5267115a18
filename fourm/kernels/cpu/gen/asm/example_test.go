package asm_test

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu/gen/asm"
)

// A kernel that doubles eight numbers, run by the emulator.
func Example() {
	b := asm.New("twice", "doubles 8 numbers", "x*")
	b.Op("MOVQ", b.Arg("x"), asm.SI)
	b.Op("VMOVUPS", asm.Mem{Base: asm.SI}, asm.Y(0))
	b.Op("VADDPS", asm.Y(0), asm.Y(0), asm.Y(0))
	b.Op("VMOVUPS", asm.Y(0), asm.Mem{Base: asm.SI})
	b.Op("VZEROUPPER")
	b.Op("RET")

	x := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	var mem asm.Memory
	if err := asm.Run(b, &mem, 100, mem.Add("x", x, true)); err != nil {
		panic(err)
	}
	fmt.Println(x)
	// Output: [2 4 6 8 10 12 14 16]
}
