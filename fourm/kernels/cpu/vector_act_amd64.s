#include "vector_amd64.h"

// Elementwise functions. Each macro computes eight numbers from those of Y8
// and Y9 into Y0.

#define PLUS VADDPS Y9, Y8, Y0
#define TIMES VMULPS Y9, Y8, Y0

// SIGMOID computes s = 1 / (1 + exp(-x)).
#define SIGMOID(x, s) \
	VXORPS signs<>(SB), x, Y0; \
	EXP; \
	VMOVUPS one<>(SB), s; \
	VADDPS s, Y0, Y0; \
	VDIVPS Y0, s, s

// SLOPE computes d = s (1 + x (1 - s)), silu's derivative, from s = sigmoid(x).
#define SLOPE(x, s, d) \
	VMOVUPS one<>(SB), Y1; \
	VSUBPS s, Y1, d; \
	VFMADD213PS Y1, x, d; \
	VMULPS s, d, d

#define SILU SIGMOID(Y8, Y3); VMULPS Y3, Y8, Y0
#define SILUBACK SIGMOID(Y9, Y3); SLOPE(Y9, Y3, Y4); VMULPS Y4, Y8, Y0
#define GATE SILU; VMULPS Y9, Y0, Y0

LANES(minusHalf, 0xBF000000)
LANES(magnitude, 0x7FFFFFFF)
LANES(phiRoot, 0x3F3504F3)  // sqrt(1/2)
LANES(phiP, 0x3EA7BA05)     // 0.3275911
LANES(phiA1, 0x3E827906)    // 0.254829592
LANES(phiA2, 0xBE91A98E)    // -0.284496736
LANES(phiA3, 0x3FB5F0E3)    // 1.421413741
LANES(phiA4, 0xBFBA00E3)    // -1.453152027
LANES(phiA5, 0x3F87DC22)    // 1.061405429
LANES(density, 0x3ECC422A)  // 1 / sqrt(2 pi)

// PHI computes Y5 = Phi(x) and Y0 = exp(-x²/2); uses Y1 to Y4 and Y6.
#define PHI(x) \
	VMULPS x, x, Y0; \
	VMULPS minusHalf<>(SB), Y0, Y0; \
	EXP; \
	VANDPS magnitude<>(SB), x, Y4; \
	VMULPS phiRoot<>(SB), Y4, Y4; \
	VMOVUPS one<>(SB), Y5; \
	VFMADD132PS phiP<>(SB), Y5, Y4; \ // 1 + p z
	VDIVPS Y4, Y5, Y4; \              // t
	VMOVUPS phiA5<>(SB), Y6; \
	VFMADD213PS phiA4<>(SB), Y4, Y6; \
	VFMADD213PS phiA3<>(SB), Y4, Y6; \
	VFMADD213PS phiA2<>(SB), Y4, Y6; \
	VFMADD213PS phiA1<>(SB), Y4, Y6; \
	VMULPS Y4, Y6, Y6; \
	VMULPS Y0, Y6, Y6; \
	VMULPS half<>(SB), Y6, Y6; \      // Phi(-|x|)
	VSUBPS Y6, Y5, Y5; \              // Phi(|x|)
	VBLENDVPS x, Y6, Y5, Y5           // by the sign of x

#define GELU PHI(Y8); VMULPS Y5, Y8, Y0
#define GELUBACK \
	PHI(Y9); \
	VMULPS density<>(SB), Y0, Y0; \
	VFMADD213PS Y5, Y9, Y0; \
	VMULPS Y8, Y0, Y0

// func addFMA(y, a, b []float32, stream bool)
TEXT ·addFMA(SB), NOSPLIT, $0-73
	TWO(PLUS)

// func mulFMA(y, a, b []float32, stream bool)
TEXT ·mulFMA(SB), NOSPLIT, $0-73
	TWO(TIMES)

// func siluFMA(y, a []float32, stream bool)
TEXT ·siluFMA(SB), NOSPLIT, $0-49
	ONE(SILU)

// func siluBackFMA(y, a, b []float32, stream bool)
TEXT ·siluBackFMA(SB), NOSPLIT, $0-73
	TWO(SILUBACK)

// func geluFMA(y, a []float32, stream bool)
TEXT ·geluFMA(SB), NOSPLIT, $0-49
	ONE(GELU)

// func geluBackFMA(y, a, b []float32, stream bool)
TEXT ·geluBackFMA(SB), NOSPLIT, $0-73
	TWO(GELUBACK)

// func gateFMA(y, a, b []float32, stream bool)
TEXT ·gateFMA(SB), NOSPLIT, $0-73
	TWO(GATE)

// GATES computes both derivatives of the gate, Y5 = dy b silu'(a) and
// Y6 = dy silu(a), from dy in Y8, a in Y9 and b in Y10.
#define GATES \
	SIGMOID(Y9, Y3); \
	SLOPE(Y9, Y3, Y4); \
	VMULPS Y8, Y10, Y5; \
	VMULPS Y4, Y5, Y5; \
	VMULPS Y3, Y9, Y6; \
	VMULPS Y8, Y6, Y6

// func gateBackFMA(da, db, dy, a, b []float32)
// db may be empty.
TEXT ·gateBackFMA(SB), NOSPLIT, $0-120
	MOVQ da_base+0(FP), DI
	MOVQ da_len+8(FP), CX
	MOVQ db_base+24(FP), R8
	MOVQ db_len+32(FP), R9
	MOVQ dy_base+48(FP), SI
	MOVQ a_base+72(FP), DX
	MOVQ b_base+96(FP), R10
	XORQ BX, BX
	SUBQ $8, CX
	JLT rest
eight:
	VMOVUPS (SI)(BX*1), Y8
	VMOVUPS (DX)(BX*1), Y9
	VMOVUPS (R10)(BX*1), Y10
	GATES
	VMOVUPS Y5, (DI)(BX*1)
	TESTQ R9, R9
	JEQ next
	VMOVUPS Y6, (R8)(BX*1)
next:
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
	GATES
	VMASKMOVPS Y5, Y15, (DI)(BX*1)
	TESTQ R9, R9
	JEQ done
	VMASKMOVPS Y6, Y15, (R8)(BX*1)
done:
	VZEROUPPER
	RET
