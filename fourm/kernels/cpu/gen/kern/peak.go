package kern

import "fourmlab/fourm/kernels/cpu/gen/asm"

// PeakSums is how many registers Peak adds to in each round.
const PeakSums = 48

// Peak describes the loop that multiplies and adds in registers alone, n
// rounds of PeakSums instructions: no product can be faster.
func Peak(isa ISA) *asm.Kernel {
	k := asm.New("peak"+isa.Name, "multiplies and adds in registers.", "n")
	k.Op("MOVQ", k.Arg("n"), asm.CX)
	sums := 2 * isa.Rows
	for i := range isa.Regs {
		k.Op(isa.Zero, isa.v(i), isa.v(i), isa.v(i))
	}
	k.Op("PCALIGN", asm.Imm(32))
	k.At("round")
	for i := range PeakSums {
		k.Op("VFMADD231PS", isa.v(sums), isa.v(sums+1), isa.v(i%sums))
	}
	k.Op("DECQ", asm.CX)
	k.Op("JNZ", asm.Label("round"))
	k.Op("VZEROUPPER")
	k.Op("RET")
	return k
}
