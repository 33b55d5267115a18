#include "vector_amd64.h"

// Elementwise functions. Each macro computes eight numbers from those of Y8
// and Y9 into Y0.

#define PLUS VADDPS Y9, Y8, Y0
#define TIMES VMULPS Y9, Y8, Y0

// SIGMOID computes Y3 = 1 / (1 + exp(-x)); HOLD was done, Y15 is 1.
#define SIGMOID(x) \
	VMULPS minusLog2e<>(SB), x, Y0; \
	EXP2; \
	VADDPS Y15, Y0, Y0; \
	VDIVPS Y0, Y15, Y3

// SLOPE computes Y4 = s (1 + x (1 - s)), silu's derivative, with s in Y3.
#define SLOPE(x) \
	VSUBPS Y3, Y15, Y4; \
	VFMADD213PS Y15, x, Y4; \
	VMULPS Y3, Y4, Y4

#define SILU SIGMOID(Y8); VMULPS Y3, Y8, Y0
#define SILUBACK SIGMOID(Y9); SLOPE(Y9); VMULPS Y4, Y8, Y0
#define GATE SILU; VMULPS Y9, Y0, Y0

LANES(magnitude, 0x7FFFFFFF)
LANES(phiE, 0xBF38AA3B) // -log2(e) / 2
LANES(phiP, 0x3E6D3388) // 0.3275911 sqrt(1/2)
LANES(phiA1, 0x3E027906) // 0.254829592 / 2
LANES(phiA2, 0xBE11A98E) // -0.284496736 / 2
LANES(phiA3, 0x3F35F0E3) // 1.421413741 / 2
LANES(phiA4, 0xBF3A00E3) // -1.453152027 / 2
LANES(phiA5, 0x3F07DC22) // 1.061405429 / 2
LANES(density, 0x3ECC422A) // 1 / sqrt(2 pi)

// PHI computes Y3 = Phi(x) and Y0 = exp(-x²/2) by the formula of phi32; HOLD
// was done, Y15 is 1.
#define PHI(x) \
	VMULPS x, x, Y0; \
	VMULPS phiE<>(SB), Y0, Y0; \
	EXP2; \
	VANDPS magnitude<>(SB), x, Y4; \
	VFMADD132PS phiP<>(SB), Y15, Y4; \
	VDIVPS Y4, Y15, Y4; \              // t
	VMOVUPS phiA5<>(SB), Y2; \
	VFMADD213PS phiA4<>(SB), Y4, Y2; \
	VFMADD213PS phiA3<>(SB), Y4, Y2; \
	VFMADD213PS phiA2<>(SB), Y4, Y2; \
	VFMADD213PS phiA1<>(SB), Y4, Y2; \
	VMULPS Y4, Y2, Y2; \
	VMULPS Y0, Y2, Y2; \               // Phi(-|x|)
	VSUBPS Y2, Y15, Y3; \              // Phi(|x|)
	VBLENDVPS x, Y2, Y3, Y3            // by the sign of x

#define GELU PHI(Y8); VMULPS Y3, Y8, Y0
#define GELUBACK \
	PHI(Y9); \
	VMULPS density<>(SB), Y0, Y0; \
	VFMADD213PS Y3, Y9, Y0; \
	VMULPS Y8, Y0, Y0

// func addFMA(y, a, b []float32, stream bool)
TEXT ·addFMA(SB), NOSPLIT, $0-73
	TWO(PLUS, NOTHING, NOTHING)

// func mulFMA(y, a, b []float32, stream bool)
TEXT ·mulFMA(SB), NOSPLIT, $0-73
	TWO(TIMES, NOTHING, NOTHING)

// func siluFMA(y, a []float32, stream bool)
TEXT ·siluFMA(SB), NOSPLIT, $0-49
	ONE(SILU, HOLD, RENEW)

// func siluBackFMA(y, a, b []float32, stream bool)
TEXT ·siluBackFMA(SB), NOSPLIT, $0-73
	TWO(SILUBACK, HOLD, RENEW)

// func geluFMA(y, a []float32, stream bool)
TEXT ·geluFMA(SB), NOSPLIT, $0-49
	ONE(GELU, HOLD, RENEW)

// func geluBackFMA(y, a, b []float32, stream bool)
TEXT ·geluBackFMA(SB), NOSPLIT, $0-73
	TWO(GELUBACK, HOLD, RENEW)

// func gateFMA(y, a, b []float32, stream bool)
TEXT ·gateFMA(SB), NOSPLIT, $0-73
	TWO(GATE, HOLD, RENEW)

// GATES computes both derivatives of the gate, Y0 = dy b silu'(a) and
// Y1 = dy silu(a), from dy in Y8, a in Y9 and b in Y10.
#define GATES \
	SIGMOID(Y9); \
	SLOPE(Y9); \
	VMULPS Y8, Y10, Y0; \
	VMULPS Y4, Y0, Y0; \
	VMULPS Y3, Y9, Y1; \
	VMULPS Y8, Y1, Y1

// func gateBackFMA(da, db, dy, a, b []float32)
TEXT ·gateBackFMA(SB), NOSPLIT, $0-120
	MOVQ da_base+0(FP), DI
	MOVQ da_len+8(FP), CX
	MOVQ db_base+24(FP), R8
	MOVQ dy_base+48(FP), SI
	MOVQ a_base+72(FP), DX
	MOVQ b_base+96(FP), R10
	HOLD
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (SI)(BX*1), Y8
	VMOVUPS (DX)(BX*1), Y9
	VMOVUPS (R10)(BX*1), Y10
	GATES
	VMOVUPS Y0, (DI)(BX*1)
	VMOVUPS Y1, (R8)(BX*1)
	ADDQ $32, BX
	SUBQ $8, CX
	JGE eight
rest:
	ADDQ $8, CX
	JEQ done
	FIRST(CX, Y15)
	VMASKMOVPS (SI)(BX*1), Y15, Y8
	VMASKMOVPS (DX)(BX*1), Y15, Y9
	VMASKMOVPS (R10)(BX*1), Y15, Y10
	RENEW
	GATES
	VMOVUPS 32(AX)(CX*4), Y15
	VMASKMOVPS Y0, Y15, (DI)(BX*1)
	VMASKMOVPS Y1, Y15, (R8)(BX*1)
done:
	VZEROUPPER
	RET
