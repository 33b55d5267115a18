#include "vector_amd64.h"

// Attention's softmax over a tile of scores: a row holds one key's scores with
// 32 queries, so that a query is a lane. Rows are 128 bytes; eight lanes at a
// time are followed down the rows, and groups says how many eights there are.

// func hideFMA(s []float32, groups int, first float32, bounds []float32)
// s = -Inf where the query of the lane does not see the key, of which the first
// row has the number first. bounds (4, 32) holds by lane two half-open ranges,
// the keys that it sees and those among them that it does not.
TEXT ·hideFMA(SB), NOSPLIT, $0-64
	MOVQ s_base+0(FP), DI
	MOVQ groups+24(FP), R8
	MOVQ bounds_base+40(FP), SI
	VMOVUPS below<>(SB), Y6
	VMOVUPS one<>(SB), Y7
group:
	MOVQ s_len+8(FP), CX
	SHRQ $5, CX
	MOVQ DI, DX
	VBROADCASTSS first+32(FP), Y0
	VMOVUPS (SI), Y1
	VMOVUPS 128(SI), Y2
	VMOVUPS 256(SI), Y3
	VMOVUPS 384(SI), Y4
row:
	VCMPPS $0x0D, Y1, Y0, Y8   // key >= lo
	VCMPPS $0x01, Y2, Y0, Y9   // key < hi
	VANDPS Y9, Y8, Y8
	VCMPPS $0x0D, Y3, Y0, Y9
	VCMPPS $0x01, Y4, Y0, Y10
	VANDPS Y10, Y9, Y9
	VANDNPS Y8, Y9, Y8         // and not in the hole
	VMOVUPS (DX), Y5
	VBLENDVPS Y8, Y5, Y6, Y5
	VMOVUPS Y5, (DX)
	VADDPS Y7, Y0, Y0
	ADDQ $128, DX
	DECQ CX
	JNZ row
	ADDQ $32, DI
	ADDQ $32, SI
	DECQ R8
	JNZ group
	VZEROUPPER
	RET

// func topsFMA(s []float32, groups int, top []float32)
// top = the largest of itself and the rows of s.
TEXT ·topsFMA(SB), NOSPLIT, $0-56
	MOVQ s_base+0(FP), DI
	MOVQ groups+24(FP), R8
	MOVQ top_base+32(FP), SI
group:
	MOVQ s_len+8(FP), CX
	SHRQ $5, CX
	MOVQ DI, DX
	VMOVUPS (SI), Y0
row:
	VMAXPS (DX), Y0, Y0
	ADDQ $128, DX
	DECQ CX
	JNZ row
	VMOVUPS Y0, (SI)
	ADDQ $32, DI
	ADDQ $32, SI
	DECQ R8
	JNZ group
	VZEROUPPER
	RET

// func expsFMA(s []float32, groups int, top, scale, sum []float32)
// s = exp((s - top) scale), and sum += the rows of s.
TEXT ·expsFMA(SB), NOSPLIT, $0-104
	MOVQ s_base+0(FP), DI
	MOVQ groups+24(FP), R8
	MOVQ top_base+32(FP), SI
	MOVQ scale_base+56(FP), R9
	MOVQ sum_base+80(FP), R10
	HOLD
group:
	MOVQ s_len+8(FP), CX
	SHRQ $5, CX
	MOVQ DI, DX
	VMOVUPS (SI), Y8
	VMOVUPS (R9), Y9
	VMULPS log2e<>(SB), Y9, Y9
	VMOVUPS (R10), Y10
row:
	VMOVUPS (DX), Y0
	VSUBPS Y8, Y0, Y0
	VMULPS Y9, Y0, Y0
	EXP2
	VMOVUPS Y0, (DX)
	VADDPS Y0, Y10, Y10
	ADDQ $128, DX
	DECQ CX
	JNZ row
	VMOVUPS Y10, (R10)
	ADDQ $32, DI
	ADDQ $32, SI
	ADDQ $32, R9
	ADDQ $32, R10
	DECQ R8
	JNZ group
	VZEROUPPER
	RET

// func dotsFMA(e, de []float32, groups int, dot []float32)
// dot += the rows of e de.
TEXT ·dotsFMA(SB), NOSPLIT, $0-80
	MOVQ e_base+0(FP), DI
	MOVQ de_base+24(FP), SI
	MOVQ groups+48(FP), R8
	MOVQ dot_base+56(FP), R9
group:
	MOVQ e_len+8(FP), CX
	SHRQ $5, CX
	XORQ DX, DX
	VMOVUPS (R9), Y0
row:
	VMOVUPS (DI)(DX*1), Y1
	VFMADD231PS (SI)(DX*1), Y1, Y0
	ADDQ $128, DX
	DECQ CX
	JNZ row
	VMOVUPS Y0, (R9)
	ADDQ $32, DI
	ADDQ $32, SI
	ADDQ $32, R9
	DECQ R8
	JNZ group
	VZEROUPPER
	RET

// func slopesFMA(e, de []float32, groups int, inv, dot, scale []float32)
// e = e inv, the weights, and de = e (de - dot) scale with these.
TEXT ·slopesFMA(SB), NOSPLIT, $0-128
	MOVQ e_base+0(FP), DI
	MOVQ de_base+24(FP), SI
	MOVQ groups+48(FP), R8
	MOVQ inv_base+56(FP), R9
	MOVQ dot_base+80(FP), R10
	MOVQ scale_base+104(FP), R11
