package cpu

// The same numbers whoever computes them: cut for some workers, on any grid,
// by other kernels.

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/kernels/cpu/gen/kern"
)

func TestPartsAgree(t *testing.T) {
	best := tile
	defer func() { tile = best }()
	fused := append([]*tiling{emulated(t, kern.AVX2), emulated(t, kern.AVX512)}, tilings()[:len(isas)-1]...)
	r := rand.New(rand.NewPCG(6, 7))
	n := 0
	for _, s := range []struct {
		m, n, k int
		transA  bool
	}{{1, 40, 5, false}, {30, 50, 20, false}, {50, 70, 300, true}, {7, 35, 1100, false}, {13, 9, 2000, true}, {300, 40, 30, false}} {
		a, b, c, bias := numbers(r, s.m*s.k), numbers(r, s.k*s.n), numbers(r, s.m*s.n), numbers(r, s.n)
		lda := s.k
		if s.transA {
			lda = s.m
		}
		for _, group := range [][]*tiling{fused, {&goTiling}} {
			var first []float32
			for _, by := range group {
				tile = by
				try := func(what string, f func(p *product)) {
					n++
					out := append([]float32(nil), c...)
					p := newProduct(s.transA, s.m, s.n, s.k, a, lda, out, s.n, Plus{Bias: bias, Residual: out, Stride: s.n})
					p.times(false, b, s.n)
					f(p)
					if first == nil {
						first = out
					}
					if i, ok := sameBits(out, first); !ok {
						t.Fatalf("%v, %s, %s: element %d is %g, before %g", s, by.name, what, i, out[i], first[i])
					}
				}
				for _, workers := range []int{1, 2, 3, 5, 64} {
					try(fmt.Sprint(workers, " workers"), func(p *product) { p.inParts(workers) })
				}
				if s.m*s.n*s.k > 200000 && by != best {
					continue
				}
				for _, g := range []grid{{2, 1, 1}, {1, 3, 1}, {3, 2, 1}, {1, 1, 2}, {2, 2, 3}} {
					g = grid{min(g.rows, ceil(s.m, by.rows)), min(g.cols, ceil(s.n, by.cols)), min(g.sums, ceil(s.k, maxDepth))}
					try(fmt.Sprint(g), func(p *product) { p.onGrid(g); p.done() })
				}
			}
		}
	}
	t.Logf("%d products", n)
}

// TestGridsCoverC asks that the parts of any plan make up all of a product,
// once.
func TestGridsCoverC(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 2000 {
		p := &product{tiling: tile, m: 1 + r.IntN(500), n: 1 + r.IntN(500), k: 1 + r.IntN(5000)}
		p.chunk, p.blocks = blocksOf(p.k)
		if p.chunk%8 != 0 || p.chunk > maxDepth || p.chunk*p.blocks < p.k || p.chunk*(p.blocks-1) >= p.k {
			t.Fatalf("%d products in %d blocks of %d", p.k, p.blocks, p.chunk)
		}
		workers := 1 + r.IntN(20)
		p.grid = p.plan(workers)
		area := 0
		for i := range p.grid.parts() {
			x := p.region(i)
			if x.m0 >= x.m1 || x.n0 >= x.n1 || x.k0 >= x.k1 || x.m1 > p.m || x.n1 > p.n || x.k1 > p.blocks {
				t.Fatalf("part %d of %+v is %+v", i, p.grid, x)
			}
			area += (x.m1 - x.m0) * (x.n1 - x.n0) * (x.k1 - x.k0)
		}
		if area != p.m*p.n*p.blocks {
			t.Fatalf("%d workers, %+v: parts cover %d of %d", workers, p.grid, area, p.m*p.n*p.blocks)
		}
		if p.grid.parts() > 8*workers {
			t.Fatalf("%d parts for %d workers", p.grid.parts(), workers)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	a, b, c := numbers(r, 64*64), numbers(r, 64*64), numbers(r, 64*64)
	w := Pack(true, 64, 64, b, 64)
	f := func() {
		GemmSerial(false, true, 64, 64, 64, a, 64, b, 64, c, 64, true)
		w.Mul(4, a, 64, c, 64, false)
	}
	if n := testing.AllocsPerRun(100, f); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
