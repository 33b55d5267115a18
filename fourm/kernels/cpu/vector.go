package cpu

// What a vector unit does for the kernels: loops over short slices, each given
// by name so that a processor's own can take the place of the plain one. No
// function here is parallel, and an element's result does not depend on where
// in a slice it lies.

import (
	"math"
	"unsafe"
)

// vector names the loops; vector_plain.go and vector_tile.go say what each
// computes. Slices are as long as the first one of their function, and results
// may lie where arguments do. stream says that results are too many for the
// cache.
type vector struct {
	// y = f(a, b)
	add, mul, gate, siluBack, geluBack func(y, a, b []float32, stream bool)
	silu, gelu                         func(y, a []float32, stream bool)
	gateBack                           func(da, db, dy, a, b []float32)
	// tables
	adamw func(p, g, m, v []float32, scale, w1, w2, c1, c2, eps, keep float32)
	zero  func(x []float32)
	// rows
	max     func(x []float32) float32
	squares func(x []float32) float64
	expRow  func(y, x []float32, top, scale float32) float32
	scale   func(y, x []float32, f float32)
	addFour func(s, y []float32, stride uintptr)
	// layer normalisation
	moments   func(x []float32, eps float32) (mean, rstd float32)
	norm      func(y, x, g, b []float32, mean, rstd float32)
	normSums  func(dy, x, g []float32, mean float32) (se, sh float32)
	normBack  func(dx, dy, x, g []float32, mean, rstd, se, sh float32)
	normParam func(dg, db, dy, x []float32, mean, rstd float32)
	// small products and tiles of attention
	multiply  func(m, n, k int, a *float32, rs, cs uintptr, b *float32, ldb uintptr, c *float32, ldc uintptr, add bool)
	transpose func(t, x *float32, stride uintptr, rows, columns int)
	copyRows  func(t []float32, x *float32, stride uintptr, columns int)
	hide      func(s []float32, groups int, first float32, bounds []float32)
	tops      func(s []float32, groups int, top []float32)
	exps      func(s []float32, groups int, top, scale, sum []float32)
	dots      func(e, de []float32, groups int, dot []float32)
	slopes    func(e, de []float32, groups int, inv, dot, scale []float32)
	points    func(s, q []float32, k *float32, stride uintptr)
	mix       func(o, p []float32, v *float32, stride uintptr)
	best      func(dots, best, id []float32, first float32)
	// a row with four others, by eights of numbers; nil where it is no faster
	dots4 func(y, x, w unsafe.Pointer, stride, eights uintptr)
}

// expRow computes y = exp((x - top) scale) and gives its sum; y may be x.
func expRow(y, x []float32, top, scale float32) float32 {
	return vec.expRow(y[:len(x)], x, top, scale)
}

// maxSlice gives the largest of at least one number.
func maxSlice(x []float32) float32 { return vec.max(x) }

// addSlice computes y = a + b; y may be a or b.
func addSlice(y, a, b []float32) { vec.add(y, a[:len(y)], b[:len(y)], false) }

// timesSlice computes y = f x; y may be x.
func timesSlice(y, x []float32, f float32) { vec.scale(y, x[:len(y)], f) }

// multiply computes C (m, n) = A B, or adds it to C, for matrices small enough
// to be read where they lie: A (m, k) with strides rs of rows and cs of
// columns, B (k, n) and C with rows ldb and ldc apart.
func multiply(m, n, k int, a []float32, rs, cs int, b []float32, ldb int, c []float32, ldc int, add bool) {
	if m == 0 || n == 0 {
		return
	}
	_ = c[(m-1)*ldc+n-1]
	if k == 0 {
		for i := 0; i < m && !add; i++ {
			clear(c[i*ldc : i*ldc+n])
		}
		return
	}
	_, _ = a[(m-1)*rs+(k-1)*cs], b[(k-1)*ldb+n-1]
	vec.multiply(m, n, k, &a[0], uintptr(rs), uintptr(cs), &b[0], uintptr(ldb), &c[0], uintptr(ldc), add)
}

// copyRows writes rows of x (rows, columns), stride apart, one behind the other
// into t.
func copyRows(t, x []float32, stride, rows, columns int) {
	if rows == 0 || columns == 0 {
		return
	}
	_ = x[(rows-1)*stride+columns-1]
	vec.copyRows(t[:rows*columns], &x[0], uintptr(stride), columns)
}

// transpose writes the transpose of x (rows, columns) into t (columns, 32); rows
// are a multiple of 8.
func transpose(t, x []float32, rows, columns int) {
	if rows == 0 || columns == 0 {
		return
	}
	_, _ = x[rows*columns-1], t[columns*lanes-1]
	eights := columns / 8
	if eights > 0 {
		vec.transpose(&t[0], &x[0], uintptr(columns), rows/8, eights)
	}
	for c := 8 * eights; c < columns; c++ {
		for r := range rows {
			t[c*lanes+r] = x[r*columns+c]
		}
	}
}

// lowest stands for the largest of no scores: less than any, and finite, so
// that -Inf lies below it.
const lowest = -math.MaxFloat32
