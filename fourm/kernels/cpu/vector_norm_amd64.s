#include "vector_amd64.h"

// A row of layer normalisation and of its derivatives, and sums of rows.

// func normFMA(y, x, g, b []float32, mean, rstd float32)
// y = (x - mean) rstd g + b, where b may be empty.
TEXT ·normFMA(SB), NOSPLIT, $0-104
	MOVQ y_base+0(FP), DI
	MOVQ y_len+8(FP), CX
	MOVQ x_base+24(FP), SI
	MOVQ g_base+48(FP), DX
	MOVQ b_base+72(FP), R8
	MOVQ b_len+80(FP), R9
	VBROADCASTSS mean+96(FP), Y3
	VBROADCASTSS rstd+100(FP), Y4
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
	TESTQ R9, R9
	JEQ plain
eight:
	VMOVUPS (SI)(BX*1), Y0
	VSUBPS Y3, Y0, Y0
	VMULPS Y4, Y0, Y0
	VMOVUPS (R8)(BX*1), Y1
	VFMADD132PS (DX)(BX*1), Y1, Y0
	VMOVUPS Y0, (DI)(BX*1)
	ADDQ $32, BX
	SUBQ $8, CX
	JGE eight
	JMP rest
plain:
	VMOVUPS (SI)(BX*1), Y0
	VSUBPS Y3, Y0, Y0
	VMULPS Y4, Y0, Y0
	VMULPS (DX)(BX*1), Y0, Y0
	VMOVUPS Y0, (DI)(BX*1)
	ADDQ $32, BX
	SUBQ $8, CX
	JGE plain
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI)(BX*1), Y15, Y0
	VSUBPS Y3, Y0, Y0
	VMULPS Y4, Y0, Y0
	VMASKMOVPS (DX)(BX*1), Y15, Y1
	VXORPS Y2, Y2, Y2
	TESTQ R9, R9
	JEQ last
	VMASKMOVPS (R8)(BX*1), Y15, Y2
last:
	VFMADD132PS Y1, Y2, Y0
	VMASKMOVPS Y0, Y15, (DI)(BX*1)
done:
	VZEROUPPER
	RET

// MEANS adds e = dy g and e (x - mean), from dy in Y0 and g in Y1, to sums.
#define MEANS(x, se, sh) \
	VMULPS Y1, Y0, Y0; \
	VADDPS Y0, se, se; \
	VSUBPS Y3, x, x; \
	VFMADD231PS x, Y0, sh

// func normSumsFMA(dy, x, g []float32, mean float32) (se, sh float32)
// se = sum(e) and sh = sum(e (x - mean)) with e = dy g.
TEXT ·normSumsFMA(SB), NOSPLIT, $0-88
	MOVQ dy_base+0(FP), SI
	MOVQ dy_len+8(FP), CX
	MOVQ x_base+24(FP), DX
	MOVQ g_base+48(FP), R8
	VBROADCASTSS mean+72(FP), Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	XORQ BX, BX
	SUBQ $16, CX
	JLT few
many:
	VMOVUPS (SI)(BX*1), Y0
	VMOVUPS (R8)(BX*1), Y1
	VMOVUPS (DX)(BX*1), Y2
	MEANS(Y2, Y4, Y6)
	VMOVUPS 32(SI)(BX*1), Y0
	VMOVUPS 32(R8)(BX*1), Y1
	VMOVUPS 32(DX)(BX*1), Y2
	MEANS(Y2, Y5, Y7)
	ADDQ $64, BX
	SUBQ $16, CX
	JGE many
few:
	ADDQ $8, CX
	JLT rest
	VMOVUPS (SI)(BX*1), Y0
	VMOVUPS (R8)(BX*1), Y1
	VMOVUPS (DX)(BX*1), Y2
	MEANS(Y2, Y4, Y6)
	ADDQ $32, BX
	SUBQ $8, CX
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI)(BX*1), Y15, Y0
	VMASKMOVPS (R8)(BX*1), Y15, Y1
	VMASKMOVPS (DX)(BX*1), Y15, Y2
	MEANS(Y2, Y5, Y7)
done:
	VADDPS Y5, Y4, Y4
	VADDPS Y7, Y6, Y6
	TOTAL(Y4, X4)
	TOTAL(Y6, X6)
	VMOVSS X4, se+80(FP)
	VMOVSS X6, sh+84(FP)
	VZEROUPPER
	RET

// CHANGE computes rstd (dy g - se - (x - mean) sh) into Y0, from dy in Y0, g in
// Y1 and x in Y2.
#define CHANGE \
	VFMSUB213PS Y5, Y1, Y0; \
	VSUBPS Y3, Y2, Y2; \
	VFNMADD231PS Y6, Y2, Y0; \
	VMULPS Y4, Y0, Y0

