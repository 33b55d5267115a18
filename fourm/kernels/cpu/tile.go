package cpu

// What the matrix product asks of an instruction set: the size of the tile of
// sums that it keeps in registers, the kernels that compute tiles, and those
// that lay matrices out for them.

import "unsafe"

// tiles says what a kernel computes: count tiles of C, each of some rows and
// of a panel of columns, one after the other,
//
//	C = A B + E + bias
//
// Strides and steps are in bytes; a step leads from tile to tile. k and count
// are at least 1.
type tiles struct {
	k, count                    uintptr
	a                           unsafe.Pointer
	rowStride, colStride, aStep uintptr
	b                           unsafe.Pointer
	bStride, bStep              uintptr
	c                           unsafe.Pointer
	ldc, cStep                  uintptr
	e                           unsafe.Pointer // or nil
	lde, eStep                  uintptr
	bias                        unsafe.Pointer // or nil
	biasStep                    uintptr
	mask                        unsafe.Pointer // maskOf the columns that there are; nil for all
	packed                      uintptr        // 1 where A is a strip and B a panel, as pack writes them
	fetch                       uintptr        // address of what will soon be read, lines fetchStride apart; or 0
	fetchStride, fetchStep      uintptr
}

// mover writes n rows, dstStride bytes apart, of what lies srcStride bytes
// apart. n is at least 1.
type mover func(n uintptr, src unsafe.Pointer, srcStride uintptr, dst unsafe.Pointer, dstStride uintptr, mask unsafe.Pointer)

const (
	maxRows, maxCols = 12, 32 // of any tiling
	peakSums         = 48     // multiply-adds in a round of peak
)

// tiling is what an instruction set offers. Where a mover is nil, Go does it.
type tiling struct {
	name       string
	rows, cols int // of the tile; cols is a multiple of 8
	fetches    int // lines that are fetched with each tile

	tiles     [maxRows + 1]func(*tiles) // by rows
	copy      [maxCols/8 + 1]mover      // by columns / 8; mask names those to copy, the rest become zeros; nil for all
	transpose [9]mover                  // by rows, which become columns of 8; mask is maskOf(n mod 8)

	// strip packs rows of n numbers, a multiple of 8, as columns
	strip func(n uintptr, src unsafe.Pointer, srcStride uintptr, dst unsafe.Pointer)
	// spread cuts n rows into strips, apart bytes from each other; mask is
	// maskOf(rows)
	spread func(n uintptr, src unsafe.Pointer, srcStride uintptr, dst unsafe.Pointer, strips, apart uintptr, mask unsafe.Pointer)
	peak   func(n uintptr)
}

// goTiling is the tiling in Go.
var goTiling = tiling{name: "go", rows: 4, cols: 8, tiles: [maxRows + 1]func(*tiles){nil, goTiles(1), goTiles(2), goTiles(3), goTiles(4)}}

// goTiles is the kernel for some rows and 8 columns.
func goTiles(rows uintptr) func(*tiles) {
	return func(x *tiles) {
		for t := range x.count {
			for r := range rows {
				var sum [8]float32
				for l := range x.k {
					v := *(*float32)(unsafe.Add(x.a, t*x.aStep+r*x.rowStride+l*x.colStride))
					b := (*[8]float32)(unsafe.Add(x.b, t*x.bStep+l*x.bStride))
					for j := range sum {
						sum[j] += v * b[j]
					}
				}
				for j := range uintptr(8) {
					if x.mask != nil && *(*int32)(unsafe.Add(x.mask, 4*j)) == 0 {
						break
					}
					if x.e != nil {
						sum[j] += *(*float32)(unsafe.Add(x.e, t*x.eStep+r*x.lde+4*j))
					}
					if x.bias != nil {
						sum[j] += *(*float32)(unsafe.Add(x.bias, t*x.biasStep+4*j))
					}
					*(*float32)(unsafe.Add(x.c, t*x.cStep+r*x.ldc+4*j)) = sum[j]
				}
			}
		}
	}
}

// onesAndZeros is what masks are cut from; ones are -1.
var onesAndZeros = func() (m [2 * maxCols]int32) {
	for i := range maxCols {
		m[i] = -1
	}
	return m
}()

// maskOf is a mask of n ones, at most maxCols, and zeros.
func maskOf(n int) unsafe.Pointer { return unsafe.Pointer(&onesAndZeros[maxCols-n]) }
