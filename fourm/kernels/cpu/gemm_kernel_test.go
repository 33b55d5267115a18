package cpu

// The kernels by themselves: emulated, and on this processor where it can run
// them, against plain loops.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/kernels/cpu/gen/asm"
	"fourmlab/fourm/kernels/cpu/gen/kern"
)

// onHardware is the tiling that the kernels of isa were printed for, if this
// processor can run it.
func onHardware(isa kern.ISA) *tiling {
	for _, t := range tilings() {
		if t.rows == isa.Rows && t.cols == isa.Cols() {
			return t
		}
	}
	return nil
}

// tileCase is a call of a kernel on matrices of its own.
type tileCase struct {
	rows, cols, k, count int
	wide                 int  // columns, where masked
	masked               bool // the last columns are missing
	down                 bool // tiles lie below each other, else beside
	transA, packedB      bool
	strip                int // rows of the strip that A is packed in, with a packed B; or 0
	e, bias              bool
	onto                 bool // e is c
}

func (s tileCase) String() string {
	return fmt.Sprintf("%+v", struct{ tileCase }{s})[len("{tileCase:"):]
}

// numbers are drawn from a few digits, so that many sums round.
func numbers(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// run draws the matrices, calls each kernel on a copy, and gives what c became;
// the first result is of plain loops with one rounding a product.
func (s tileCase) run(seed uint64, kernels ...func(*tiles)) [][]float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	m, n := s.rows, s.cols*s.count
	if s.down {
		m, n = s.rows*s.count, s.cols
	}
	lda, ldb, ldc, lde := s.k+r.IntN(4), n+r.IntN(4), n+r.IntN(4), n+r.IntN(4)
	rowA, colA := lda, 1
	if s.transA {
		lda = m + r.IntN(4)
		rowA, colA = 1, lda
	}
	if s.strip > 0 {
		lda, rowA, colA = s.strip, 1, s.strip
	}
	atB := func(l, j int) int { return l*ldb + j }
	if s.packedB {
		atB = func(l, j int) int { return (j/s.cols*s.k+l)*s.cols + j%s.cols }
	}
	a, b := numbers(r, max(m, s.k)*lda), numbers(r, max(s.k*ldb, n*s.k))
	c, e, bias := numbers(r, m*ldc), numbers(r, m*lde), numbers(r, n)

	x := tiles{k: uintptr(s.k), count: uintptr(s.count), rowStride: uintptr(4 * rowA), colStride: uintptr(4 * colA), ldc: uintptr(4 * ldc), lde: uintptr(4 * lde)}
	x.a, x.b = at(a), at(b)
	x.bStride, x.bStep = uintptr(4*ldb), uintptr(4*s.cols)
	if s.packedB {
		x.bStride, x.bStep = uintptr(4*s.cols), uintptr(4*s.cols*s.k)
	}
	x.cStep, x.eStep, x.biasStep = uintptr(4*s.cols), uintptr(4*s.cols), uintptr(4*s.cols)
	if s.down {
		x.aStep, x.bStep, x.biasStep = uintptr(4*s.rows*rowA), 0, 0
		x.cStep, x.eStep = uintptr(s.rows)*x.ldc, uintptr(s.rows)*x.lde
	}
	if s.masked {
		x.mask = maskOf(s.wide)
	}
	if s.strip > 0 {
		x.packed = 1
	}
	if s.bias {
		x.bias = at(bias)
	}
	x.fetch, x.fetchStride, x.fetchStep = uintptr(at(b)), 64, 512

	out := [][]float32{append([]float32(nil), c...)}
	for i := range m {
		for j := range n {
			if s.masked && j%s.cols >= s.wide {
				continue
			}
			sum := float32(0)
			for l := range s.k {
				sum = asm.FMA(a[i*rowA+l*colA], b[atB(l, j)], sum)
			}
			if s.e && s.onto {
				sum += c[i*ldc+j]
			} else if s.e {
				sum += e[i*lde+j]
			}
			if s.bias {
				sum += bias[j]
			}
			out[0][i*ldc+j] = sum
		}
	}
	for _, f := range kernels {
		y, own := x, append([]float32(nil), c...)
		y.c = at(own)
		switch {
		case s.e && s.onto:
			y.e, y.lde, y.eStep = y.c, y.ldc, y.cStep
		case s.e:
			y.e = at(e)
		}
		f(&y)
		out = append(out, own)
	}
	return out
}

