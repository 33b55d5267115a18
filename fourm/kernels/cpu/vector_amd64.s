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

LANES(phiHalf, 0x3F000000)
LANES(phiMinusHalf, 0xBF000000)
LANES(phiAbs, 0x7FFFFFFF)
LANES(phiRoot, 0x3F3504F3)  // sqrt(1/2)
LANES(phiP, 0x3EA7BA05)     // 0.3275911
LANES(phiA1, 0x3E827906)    // 0.254829592
LANES(phiA2, 0xBE91A98E)    // -0.284496736
LANES(phiA3, 0x3FB5F0E3)    // 1.421413741
LANES(phiA4, 0xBFBA00E3)    // -1.453152027
LANES(phiA5, 0x3F87DC22)    // 1.061405429

// func phiFMA(phi, e, src unsafe.Pointer, eights uintptr)
TEXT ·phiFMA(SB), NOSPLIT, $0-32
	MOVQ phi+0(FP), DI
	MOVQ e+8(FP), DX
	MOVQ src+16(FP), SI
	MOVQ eights+24(FP), CX
phi:
	VMOVUPS (SI), Y3
	VMULPS Y3, Y3, Y0
	VMULPS phiMinusHalf<>(SB), Y0, Y0
	EXP
	VMOVUPS Y0, (DX)
	VANDPS phiAbs<>(SB), Y3, Y4
	VMULPS phiRoot<>(SB), Y4, Y4
	VMOVUPS expOne<>(SB), Y5
	VFMADD132PS phiP<>(SB), Y5, Y4 // 1 + p z
	VDIVPS Y4, Y5, Y4              // t
	VMOVUPS phiA5<>(SB), Y6
	VFMADD213PS phiA4<>(SB), Y4, Y6
	VFMADD213PS phiA3<>(SB), Y4, Y6
	VFMADD213PS phiA2<>(SB), Y4, Y6
	VFMADD213PS phiA1<>(SB), Y4, Y6
	VMULPS Y4, Y6, Y6
	VMULPS Y0, Y6, Y6
	VMULPS phiHalf<>(SB), Y6, Y6   // Phi(-|x|)
	VSUBPS Y6, Y5, Y5              // Phi(|x|)
	VBLENDVPS Y3, Y6, Y5, Y5       // by the sign of x
	VMOVUPS Y5, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	ADDQ $32, DX
	DECQ CX
	JNZ phi
	VZEROUPPER
	RET

// func expRowFMA(dst, src unsafe.Pointer, eights uintptr, top, scale float32) float32
TEXT ·expRowFMA(SB), NOSPLIT, $0-36
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ eights+16(FP), CX
	VBROADCASTSS top+24(FP), Y3
	VBROADCASTSS scale+28(FP), Y4
	VXORPS Y5, Y5, Y5
row:
	VMOVUPS (SI), Y0
	VSUBPS Y3, Y0, Y0
	VMULPS Y4, Y0, Y0
	EXP
	VADDPS Y0, Y5, Y5
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ row
	VEXTRACTF128 $1, Y5, X0
	VADDPS X0, X5, X5
	VHADDPS X5, X5, X5
	VHADDPS X5, X5, X5
	VMOVSS X5, ret+32(FP)
	VZEROUPPER
	RET

// func maxFMA(src unsafe.Pointer, eights uintptr) float32
TEXT ·maxFMA(SB), NOSPLIT, $0-20
	MOVQ src+0(FP), SI
	MOVQ eights+8(FP), CX
	VMOVUPS (SI), Y0
largest:
	VMAXPS (SI), Y0, Y0
	ADDQ $32, SI
	DECQ CX
	JNZ largest
	VEXTRACTF128 $1, Y0, X1
	VMAXPS X1, X0, X0
	VPERMILPS $0x4E, X0, X1
	VMAXPS X1, X0, X0
	VPERMILPS $0xB1, X0, X1
	VMAXPS X1, X0, X0
	VMOVSS X0, ret+16(FP)
	VZEROUPPER
	RET

// func addFMA(dst, a, b unsafe.Pointer, eights uintptr)
TEXT ·addFMA(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ eights+24(FP), CX
add:
	VMOVUPS (SI), Y0
	VADDPS (DX), Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DX
	ADDQ $32, DI
	DECQ CX
	JNZ add
	VZEROUPPER
	RET

// func sumFMA(src unsafe.Pointer, eights uintptr) float32
TEXT ·sumFMA(SB), NOSPLIT, $0-20
	MOVQ src+0(FP), SI
	MOVQ eights+8(FP), CX
	VXORPS Y5, Y5, Y5
sum:
	VADDPS (SI), Y5, Y5
	ADDQ $32, SI
	DECQ CX
	JNZ sum
	VEXTRACTF128 $1, Y5, X0
	VADDPS X0, X5, X5
	VHADDPS X5, X5, X5
	VHADDPS X5, X5, X5
	VMOVSS X5, ret+16(FP)
	VZEROUPPER
	RET

// func squaresFMA(src unsafe.Pointer, eights uintptr, mean float32) float32
TEXT ·squaresFMA(SB), NOSPLIT, $0-28
	MOVQ src+0(FP), SI
	MOVQ eights+8(FP), CX
	VBROADCASTSS mean+16(FP), Y3
	VXORPS Y5, Y5, Y5
squares:
	VMOVUPS (SI), Y0
	VSUBPS Y3, Y0, Y0
	VFMADD231PS Y0, Y0, Y5
	ADDQ $32, SI
	DECQ CX
	JNZ squares
	VEXTRACTF128 $1, Y5, X0
	VADDPS X0, X5, X5
	VHADDPS X5, X5, X5
	VHADDPS X5, X5, X5
	VMOVSS X5, ret+24(FP)
	VZEROUPPER
	RET
