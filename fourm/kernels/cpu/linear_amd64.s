#include "textflag.h"

// func dots4FMA(y, x, w unsafe.Pointer, stride, eights uintptr)
// Four rows of w, stride bytes apart, times x. The four rows behind them are
// asked for meanwhile, two lines a round: left alone the processor starts anew
// at every row.
TEXT ·dots4FMA(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ w+16(FP), R8
	MOVQ stride+24(FP), R9
	MOVQ eights+32(FP), CX
	LEAQ (R8)(R9*1), R10
	LEAQ (R8)(R9*2), R11
	LEAQ (R10)(R9*2), R12
	LEAQ (R8)(R9*4), DX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	XORQ AX, AX

eight:
	PREFETCHT0 (DX)
	PREFETCHT0 64(DX)
	ADDQ $128, DX
	VMOVUPS (SI)(AX*1), Y4
	VFMADD231PS (R8)(AX*1), Y4, Y0
	VFMADD231PS (R10)(AX*1), Y4, Y1
	VFMADD231PS (R11)(AX*1), Y4, Y2
	VFMADD231PS (R12)(AX*1), Y4, Y3
	ADDQ $32, AX
	DECQ CX
	JNZ eight
	VHADDPS Y1, Y0, Y0
	VHADDPS Y3, Y2, Y2
	VHADDPS Y2, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS X1, X0, X0
	VMOVUPS X0, (DI)
	VZEROUPPER
	RET
