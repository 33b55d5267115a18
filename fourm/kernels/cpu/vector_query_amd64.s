#include "vector_amd64.h"

// Attention of one query: its products with the keys, and the sum of the
// values by their weights. Both read each key or value once, row by row.

// func pointsFMA(s, q []float32, k *float32, stride uintptr)
// s[j] = q k[j]: rows of k lie stride floats apart.
TEXT ·pointsFMA(SB), NOSPLIT, $0-64
	MOVQ s_base+0(FP), DI
	MOVQ s_len+8(FP), CX
	MOVQ k+48(FP), R8
	MOVQ stride+56(FP), R9
	SHLQ $2, R9
	LEAQ (R9)(R9*2), R13
	MOVQ q_len+32(FP), R15
	ANDQ $7, R15
	FIRST(R15, Y15)
	SUBQ $8, CX
	JLT few
eight:
	// eight keys, a sum each: their rows from R8, R10 and R11
	MOVQ R8, SI
	LEAQ (SI)(R13*1), R10
	LEAQ (R10)(R13*1), R11
	MOVQ q_base+24(FP), DX
	MOVQ q_len+32(FP), BX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	SUBQ $8, BX
	JLT rest
along:
	VMOVUPS (DX), Y8
	VFMADD231PS (SI), Y8, Y0
	VFMADD231PS (SI)(R9*1), Y8, Y1
	VFMADD231PS (SI)(R9*2), Y8, Y2
	VFMADD231PS (R10), Y8, Y3
	VFMADD231PS (R10)(R9*1), Y8, Y4
	VFMADD231PS (R10)(R9*2), Y8, Y5
	VFMADD231PS (R11), Y8, Y6
	VFMADD231PS (R11)(R9*1), Y8, Y7
	ADDQ $32, DX
	ADDQ $32, SI
	ADDQ $32, R10
	ADDQ $32, R11
	SUBQ $8, BX
	JGE along
rest:
	ADDQ $8, BX
	JEQ totals
#define REST(from, to) \
	VMASKMOVPS from, Y15, Y9; \
	VFMADD231PS Y9, Y8, to
	VMASKMOVPS (DX), Y15, Y8
	REST((SI), Y0)
	REST((SI)(R9*1), Y1)
	REST((SI)(R9*2), Y2)
	REST((R10), Y3)
	REST((R10)(R9*1), Y4)
	REST((R10)(R9*2), Y5)
	REST((R11), Y6)
	REST((R11)(R9*1), Y7)
totals:
	VHADDPS Y1, Y0, Y0
	VHADDPS Y3, Y2, Y2
	VHADDPS Y5, Y4, Y4
	VHADDPS Y7, Y6, Y6
	VHADDPS Y2, Y0, Y0
	VHADDPS Y6, Y4, Y4
	VPERM2F128 $0x20, Y4, Y0, Y1
	VPERM2F128 $0x31, Y4, Y0, Y2
	VADDPS Y2, Y1, Y1
	VMOVUPS Y1, (DI)
	ADDQ $32, DI
	LEAQ (R8)(R9*8), R8
	SUBQ $8, CX
	JGE eight
few:
	ADDQ $8, CX
	JEQ done
single:
	MOVQ R8, SI
	MOVQ q_base+24(FP), DX
	MOVQ q_len+32(FP), BX
	VXORPS Y1, Y1, Y1
	SUBQ $8, BX
	JLT restSingle
alongSingle:
	VMOVUPS (DX), Y8
	VFMADD231PS (SI), Y8, Y1
	ADDQ $32, DX
	ADDQ $32, SI
	SUBQ $8, BX
	JGE alongSingle
restSingle:
	ADDQ $8, BX
	JEQ totalSingle
	VMASKMOVPS (DX), Y15, Y8
	REST((SI), Y1)
totalSingle:
	// in the order of the eight
	VHADDPS Y1, Y1, Y1
	VHADDPS Y1, Y1, Y1
	VEXTRACTF128 $1, Y1, X2
	VADDSS X2, X1, X1
	VMOVSS X1, (DI)
	ADDQ $4, DI
	ADDQ R9, R8
	DECQ CX
	JNZ single