group:
	MOVQ e_len+8(FP), CX
	SHRQ $5, CX
	XORQ DX, DX
	VMOVUPS (R9), Y3
	VMOVUPS (R10), Y4
	VMOVUPS (R11), Y5
row:
	VMULPS (DI)(DX*1), Y3, Y0
	VMOVUPS Y0, (DI)(DX*1)
	VMOVUPS (SI)(DX*1), Y1
	VSUBPS Y4, Y1, Y1
	VMULPS Y0, Y1, Y1
	VMULPS Y5, Y1, Y1
	VMOVUPS Y1, (SI)(DX*1)
	ADDQ $128, DX
	DECQ CX
	JNZ row
	ADDQ $32, DI
	ADDQ $32, SI
	ADDQ $32, R9
	ADDQ $32, R10
	ADDQ $32, R11
	DECQ R8
	JNZ group
	VZEROUPPER
	RET

// func transposeFMA(t, x *float32, stride uintptr, rows, columns int)
// t[c][r] = x[r][c] for eights of rows and columns: x has rows stride floats
// apart, t rows of 32.
TEXT ·transposeFMA(SB), NOSPLIT, $0-40
	MOVQ t+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ stride+16(FP), R9
	SHLQ $2, R9
	MOVQ rows+24(FP), R8
down:
	MOVQ DI, DX
	MOVQ SI, R10
	MOVQ columns+32(FP), CX
across:
	// halves of rows r and r + 4 side by side
	LEAQ (R10)(R9*4), R11
	LEAQ (R9)(R9*2), R12
	VMOVUPS (R10), X0
	VINSERTF128 $1, (R11), Y0, Y0
	VMOVUPS (R10)(R9*1), X1
	VINSERTF128 $1, (R11)(R9*1), Y1, Y1
	VMOVUPS (R10)(R9*2), X2
	VINSERTF128 $1, (R11)(R9*2), Y2, Y2
	VMOVUPS (R10)(R12*1), X3
	VINSERTF128 $1, (R11)(R12*1), Y3, Y3
	VMOVUPS 16(R10), X4
	VINSERTF128 $1, 16(R11), Y4, Y4
	VMOVUPS 16(R10)(R9*1), X5
	VINSERTF128 $1, 16(R11)(R9*1), Y5, Y5
	VMOVUPS 16(R10)(R9*2), X6
	VINSERTF128 $1, 16(R11)(R9*2), Y6, Y6
	VMOVUPS 16(R10)(R12*1), X7
	VINSERTF128 $1, 16(R11)(R12*1), Y7, Y7
	// pairs of columns, then columns
	VUNPCKLPS Y1, Y0, Y8
	VUNPCKHPS Y1, Y0, Y9
	VUNPCKLPS Y3, Y2, Y10
	VUNPCKHPS Y3, Y2, Y11
	VUNPCKLPD Y10, Y8, Y0
	VUNPCKHPD Y10, Y8, Y1
	VUNPCKLPD Y11, Y9, Y2
	VUNPCKHPD Y11, Y9, Y3
	VUNPCKLPS Y5, Y4, Y8
	VUNPCKHPS Y5, Y4, Y9
	VUNPCKLPS Y7, Y6, Y10
	VUNPCKHPS Y7, Y6, Y11
	VUNPCKLPD Y10, Y8, Y4
	VUNPCKHPD Y10, Y8, Y5
	VUNPCKLPD Y11, Y9, Y6
	VUNPCKHPD Y11, Y9, Y7
	VMOVUPS Y0, (DX)
	VMOVUPS Y1, 128(DX)
	VMOVUPS Y2, 256(DX)
	VMOVUPS Y3, 384(DX)
	VMOVUPS Y4, 512(DX)
	VMOVUPS Y5, 640(DX)
	VMOVUPS Y6, 768(DX)
	VMOVUPS Y7, 896(DX)
	ADDQ $1024, DX
	ADDQ $32, R10
	DECQ CX
	JNZ across
	ADDQ $32, DI
	LEAQ (SI)(R9*8), SI
	DECQ R8
	JNZ down
	VZEROUPPER
	RET

// func copyRowsFMA(t []float32, x *float32, stride uintptr, columns int)
// Rows of x, which lie stride floats apart, one behind the other in t.
TEXT ·copyRowsFMA(SB), NOSPLIT, $0-48
	MOVQ t_base+0(FP), DI
	MOVQ t_len+8(FP), BX
	MOVQ x+24(FP), R8
	MOVQ stride+32(FP), R9
	MOVQ columns+40(FP), R10
	LEAQ (DI)(BX*4), BX
	SHLQ $2, R9
	MOVQ R10, R11
	ANDQ $7, R11
	MOVQ R11, DX
	FIRST(DX, Y15)
	SHRQ $3, R10
row:
	CMPQ DI, BX
	JCC done
	MOVQ R8, SI
	ADDQ R9, R8
	MOVQ R10, CX
	TESTQ CX, CX
	JEQ rest
eight:
	VMOVUPS (SI), Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ eight
rest:
	TESTQ R11, R11
	JEQ row
	VMASKMOVPS (SI), Y15, Y0
	VMASKMOVPS Y0, Y15, (DI)
	LEAQ (DI)(R11*4), DI
	JMP row
done:
	VZEROUPPER
	RET