// func normBackFMA(dx, dy, x, g []float32, mean, rstd, se, sh float32)
// dx = rstd (dy g - se - (x - mean) sh)
TEXT ·normBackFMA(SB), NOSPLIT, $0-112
	MOVQ dx_base+0(FP), DI
	MOVQ dx_len+8(FP), CX
	MOVQ dy_base+24(FP), SI
	MOVQ x_base+48(FP), DX
	MOVQ g_base+72(FP), R8
	VBROADCASTSS mean+96(FP), Y3
	VBROADCASTSS rstd+100(FP), Y4
	VBROADCASTSS se+104(FP), Y5
	VBROADCASTSS sh+108(FP), Y6
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (SI)(BX*1), Y0
	VMOVUPS (R8)(BX*1), Y1
	VMOVUPS (DX)(BX*1), Y2
	CHANGE
	VMOVUPS Y0, (DI)(BX*1)
	ADDQ $32, BX
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI)(BX*1), Y15, Y0
	VMASKMOVPS (R8)(BX*1), Y15, Y1
	VMASKMOVPS (DX)(BX*1), Y15, Y2
	CHANGE
	VMASKMOVPS Y0, Y15, (DI)(BX*1)
done:
	VZEROUPPER
	RET

// func normParamFMA(dg, db, dy, x []float32, mean, rstd float32)
// dg += dy (x - mean) rstd and, where db is not empty, db += dy.
TEXT ·normParamFMA(SB), NOSPLIT, $0-104
	MOVQ dg_base+0(FP), DI
	MOVQ dg_len+8(FP), CX
	MOVQ db_base+24(FP), R8
	MOVQ db_len+32(FP), R9
	MOVQ dy_base+48(FP), SI
	MOVQ x_base+72(FP), DX
	VBROADCASTSS mean+96(FP), Y3
	VBROADCASTSS rstd+100(FP), Y4
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (DX)(BX*1), Y0
	VSUBPS Y3, Y0, Y0
	VMULPS Y4, Y0, Y0
	VMOVUPS (SI)(BX*1), Y1
	VFMADD213PS (DI)(BX*1), Y1, Y0
	VMOVUPS Y0, (DI)(BX*1)
	TESTQ R9, R9
	JEQ next
	VADDPS (R8)(BX*1), Y1, Y1
	VMOVUPS Y1, (R8)(BX*1)
next:
	ADDQ $32, BX
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (DX)(BX*1), Y15, Y0
	VSUBPS Y3, Y0, Y0
	VMULPS Y4, Y0, Y0
	VMASKMOVPS (SI)(BX*1), Y15, Y1
	VMASKMOVPS (DI)(BX*1), Y15, Y2
	VFMADD213PS Y2, Y1, Y0
	VMASKMOVPS Y0, Y15, (DI)(BX*1)
	TESTQ R9, R9
	JEQ done
	VMASKMOVPS (R8)(BX*1), Y15, Y2
	VADDPS Y2, Y1, Y1
	VMASKMOVPS Y1, Y15, (R8)(BX*1)
done:
	VZEROUPPER
	RET

// func addFourFMA(s, y []float32, stride uintptr)
// s += (y[0] + y[1]) + (y[2] + y[3]), rows of y that lie stride floats apart.
TEXT ·addFourFMA(SB), NOSPLIT, $0-56
	MOVQ s_base+0(FP), DI
	MOVQ s_len+8(FP), CX
	MOVQ y_base+24(FP), SI
	MOVQ stride+48(FP), DX
	SHLQ $2, DX
	LEAQ (SI)(DX*1), R8
	LEAQ (R8)(DX*1), R9
	LEAQ (R9)(DX*1), R10
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (SI)(BX*1), Y0
	VADDPS (R8)(BX*1), Y0, Y0
	VMOVUPS (R9)(BX*1), Y1
	VADDPS (R10)(BX*1), Y1, Y1
	VADDPS Y1, Y0, Y0
	VADDPS (DI)(BX*1), Y0, Y0
	VMOVUPS Y0, (DI)(BX*1)
	ADDQ $32, BX
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI)(BX*1), Y15, Y0
	VMASKMOVPS (R8)(BX*1), Y15, Y1
	VADDPS Y1, Y0, Y0
	VMASKMOVPS (R9)(BX*1), Y15, Y1
	VMASKMOVPS (R10)(BX*1), Y15, Y2
	VADDPS Y2, Y1, Y1
	VADDPS Y1, Y0, Y0
	VMASKMOVPS (DI)(BX*1), Y15, Y1
	VADDPS Y1, Y0, Y0
	VMASKMOVPS Y0, Y15, (DI)(BX*1)
done:
	VZEROUPPER
	RET
