package kernels_test

// The matrix product's speed, in GFLOP/s and as a share of what the processor
// can do in its registers at the same moment.

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"fourmlab/fourm/kernels/cpu"
)

// product is a benchmark's shape: C is (m, n), the sums are k long.
type product struct {
	name           string
	m, n, k        int
	transA, transB bool
}

// linear are the three products of a linear map of rows numbers: y = x wᵀ,
// dx = dy w and dw = dyᵀ x.
func linear(name string, rows, out, in int) []product {
	return []product{
		{name + " forward", rows, out, in, false, true},
		{name + " dx", rows, in, out, false, false},
		{name + " dw", out, in, rows, true, false},
	}
}

// transformer are the products of a block and of the heads.
func transformer() []product {
	var all []product
	for _, rows := range []int{256, 2048} {
		for _, d := range []int{384, 768} {
			for _, l := range []struct {
				name    string
				out, in int
			}{{"qkv", 3 * d, d}, {"proj", d, d}, {"up", d * 8 / 3, d}, {"down", d, d * 8 / 3}} {
				all = append(all, linear(fmt.Sprintf("%d %s", d, l.name), rows, l.out, l.in)...)
			}
		}
	}
	for _, d := range []int{384, 768} {
		for _, vocab := range []int{4096, 16384, 30000} {
			all = append(all, linear(fmt.Sprintf("%d head", d), 256, vocab, d)...)
		}
	}
	return all
}

func (p product) operands() (a []float32, lda int, b []float32, ldb int, c []float32) {
	d := roll(1)
	lda, ldb = p.k, p.n
	if p.transA {
		lda = p.m
	}
	if p.transB {
		ldb = p.k
	}
	return d.floats(p.m * p.k), lda, d.floats(p.k * p.n), ldb, make([]float32, p.m*p.n)
}

// peak measures what threads can do together, in GFLOP/s.
func peak(threads int) float64 {
	rates := make([]float64, threads)
	var wg sync.WaitGroup
	for i := range rates {
		wg.Go(func() {
			t := time.Now()
			n := cpu.Peak(100_000)
			rates[i] = n / float64(time.Since(t).Nanoseconds())
		})
	}
	wg.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum
}

// shares are of the peak: the median, and the best time's of the best peak,
// which other programs disturb least.
type shares struct{ median, best float64 }

// share times f, alternating with the peak.
func share(b *testing.B, threads int, flop float64, f func()) shares {
	f()
	t := time.Now()
	f()
	n := 1 + int(4e6/float64(1+time.Since(t).Nanoseconds())) // a few ms
	var rates, parts []float64
	before := peak(threads)
	top := before
	for b.Loop() {
		t := time.Now()
		for range n {
			f()
		}
		rate := flop * float64(n) / float64(time.Since(t).Nanoseconds())
		after := peak(threads)
		rates, parts = append(rates, rate), append(parts, 2*rate/(before+after))
		before, top = after, max(top, after)
	}
	slices.Sort(rates)
	slices.Sort(parts)
	rate := rates[len(rates)/2]
	b.ReportMetric(flop/rate, "ns/op")
	b.ReportMetric(rate, "GFLOP/s")
	if before == 0 { // no peak is known
		return shares{}
	}
	s := shares{parts[len(parts)/2], rates[len(rates)-1] / top}
	s.report(b)
	return s
}

func (s shares) report(b *testing.B) {
	b.ReportMetric(100*s.median, "%peak")
	b.ReportMetric(100*s.best, "%peak-at-best")
}

// run benchmarks products on one and on all processors, and their geometric
// means.
func run(b *testing.B, all []product, serialOnly bool) {
	threads := []int{1}
	if n := runtime.GOMAXPROCS(0); n > 1 && !serialOnly {
		threads = append(threads, n)
	}
	for _, n := range threads {
		sum, count := shares{}, 0
		gemm := cpu.Gemm
		if n == 1 {
			gemm = cpu.GemmSerial
		}
		for _, p := range all {
			b.Run(fmt.Sprintf("threads=%d/%s %dx%dx%d", n, p.name, p.m, p.n, p.k), func(b *testing.B) {
				x, lda, y, ldb, z := p.operands()
				s := share(b, n, 2*float64(p.m)*float64(p.n)*float64(p.k), func() {
					gemm(p.transA, p.transB, p.m, p.n, p.k, x, lda, y, ldb, z, p.n, false)
				})
				if s.best > 0 {
					sum, count = shares{sum.median + math.Log(s.median), sum.best + math.Log(s.best)}, count+1
				}
			})
		}
		if count > 0 {
			b.Run(fmt.Sprintf("threads=%d/geometric mean of %d", n, count), func(b *testing.B) {
				for b.Loop() {
				}
				b.ReportMetric(0, "ns/op")
				shares{math.Exp(sum.median / float64(count)), math.Exp(sum.best / float64(count))}.report(b)
			})
		}
	}
}

// BenchmarkGemmTransformer times the products of training and its heads.
func BenchmarkGemmTransformer(b *testing.B) { run(b, transformer(), false) }

// BenchmarkGemmAttention times the products of one head.
func BenchmarkGemmAttention(b *testing.B) {
	var all []product
	for _, t := range []int{128, 256} {
		all = append(all, product{"scores", t, t, 64, false, true}, product{"mixing", t, 64, t, false, false}, product{"dv", t, 64, t, true, false})
	}
	run(b, all, true)
}

// BenchmarkGemmFewRows times what generation does: few rows by weights, which
// are packed before or not. It is bound by reading them, so it tells GB/s.
func BenchmarkGemmFewRows(b *testing.B) {
	for _, s := range []struct{ n, k int }{{1152, 384}, {768, 2048}, {30000, 768}} {
		w := roll(1).floats(s.n * s.k)
		packed := cpu.Pack(true, s.k, s.n, w, s.k)
		for _, m := range []int{1, 2, 4, 8, 16} {
			x, y := roll(2).floats(m*s.k), make([]float32, m*s.n)
			for name, f := range map[string]func(){
				"plain":  func() { cpu.Gemm(false, true, m, s.n, s.k, x, s.k, w, s.k, y, s.n, false) },
				"packed": func() { packed.Mul(m, x, s.k, y, s.n, false) },
			} {
				b.Run(fmt.Sprintf("%s/%dx%dx%d", name, m, s.n, s.k), func(b *testing.B) {
					for b.Loop() {
						f()
					}
					per := b.Elapsed().Seconds() / float64(b.N)
					b.ReportMetric(float64(4*s.n*s.k)/per/1e9, "GB/s")
					b.ReportMetric(2*float64(m*s.n*s.k)/per/1e9, "GFLOP/s")
				})
			}
		}
	}
}
