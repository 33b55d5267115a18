package cpu

// The loops of vector.go for AVX2 and FMA, in assembly.

import "unsafe"

//go:noescape
func addFMA(y, a, b []float32, stream bool)

//go:noescape
func mulFMA(y, a, b []float32, stream bool)

//go:noescape
func gateFMA(y, a, b []float32, stream bool)

//go:noescape
func siluFMA(y, a []float32, stream bool)

//go:noescape
func siluBackFMA(y, a, b []float32, stream bool)

//go:noescape
func geluFMA(y, a []float32, stream bool)

//go:noescape
func geluBackFMA(y, a, b []float32, stream bool)

//go:noescape
func gateBackFMA(da, db, dy, a, b []float32)

//go:noescape
func adamwFMA(p, g, m, v []float32, scale, w1, w2, c1, c2, eps, keep float32)

//go:noescape
func zeroFMA(x []float32)

//go:noescape
func maxFMA(x []float32) float32

//go:noescape
func squaresFMA(x []float32) float64

//go:noescape
func expRowFMA(y, x []float32, top, scale float32) float32

//go:noescape
func scaleFMA(y, x []float32, f float32)

//go:noescape
func addFourFMA(s, y []float32, stride uintptr)

//go:noescape
func momentsFMA(x []float32, eps float32) (mean, rstd float32)

//go:noescape
func normFMA(y, x, g, b []float32, mean, rstd float32)

//go:noescape
func normSumsFMA(dy, x, g []float32, mean float32) (se, sh float32)

//go:noescape
func normBackFMA(dx, dy, x, g []float32, mean, rstd, se, sh float32)

//go:noescape
func normParamFMA(dg, db, dy, x []float32, mean, rstd float32)

//go:noescape
func multiplyFMA(m, n, k int, a *float32, rs, cs uintptr, b *float32, ldb uintptr, c *float32, ldc uintptr, add bool)

//go:noescape
func transposeFMA(t, x *float32, stride uintptr, rows, columns int)

//go:noescape
func copyRowsFMA(t []float32, x *float32, stride uintptr, columns int)

//go:noescape
func hideFMA(s []float32, groups int, first float32, bounds []float32)

//go:noescape
func topsFMA(s []float32, groups int, top []float32)

//go:noescape
func expsFMA(s []float32, groups int, top, scale, sum []float32)

//go:noescape
func dotsFMA(e, de []float32, groups int, dot []float32)

//go:noescape
func slopesFMA(e, de []float32, groups int, inv, dot, scale []float32)

//go:noescape
func pointsFMA(s, q []float32, k *float32, stride uintptr)

//go:noescape
func mixFMA(o, p []float32, v *float32, stride uintptr)

//go:noescape
func bestFMA(dots, best, id []float32, first float32)

//go:noescape
func dots4FMA(y, x, w unsafe.Pointer, stride, eights uintptr)

// fma is all of them.
var fma = vector{
	add: addFMA, mul: mulFMA, gate: gateFMA, siluBack: siluBackFMA, geluBack: geluBackFMA, silu: siluFMA, gelu: geluFMA, gateBack: gateBackFMA,
	adamw: adamwFMA, zero: zeroFMA,
	max: maxFMA, squares: squaresFMA, expRow: expRowFMA, scale: scaleFMA, addFour: addFourFMA,
	moments: momentsFMA, norm: normFMA, normSums: normSumsFMA, normBack: normBackFMA, normParam: normParamFMA,
	multiply: multiplyFMA, transpose: transposeFMA, copyRows: copyRowsFMA, hide: hideFMA, tops: topsFMA, exps: expsFMA, dots: dotsFMA, slopes: slopesFMA, points: pointsFMA, mix: mixFMA, best: bestFMA,
	dots4: dots4FMA,
}
