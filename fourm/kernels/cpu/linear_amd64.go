package cpu

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:noescape
func dots4FMA(y, x, w unsafe.Pointer, stride, eights uintptr)

func init() {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		dots4 = dots4FMA
	}
}