done:
	VZEROUPPER
	RET

// func mixFMA(o, p []float32, v *float32, stride uintptr)
// o += the sum of p[j] v[j]: rows of v lie stride floats apart.
TEXT ·mixFMA(SB), NOSPLIT, $0-64
	MOVQ o_base+0(FP), DI
	MOVQ o_len+8(FP), BX
	MOVQ v+48(FP), R8
	MOVQ stride+56(FP), R9
	SHLQ $2, R9
	MOVQ p_len+32(FP), R10
	TESTQ R10, R10
	JEQ done
wide:
	SUBQ $64, BX
	JLT narrow
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	VMOVUPS 128(DI), Y4
	VMOVUPS 160(DI), Y5
	VMOVUPS 192(DI), Y6
	VMOVUPS 224(DI), Y7
	MOVQ R8, SI
	MOVQ p_base+24(FP), DX
	MOVQ R10, CX
wideRow:
	VBROADCASTSS (DX), Y8
	VFMADD231PS (SI), Y8, Y0
	VFMADD231PS 32(SI), Y8, Y1
	VFMADD231PS 64(SI), Y8, Y2
	VFMADD231PS 96(SI), Y8, Y3
	VFMADD231PS 128(SI), Y8, Y4
	VFMADD231PS 160(SI), Y8, Y5
	VFMADD231PS 192(SI), Y8, Y6
	VFMADD231PS 224(SI), Y8, Y7
	ADDQ $4, DX
	ADDQ R9, SI
	DECQ CX
	JNZ wideRow
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	ADDQ $256, DI
	ADDQ $256, R8
	JMP wide
narrow:
	ADDQ $64, BX
eight:
	SUBQ $8, BX
	JLT rest
	VMOVUPS (DI), Y0
	MOVQ R8, SI
	MOVQ p_base+24(FP), DX
	MOVQ R10, CX
row:
	VBROADCASTSS (DX), Y8
	VFMADD231PS (SI), Y8, Y0
	ADDQ $4, DX
	ADDQ R9, SI
	DECQ CX
	JNZ row
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	ADDQ $32, R8
	JMP eight
rest:
	ADDQ $8, BX
	JEQ done
	FIRST(BX, Y15)
	VMASKMOVPS (DI), Y15, Y0
	MOVQ R8, SI
	MOVQ p_base+24(FP), DX
	MOVQ R10, CX
restRow:
	VBROADCASTSS (DX), Y8
	VMASKMOVPS (SI), Y15, Y9
	VFMADD231PS Y9, Y8, Y0
	ADDQ $4, DX
	ADDQ R9, SI
	DECQ CX
	JNZ restRow
	VMASKMOVPS Y0, Y15, (DI)
done:
	VZEROUPPER
	RET

// func bestFMA(dots, best, id []float32, first float32)
// Where a row of dots (n, 16) is larger than best (16), best takes it and id
// its number, counted from first.
TEXT ·bestFMA(SB), NOSPLIT, $0-76
	MOVQ dots_base+0(FP), DI
	MOVQ dots_len+8(FP), CX
	SHRQ $4, CX
	MOVQ best_base+24(FP), SI
	MOVQ id_base+48(FP), DX
	VBROADCASTSS first+72(FP), Y8
	VMOVUPS one<>(SB), Y9
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS (DX), Y2
	VMOVUPS 32(DX), Y3
number:
	VMOVUPS (DI), Y4
	VMOVUPS 32(DI), Y5
	VCMPPS $0x0E, Y0, Y4, Y6 // larger
	VCMPPS $0x0E, Y1, Y5, Y7
	VBLENDVPS Y6, Y4, Y0, Y0
	VBLENDVPS Y7, Y5, Y1, Y1
	VBLENDVPS Y6, Y8, Y2, Y2
	VBLENDVPS Y7, Y8, Y3, Y3
	VADDPS Y9, Y8, Y8
	ADDQ $64, DI
	DECQ CX
	JNZ number
	VMOVUPS Y0, (SI)
	VMOVUPS Y1, 32(SI)
	VMOVUPS Y2, (DX)
	VMOVUPS Y3, 32(DX)
	VZEROUPPER
	RET
