#include "vector_amd64.h"

// What a row comes to: its largest number, its mean and deviation, the sum of
// its exponentials; and a row times a number. Long sums are kept in four
// vectors, so that additions need not wait for one another.

// SUMS adds up Y4 to Y7 into X4; uses X0.
#define SUMS \
	VADDPS Y5, Y4, Y4; \
	VADDPS Y7, Y6, Y6; \
	VADDPS Y6, Y4, Y4; \
	TOTAL(Y4, X4)

// func maxFMA(x []float32) float32
TEXT ·maxFMA(SB), NOSPLIT, $0-28
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	VMOVUPS below<>(SB), Y4
	VMOVAPS Y4, Y5
	VMOVAPS Y4, Y6
	VMOVAPS Y4, Y7
	SUBQ $32, CX
	JLT few
many:
	VMAXPS (SI), Y4, Y4
	VMAXPS 32(SI), Y5, Y5
	VMAXPS 64(SI), Y6, Y6
	VMAXPS 96(SI), Y7, Y7
	ADDQ $128, SI
	SUBQ $32, CX
	JGE many
few:
	ADDQ $24, CX
	JLT rest
eight:
	VMAXPS (SI), Y4, Y4
	ADDQ $32, SI
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI), Y15, Y0
	VMOVUPS below<>(SB), Y1
	VBLENDVPS Y15, Y0, Y1, Y0
	VMAXPS Y0, Y4, Y4
done:
	VMAXPS Y5, Y4, Y4
	VMAXPS Y7, Y6, Y6
	VMAXPS Y6, Y4, Y4
	VEXTRACTF128 $1, Y4, X1
	VMAXPS X1, X4, X4
	VPERMILPS $0x4E, X4, X1
	VMAXPS X1, X4, X4
	VPERMILPS $0xB1, X4, X1
	VMAXPS X1, X4, X4
	VMOVSS X4, ret+24(FP)
	VZEROUPPER
	RET

// SQUARE adds (x - mean)² for the numbers x of Y0 and the mean in Y3.
#define SQUARE(to) \
	VSUBPS Y3, Y0, Y0; \
	VFMADD231PS Y0, Y0, to

// func momentsFMA(x []float32, eps float32) (mean, rstd float32)
// mean is that of x, rstd = 1 / sqrt(mean((x - mean)²) + eps). The row behind x
// is asked for meanwhile.
TEXT ·momentsFMA(SB), NOSPLIT, $0-40
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	VCVTSI2SSQ CX, X9, X9
	MOVQ CX, DX
	SHLQ $2, DX
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	SUBQ $32, CX
	JLT few
many:
	PREFETCHT0 (SI)(DX*1)
	PREFETCHT0 64(SI)(DX*1)
	VADDPS (SI), Y4, Y4
	VADDPS 32(SI), Y5, Y5
	VADDPS 64(SI), Y6, Y6
	VADDPS 96(SI), Y7, Y7
	ADDQ $128, SI
	SUBQ $32, CX
	JGE many
few:
	ADDQ $24, CX
	JLT rest
eight:
	VADDPS (SI), Y4, Y4
	ADDQ $32, SI
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI), Y15, Y0
	VADDPS Y0, Y5, Y5
done:
	SUMS
	VDIVSS X9, X4, X4
	VMOVSS X4, mean+32(FP)
	VBROADCASTSS X4, Y3
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	SUBQ $32, CX
	JLT few2
many2:
	VMOVUPS (SI), Y0
	SQUARE(Y4)
	VMOVUPS 32(SI), Y0
	SQUARE(Y5)
	VMOVUPS 64(SI), Y0
	SQUARE(Y6)
	VMOVUPS 96(SI), Y0
	SQUARE(Y7)
	ADDQ $128, SI
	SUBQ $32, CX
	JGE many2
few2:
	ADDQ $24, CX
	JLT rest2
eight2:
	VMOVUPS (SI), Y0
	SQUARE(Y4)
	ADDQ $32, SI
	SUBQ $8, CX
	JGE eight2
rest2:
	ADDQ $8, CX
	JEQ done2
	FIRST(CX, Y15)
	VMASKMOVPS (SI), Y15, Y0
	VSUBPS Y3, Y0, Y0
	VANDPS Y15, Y0, Y0
	VFMADD231PS Y0, Y0, Y5
done2:
	SUMS
	VDIVSS X9, X4, X4
	VADDSS eps+24(FP), X4, X4
	VSQRTSS X4, X4, X4
	VMOVSS one<>(SB), X1
	VDIVSS X4, X1, X1
	VMOVSS X1, rstd+36(FP)
	VZEROUPPER
	RET

// func expRowFMA(y, x []float32, top, scale float32) float32
// y = exp((x - top) scale), and the sum of y.
TEXT ·expRowFMA(SB), NOSPLIT, $0-60
	MOVQ y_base+0(FP), DI
	MOVQ y_len+8(FP), CX
	MOVQ x_base+24(FP), SI
	VBROADCASTSS top+48(FP), Y8
	VBROADCASTSS scale+52(FP), Y9
	VMULPS log2e<>(SB), Y9, Y9
	VXORPS Y10, Y10, Y10
	HOLD
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (SI), Y0
	VSUBPS Y8, Y0, Y0
	VMULPS Y9, Y0, Y0
	EXP2
	VADDPS Y0, Y10, Y10
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI), Y15, Y0
	RENEW
	VSUBPS Y8, Y0, Y0
	VMULPS Y9, Y0, Y0
	EXP2
	VMOVUPS 32(AX)(CX*4), Y15
	VANDPS Y15, Y0, Y0
	VADDPS Y0, Y10, Y10
	VMASKMOVPS Y0, Y15, (DI)
done:
	TOTAL(Y10, X10)
	VMOVSS X10, ret+56(FP)
	VZEROUPPER
	RET

// func scaleFMA(y, x []float32, f float32)
// y = f x
TEXT ·scaleFMA(SB), NOSPLIT, $0-52
	MOVQ y_base+0(FP), DI
	MOVQ y_len+8(FP), CX
	MOVQ x_base+24(FP), SI
	VBROADCASTSS f+48(FP), Y8
	SUBQ $8, CX
	JLT rest
eight:
	VMULPS (SI), Y8, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI), Y15, Y0
	VMULPS Y0, Y8, Y0
	VMASKMOVPS Y0, Y15, (DI)
done:
	VZEROUPPER
	RET
