package cpu

import "golang.org/x/sys/cpu"

// fastISAs are the instruction sets beside Go that this processor has. Those of
// AVX-512 are the product's tiles; its loops are those of AVX2 and FMA.
func fastISAs() []isa {
	var all []isa
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	if cpu.X86.HasAVX512F {
		all = append(all, isa{name: "avx512", tile: &avx512Tiling, vec: fma})
	}
	return append(all, isa{name: "avx2", tile: &avx2Tiling, vec: fma})
}
