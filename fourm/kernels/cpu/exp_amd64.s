#include "textflag.h"

// Eight lanes of every constant: clamps, log2 e, ln 2 in two parts, the
// coefficients of exp's polynomial from degree 6 down, and 1.
#define LANES(name, bits) \
	DATA name<>+0(SB)/4, $bits; DATA name<>+4(SB)/4, $bits; \
	DATA name<>+8(SB)/4, $bits; DATA name<>+12(SB)/4, $bits; \
	DATA name<>+16(SB)/4, $bits; DATA name<>+20(SB)/4, $bits; \
	DATA name<>+24(SB)/4, $bits; DATA name<>+28(SB)/4, $bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

LANES(expTop, 0x42B00000)    // 88
LANES(expBottom, 0xC2AE0000) // -87
LANES(expLog2e, 0x3FB8AA3B)
LANES(expLn2hi, 0x3F318000)
LANES(expLn2lo, 0xB95E8083)
LANES(expC6, 0x3AB60B61)     // 1/720
LANES(expC5, 0x3C088889)     // 1/120
LANES(expC4, 0x3D2AAAAB)     // 1/24
LANES(expC3, 0x3E2AAAAB)     // 1/6
LANES(expC2, 0x3F000000)     // 1/2
LANES(expOne, 0x3F800000)
LANES(expSign, 0x80000000)

// EXP replaces the eight numbers of Y0 by their exponentials; uses Y1, Y2.
#define EXP \
	VMINPS expTop<>(SB), Y0, Y0; \
	VMAXPS expBottom<>(SB), Y0, Y0; \
	VMULPS expLog2e<>(SB), Y0, Y1; \
	VROUNDPS $0, Y1, Y1; \
	VFNMADD231PS expLn2hi<>(SB), Y1, Y0; \
	VFNMADD231PS expLn2lo<>(SB), Y1, Y0; \
	VMOVUPS expC6<>(SB), Y2; \
	VFMADD213PS expC5<>(SB), Y0, Y2; \
	VFMADD213PS expC4<>(SB), Y0, Y2; \
	VFMADD213PS expC3<>(SB), Y0, Y2; \
	VFMADD213PS expC2<>(SB), Y0, Y2; \
	VFMADD213PS expOne<>(SB), Y0, Y2; \
	VFMADD213PS expOne<>(SB), Y0, Y2; \
	VCVTPS2DQ Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VPADDD Y1, Y2, Y0

// func expFMA(dst, src unsafe.Pointer, eights uintptr)
TEXT ·expFMA(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ eights+16(FP), CX
exp:
	VMOVUPS (SI), Y0
	EXP
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ exp
	VZEROUPPER
	RET

// func sigmoidFMA(dst, src unsafe.Pointer, eights uintptr)
TEXT ·sigmoidFMA(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ eights+16(FP), CX
sigmoid:
	VMOVUPS (SI), Y0
	VXORPS expSign<>(SB), Y0, Y0
	EXP
	VMOVUPS expOne<>(SB), Y2
	VADDPS Y2, Y0, Y0
	VDIVPS Y0, Y2, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ sigmoid
	VZEROUPPER
	RET
