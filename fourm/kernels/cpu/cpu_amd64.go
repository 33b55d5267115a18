package cpu

// What AVX2 and FMA replace, decided once at start.

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:noescape
func sigmoidFMA(dst, src unsafe.Pointer, eights uintptr)

//go:noescape
func phiFMA(phi, e, src unsafe.Pointer, eights uintptr)

//go:noescape
func expRowFMA(dst, src unsafe.Pointer, eights uintptr, top, scale float32) float32

//go:noescape
func maxFMA(src unsafe.Pointer, eights uintptr) float32

//go:noescape
func addFMA(dst, a, b unsafe.Pointer, eights uintptr)

//go:noescape
func sumFMA(src unsafe.Pointer, eights uintptr) float32

//go:noescape
func squaresFMA(src unsafe.Pointer, eights uintptr, mean float32) float32

func init() {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		tile = tileFMA
		vec = vector{sigmoidFMA, phiFMA, expRowFMA, maxFMA, addFMA, sumFMA, squaresFMA}
	}
}

// tileFMA is the inner kernel in AVX2 and FMA.
func tileFMA(rows, k int, a unsafe.Pointer, rowStride, colStride int, b, c unsafe.Pointer, ldc int, add bool) {
	var plus uintptr
	if add {
		plus = 1
	}
	rs, cs, lc, kk := uintptr(rowStride)*4, uintptr(colStride)*4, uintptr(ldc)*4, uintptr(k)
	switch rows {
	case 6:
		fma6x16(kk, a, rs, cs, b, c, lc, plus)
	case 5:
		fma5x16(kk, a, rs, cs, b, c, lc, plus)
	case 4:
		fma4x16(kk, a, rs, cs, b, c, lc, plus)
	case 3:
		fma3x16(kk, a, rs, cs, b, c, lc, plus)
	case 2:
		fma2x16(kk, a, rs, cs, b, c, lc, plus)
	case 1:
		fma1x16(kk, a, rs, cs, b, c, lc, plus)
	}
}