func TestTileKernels(t *testing.T) {
	for _, isa := range []kern.ISA{kern.AVX2, kern.AVX512} {
		hard, soft := onHardware(isa), emulated(t, isa)
		n := 0
		try := func(s tileCase) {
			n++
			kernels := []func(*tiles){soft.tiles[s.rows]}
			if hard != nil {
				kernels = append(kernels, hard.tiles[s.rows])
			}
			got := s.run(uint64(n), kernels...)
			for i, who := range []string{"emulator", "processor"}[:len(kernels)] {
				if j, ok := sameBits(got[1+i], got[0]); !ok {
					t.Fatalf("%d bits, %v: element %d by the %s is %g, expected %g", isa.Bits, s, j, who, got[1+i][j], got[0][j])
				}
			}
		}
		r := rand.New(rand.NewPCG(2, 3))
		coin := func() bool { return r.IntN(2) == 0 }
		cols := isa.Cols()
		for rows := 1; rows <= isa.Rows; rows++ {
			for i := range 32 { // all ways, some depths, all columns
				s := tileCase{rows: rows, cols: cols, k: 1 + r.IntN(9), count: 1 + i%3, wide: cols,
					down: i&1 != 0, transA: i&2 != 0, e: i&4 != 0, bias: i&8 != 0, onto: i&16 != 0, packedB: coin()}
				try(s)
			}
			for k := 1; k <= 17; k++ {
				try(tileCase{rows: rows, cols: cols, k: k, count: 1, packedB: true, transA: coin()})
				try(tileCase{rows: rows, cols: cols, k: k, count: 1 + k%2, packedB: true, strip: isa.Rows, e: coin(), onto: coin(), bias: coin()})
			}
			for wide := range cols + 1 {
				try(tileCase{rows: rows, cols: cols, k: 1 + r.IntN(5), count: 1 + r.IntN(3), wide: wide, masked: true,
					down: true, transA: coin(), e: coin(), onto: coin(), bias: coin(), packedB: true})
			}
		}
		t.Logf("%d bits: %d cases, on hardware %v", isa.Bits, n, hard != nil)
	}
}

func sameBits(a, b []float32) (int, bool) {
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) {
			return i, false
		}
	}
	return 0, len(a) == len(b)
}

// TestPacking packs by each tiling and by plain loops.
func TestPacking(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	all := append([]*tiling{emulated(t, kern.AVX2), emulated(t, kern.AVX512)}, tilings()...)
	for _, by := range all {
		for range 300 {
			width := []int{by.rows, by.cols}[r.IntN(2)]
			k, n, transpose := 1+r.IntN(40), 1+r.IntN(width), r.IntN(2) == 0
			rows, cols := k, n
			if transpose {
				rows, cols = n, k
			}
			ld := cols + r.IntN(3)
			src := numbers(r, (rows-1)*ld+cols)
			got, want := numbers(r, k*width+8), make([]float32, k*width)
			end := append([]float32(nil), got[k*width+7:]...)
			by.pack(transpose, k, n, width, at(src), ld, at(got))
			packPlain(transpose, k, n, width, at(src), ld, at(want))
			if i, ok := sameBits(got[:k*width], want); !ok {
				t.Fatalf("%s: transpose %v, %d rows of %d in %d: element %d is %g, expected %g", by.name, transpose, k, n, width, i, got[i], want[i])
			}
			if _, ok := sameBits(got[k*width+7:], end); !ok {
				t.Fatalf("%s: what is behind was lost", by.name)
			}
		}
		if by.spread == nil {
			continue
		}
		for range 100 {
			n, pad := 8*(1+r.IntN(5)), r.IntN(3)
			src, got := numbers(r, (by.rows-1)*(n+pad)+n), numbers(r, n*by.rows+1)
			end := got[n*by.rows]
			by.strip(uintptr(n), at(src), uintptr(4*(n+pad)), at(got))
			for i := range n * by.rows {
				if g, w := got[i], src[i%by.rows*(n+pad)+i/by.rows]; g != w {
					t.Fatalf("%s: a strip of %d numbers has %g at %d, expected %g", by.name, n, g, i, w)
				}
			}
			if got[n*by.rows] != end {
				t.Fatalf("%s: what is behind a strip was lost", by.name)
			}
		}
		for range 100 {
			k, strips := 1+r.IntN(30), 1+r.IntN(5)
			ld, apart := strips*by.rows+r.IntN(3), k*by.rows+8
			src, got := numbers(r, (k-1)*ld+strips*by.rows), numbers(r, strips*apart)
			by.spread(uintptr(k), at(src), uintptr(4*ld), at(got), uintptr(strips), uintptr(4*apart), maskOf(by.rows))
			for i := range k * strips * by.rows {
				l, s, j := i/(strips*by.rows), i/by.rows%strips, i%by.rows
				if g, w := got[s*apart+l*by.rows+j], src[l*ld+s*by.rows+j]; g != w {
					t.Fatalf("%s: row %d of strip %d has %g at %d, expected %g", by.name, l, s, g, j, w)
				}
			}
		}
	}
}

func TestPeak(t *testing.T) {
	for _, isa := range []kern.ISA{kern.AVX2, kern.AVX512} {
		if err := asm.Run(kern.Peak(isa), &asm.Memory{}, 1000, 3); err != nil {
			t.Error(err)
		}
	}
	if peakSums != kern.PeakSums {
		t.Errorf("%d sums in a round, printed %d", peakSums, kern.PeakSums)
	}
	for _, by := range tilings() {
		if by.peak != nil {
			by.peak(3)
		}
	}
}
