package cpu

// Packing: what the kernels read over and over is laid out as they read it. A
// panel of B is (k, cols), a strip of A (k, rows).

import "unsafe"

// pack writes k rows of width numbers, the first n from src, then zeros. src
// is (k, n), or, transposing, (n, k), with row stride ld. What hangs over the
// end of a row is overwritten by the next; behind the last, 7 numbers of dst
// may be lost.
func (t *tiling) pack(transpose bool, k, n, width int, src unsafe.Pointer, ld int, dst unsafe.Pointer) {
	if t.copy[1] == nil {
		packPlain(transpose, k, n, width, src, ld, dst)
		return
	}
	if !transpose {
		eights := ceil(width, 8)
		var mask unsafe.Pointer
		if n < 8*eights {
			mask = maskOf(n)
		}
		t.copy[eights](uintptr(k), src, uintptr(4*ld), dst, uintptr(4*width), mask)
		return
	}
	// from the right, so that the last columns may hang over into the next row
	for j := (width - 1) / 8 * 8; j >= 0; j -= 8 {
		t.transpose[max(0, min(8, n-j))](uintptr(k), offset(src, min(j, n-1)*ld), uintptr(4*ld), offset(dst, j), uintptr(4*width), maskOf(k%8))
	}
}

func packPlain(transpose bool, k, n, width int, src unsafe.Pointer, ld int, dst unsafe.Pointer) {
	row, col := ld, 1
	if transpose {
		row, col = 1, ld
	}
	for l := range k {
		to := unsafe.Slice((*float32)(offset(dst, l*width)), width)
		for j := range min(n, width) {
			to[j] = *(*float32)(offset(src, l*row+j*col))
		}
		clear(to[min(n, width):])
	}
}
