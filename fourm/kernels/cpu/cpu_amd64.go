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
		vec = vector{sigmoidFMA, phiFMA, expRowFMA, maxFMA, addFMA, sumFMA, squaresFMA}
	}
}
