#include "vector_amd64.h"

// Passes over whole tables of parameters: AdamW, the squares of gradients,
// zeros.

// ADAMW moves the parameters in Y0 against the gradients in Y1; Y2 and Y3 are
// the running means of these and of their squares. Y7 to Y13 hold scale,
// 1 - beta1, 1 - beta2, c1, c2, eps and keep.
#define ADAMW \
	VMULPS Y7, Y1, Y1; \            // g scale
	VSUBPS Y2, Y1, Y4; \
	VFMADD231PS Y8, Y4, Y2; \       // m += (1 - beta1) (g - m)
	VFMSUB213PS Y3, Y1, Y1; \
	VFMADD231PS Y9, Y1, Y3; \       // v += (1 - beta2) (g² - v)
	VSQRTPS Y3, Y4; \
	VFMADD213PS Y12, Y11, Y4; \     // sqrt(v) c2 + eps
	VMULPS Y10, Y2, Y5; \
	VDIVPS Y4, Y5, Y5; \
	VFMSUB213PS Y5, Y13, Y0         // p = p keep - c1 m / (...)

// func adamwFMA(p, g, m, v []float32, scale, w1, w2, c1, c2, eps, keep float32)
TEXT ·adamwFMA(SB), NOSPLIT, $0-124
	MOVQ p_base+0(FP), DI
	MOVQ p_len+8(FP), CX
	MOVQ g_base+24(FP), SI
	MOVQ m_base+48(FP), DX
	MOVQ v_base+72(FP), R8
	VBROADCASTSS scale+96(FP), Y7
	VBROADCASTSS w1+100(FP), Y8
	VBROADCASTSS w2+104(FP), Y9
	VBROADCASTSS c1+108(FP), Y10
	VBROADCASTSS c2+112(FP), Y11
	VBROADCASTSS eps+116(FP), Y12
	VBROADCASTSS keep+120(FP), Y13
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (DI)(BX*1), Y0
	VMOVUPS (SI)(BX*1), Y1
	VMOVUPS (DX)(BX*1), Y2
	VMOVUPS (R8)(BX*1), Y3
	ADAMW
	VMOVUPS Y0, (DI)(BX*1)
	VMOVUPS Y2, (DX)(BX*1)
	VMOVUPS Y3, (R8)(BX*1)
	ADDQ $32, BX
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (DI)(BX*1), Y15, Y0
	VMASKMOVPS (SI)(BX*1), Y15, Y1
	VMASKMOVPS (DX)(BX*1), Y15, Y2
	VMASKMOVPS (R8)(BX*1), Y15, Y3
	ADAMW
	VMASKMOVPS Y0, Y15, (DI)(BX*1)
	VMASKMOVPS Y2, Y15, (DX)(BX*1)
	VMASKMOVPS Y3, Y15, (R8)(BX*1)
done:
	VZEROUPPER
	RET

// PAIR adds the squares of the eight numbers at `at` to a sum in double
// precision; uses two registers.
#define PAIR(at, u, v, to) \
	VCVTPS2PD 0 at, u; \
	VCVTPS2PD 16 at, v; \
	VFMADD231PD u, u, to; \
	VFMADD231PD v, v, to

// func squaresFMA(x []float32) float64
// The sum of x² in double precision. The quarters of a long x are read side by
// side, for memory gives several streams faster than one.
TEXT ·squaresFMA(SB), NOSPLIT, $0-32
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	VXORPD Y4, Y4, Y4
	VXORPD Y5, Y5, Y5
	VXORPD Y6, Y6, Y6
	VXORPD Y7, Y7, Y7
	MOVQ CX, R8
	SHRQ $5, R8
	JEQ few
	MOVQ R8, R9
	SHLQ $5, R9 // a quarter in bytes
	LEAQ (R9)(R9*2), R10
four:
	PAIR((SI), Y0, Y1, Y4)
	PAIR((SI)(R9*1), Y2, Y3, Y5)
	PAIR((SI)(R9*2), Y8, Y9, Y6)
	PAIR((SI)(R10*1), Y10, Y11, Y7)
	ADDQ $32, SI
	DECQ R8
	JNZ four
	ADDQ R10, SI
	ANDQ $31, CX
few:
	SUBQ $8, CX
	JLT rest
eight:
	PAIR((SI), Y0, Y1, Y4)
	ADDQ $32, SI
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI), Y15, Y2
	VCVTPS2PD X2, Y0
	VEXTRACTF128 $1, Y2, X2
	VCVTPS2PD X2, Y1
	VFMADD231PD Y0, Y0, Y6
	VFMADD231PD Y1, Y1, Y7
done:
	VADDPD Y5, Y4, Y4
	VADDPD Y7, Y6, Y6
	VADDPD Y6, Y4, Y4
	VEXTRACTF128 $1, Y4, X0
	VADDPD X0, X4, X4
	VHADDPD X4, X4, X4
	VMOVSD X4, ret+24(FP)
	VZEROUPPER
	RET

// func zeroFMA(x []float32)
// Zeros past the cache; x lies at a multiple of 32 bytes and is a multiple of
// 32 numbers long.
TEXT ·zeroFMA(SB), NOSPLIT, $0-24
	MOVQ x_base+0(FP), DI
	MOVQ x_len+8(FP), CX
	VXORPS Y0, Y0, Y0
	SHRQ $5, CX
	JEQ done
many:
	VMOVNTPS Y0, (DI)
	VMOVNTPS Y0, 32(DI)
	VMOVNTPS Y0, 64(DI)
	VMOVNTPS Y0, 96(DI)
	ADDQ $128, DI
	DECQ CX
	JNZ many
	SFENCE
done:
	VZEROUPPER
	RET
