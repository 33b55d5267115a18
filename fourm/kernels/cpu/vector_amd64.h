// What the vector files share: constants, exp and its relatives, and the loops
// over slices. Numbers are taken eight at a time and the last few under a mask,
// so an element's result does not depend on where it lies.

#include "textflag.h"

// Eight lanes of a constant.
#define LANES(name, bits) \
	DATA name<>+0(SB)/4, $bits; DATA name<>+4(SB)/4, $bits; \
	DATA name<>+8(SB)/4, $bits; DATA name<>+12(SB)/4, $bits; \
	DATA name<>+16(SB)/4, $bits; DATA name<>+20(SB)/4, $bits; \
	DATA name<>+24(SB)/4, $bits; DATA name<>+28(SB)/4, $bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

LANES(expMost, 0x42FE0000)   // 127
LANES(expLeast, 0xC2FE0000)  // -127
LANES(log2e, 0x3FB8AA3B)
LANES(minusLog2e, 0xBFB8AA3B)
LANES(expC1, 0x3F317215)     // 2^f = 1 + c1 f + ... + c5 f^5, f from -1/2 to 1/2
LANES(expC2, 0x3E75FCDE)
LANES(expC3, 0x3D635BA9)
LANES(expC4, 0x3C1E7544)
LANES(expC5, 0x3AADDD0A)
LANES(one, 0x3F800000)
LANES(below, 0xFF800000)     // -Inf

// Eight lanes that are on, then eight that are off.
DATA lanes<>+0(SB)/8, $-1
DATA lanes<>+8(SB)/8, $-1
DATA lanes<>+16(SB)/8, $-1
DATA lanes<>+24(SB)/8, $-1
DATA lanes<>+32(SB)/8, $0
DATA lanes<>+40(SB)/8, $0
DATA lanes<>+48(SB)/8, $0
DATA lanes<>+56(SB)/8, $0
GLOBL lanes<>(SB), RODATA|NOPTR, $64

// FIRST switches on the first n lanes of mask, n from 0 to 8; spoils n and AX.
#define FIRST(n, mask) \
	LEAQ lanes<>(SB), AX; \
	NEGQ n; \
	VMOVUPS 32(AX)(n*4), mask

// HOLD puts the constants of EXP2 where it finds them, RENEW the one in Y15
// after that was used for a mask.
#define HOLD \
	VMOVUPS expMost<>(SB), Y5; \
	VMOVUPS expLeast<>(SB), Y6; \
	VMOVUPS expC1<>(SB), Y7; \
	VMOVUPS expC2<>(SB), Y11; \
	VMOVUPS expC3<>(SB), Y12; \
	VMOVUPS expC4<>(SB), Y13; \
	VMOVUPS expC5<>(SB), Y14; \
	RENEW
#define RENEW VMOVUPS one<>(SB), Y15
#define NOTHING

// EXP2 replaces the eight numbers of Y0 by 2 to their power, zero from -127
// down, 2^127 from 127 up; uses Y1 to Y4. What is no number stays none. The
// polynomial is evaluated in pairs of terms, so that steps need not wait.
#define EXP2 \
	VMINPS Y0, Y5, Y0; \
	VMAXPS Y0, Y6, Y0; \
	VROUNDPS $0, Y0, Y1; \
	VSUBPS Y1, Y0, Y0; \
	VMULPS Y0, Y0, Y2; \
	VMOVAPS Y14, Y3; \
	VFMADD213PS Y13, Y0, Y3; \
	VMOVAPS Y12, Y4; \
	VFMADD213PS Y11, Y0, Y4; \
	VFMADD231PS Y3, Y2, Y4; \
	VMOVAPS Y7, Y3; \
	VFMADD213PS Y15, Y0, Y3; \
	VFMADD231PS Y4, Y2, Y3; \
	VCVTPS2DQ Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VPADDD Y1, Y3, Y0

// TOTAL adds up the eight lanes of Yn, given with its lower half Xn, into Xn;
// uses X0.
#define TOTAL(Yn, Xn) \
	VEXTRACTF128 $1, Yn, X0; \
	VADDPS X0, Xn, Xn; \
	VHADDPS Xn, Xn, Xn; \
	VHADDPS Xn, Xn, Xn

// ONE is a loop over y = f(a), and TWO over y = f(a, b), for functions of
// these arguments. F finds the numbers in Y8 and Y9 and leaves the result in
// Y0; SETUP is done once, RENEW after Y15 was used. Where stream is set and y
// lies at a multiple of 32 bytes, results go past the cache.
#define ONE(F, SETUP, RENEW) LOOP(y_base+0(FP), y_len+8(FP), a_base+24(FP), a_base+24(FP), stream+48(FP), LOADONE, MASKONE, F, SETUP, RENEW)
#define TWO(F, SETUP, RENEW) LOOP(y_base+0(FP), y_len+8(FP), a_base+24(FP), b_base+48(FP), stream+72(FP), LOADTWO, MASKTWO, F, SETUP, RENEW)

#define LOADONE VMOVUPS (SI)(BX*1), Y8
#define MASKONE VMASKMOVPS (SI)(BX*1), Y15, Y8
#define LOADTWO VMOVUPS (SI)(BX*1), Y8; VMOVUPS (DX)(BX*1), Y9
#define MASKTWO VMASKMOVPS (SI)(BX*1), Y15, Y8; VMASKMOVPS (DX)(BX*1), Y15, Y9

#define LOOP(y, n, a, b, stream, LOAD, MASKED, F, SETUP, RENEW) \
	MOVQ y, DI; \
	MOVQ n, CX; \
	MOVQ a, SI; \
	MOVQ b, DX; \
	XORQ BX, BX; \
	SETUP; \
	SUBQ $8, CX; \
	JLT rest; \
	CMPB stream, $0; \
	JEQ kept; \
	TESTQ $31, DI; \
	JNE kept; \
past: \
	LOAD; \
	F; \
	VMOVNTPS Y0, (DI)(BX*1); \
	ADDQ $32, BX; \
	SUBQ $8, CX; \
	JGE past; \
	SFENCE; \
	JMP rest; \
kept: \
	LOAD; \
	F; \
	VMOVUPS Y0, (DI)(BX*1); \
	ADDQ $32, BX; \
	SUBQ $8, CX; \
	JGE kept; \
rest: \
	ADDQ $8, CX; \
	JEQ done; \
	FIRST(CX, Y15); \
	MASKED; \
	RENEW; \
	F; \
	VMOVUPS 32(AX)(CX*4), Y15; \
	VMASKMOVPS Y0, Y15, (DI)(BX*1); \
done: \
	VZEROUPPER; \
	RET
