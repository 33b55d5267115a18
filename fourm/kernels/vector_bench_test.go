package kernels_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fourmlab/fourm/kernels/cpu"
)

// middle gives the median time of f in seconds, of it in turn with others, so
// that what else the machine does meets all alike.
func middle(b *testing.B, fs ...func()) []float64 {
	times := make([][]float64, len(fs))
	for b.Loop() {
		for i, f := range fs {
			t := time.Now()
			f()
			times[i] = append(times[i], time.Since(t).Seconds())
		}
	}
	out := make([]float64, len(fs))
	for i, x := range times {
		slices.Sort(x)
		out[i] = x[len(x)/2]
	}
	b.ReportMetric(0, "ns/op")
	return out
}

// bandwidth reports the bytes that f must move, in GB/s, beside those of a
// copy of n numbers by all workers.
func bandwidth(b *testing.B, name string, bytes, n int, f func()) {
	b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
		from, to := make([]float32, n), make([]float32, n)
		for i := range from {
			from[i], to[i] = 1, 2 // memory of its own, not the one page of zeros
		}
		t := middle(b, f, func() {
			cpu.For(n, max(1<<13, n/8), func(lo, hi int) { copy(to[lo:hi], from[lo:hi]) })
		})
		b.ReportMetric(float64(bytes)/t[0]/1e9, "GB/s")
		b.ReportMetric(float64(8*n)/t[1]/1e9, "copy-GB/s")
	})
}

// Memory-bound kernels in the cache and far beyond it.
func BenchmarkBandwidth(b *testing.B) {
	for _, n := range []int{1 << 18, 12 << 20} {
		d := roll(1)
		part := d.floats(1 << 12)
		fill := func() []float32 {
			x := make([]float32, n)
			for i := 0; i < n; i += len(part) {
				copy(x[i:], part)
			}
			return x
		}
		w, x, y, z := fill(), fill(), fill(), fill()
		cpu.Mul(w, w, w) // AdamW's mean of squares is not negative
		bandwidth(b, "adamw", 28*n, n, func() { cpu.AdamW(x, y, z, w, 3, 1e-6, 0.9, 0.95, 1e-8, 0.05, 0.5) })
		bandwidth(b, "squares", 4*n, n, func() { cpu.SumSquares(x) })
		bandwidth(b, "add", 12*n, n, func() { cpu.Add(z, x, y) })
		bandwidth(b, "mul", 12*n, n, func() { cpu.Mul(z, x, y) })
		bandwidth(b, "gate", 12*n, n, func() { cpu.Gate(z, x, y) })
		bandwidth(b, "gate back", 20*n, n, func() { cpu.GateBack(z, w, x, y, x) })
		bandwidth(b, "silu", 8*n, n, func() { cpu.Silu(z, x) })
		bandwidth(b, "silu back", 12*n, n, func() { cpu.SiluBack(z, x, y) })
		bandwidth(b, "gelu", 8*n, n, func() { cpu.Gelu(z, x) })
		bandwidth(b, "gelu back", 12*n, n, func() { cpu.GeluBack(z, x, y) })
		for _, dim := range []int{384, 768} {
			n := n / dim * dim
			g, h := d.floats(dim), d.floats(dim)
			name := func(s string) string { return fmt.Sprintf("%s %d", s, dim) }
			bandwidth(b, name("norm"), 8*n, n, func() { cpu.Norm(z[:n], x[:n], g, h, 1e-6) })
			bandwidth(b, name("norm back"), 12*n, n, func() { cpu.NormBack(z[:n], x[:n], y[:n], g, 1e-6) })
			bandwidth(b, name("norm back, gain and bias"), 8*n, n, func() { cpu.NormBackParam(g, h, x[:n], y[:n], 1e-6) })
			bandwidth(b, name("add bias"), 8*n, n, func() { cpu.AddBias(z[:n], g) })
			bandwidth(b, name("sum rows"), 4*n, n, func() { cpu.SumRows(g, x[:n]) })
		}
	}
	const rows, dim = 30000, 384
	table, out := make([]float32, rows*dim), make([]float32, 600*dim)
	index := make([]int32, 2*600)
	for i := range 600 {
		index[2*i+1] = int32(i * 47)
	}
	bandwidth(b, "scatter 600 rows", 4*len(table), len(table), func() { cpu.Scatter(table, out, index, 0, dim) })
	bandwidth(b, "scatter and add 600 rows", 12*len(out), len(out), func() { cpu.ScatterAdd(table, out, index, 0, dim) })
	bandwidth(b, "gather 600 rows", 8*len(out), len(out), func() { cpu.Gather(out, index, [][]float32{table}, dim) })
}

// Attention forward and backward, counting the products of all queries with
// all keys, seen or not.
func BenchmarkAttention(b *testing.B) {
	for _, c := range []struct {
		name string
		cpu.Heads
		span string
	}{
		{"self", cpu.Heads{B: 8, H: 6, Tq: 128, Tk: 128, D: 64}, "all"},
		{"self", cpu.Heads{B: 4, H: 12, Tq: 128, Tk: 128, D: 64}, "all"},
		{"self", cpu.Heads{B: 1, H: 6, Tq: 256, Tk: 256, D: 64}, "all"},
		{"cross", cpu.Heads{B: 8, H: 6, Tq: 128, Tk: 128, D: 64}, "padded"},
		{"decoder", cpu.Heads{B: 8, H: 6, Tq: 128, Tk: 128, D: 64}, "modalities"},
		{"causal", cpu.Heads{B: 8, H: 6, Tq: 128, Tk: 128, D: 64}, "causal"},
		{"step", cpu.Heads{B: 1, H: 6, Tq: 1, Tk: 256, D: 64}, "all"},
		{"step", cpu.Heads{B: 2, H: 12, Tq: 1, Tk: 256, D: 64}, "all"},
	} {
		s, d := c.Heads, roll(2)
		w := s.H * s.D
		s.QStride, s.KStride, s.VStride = w, 2*w, 2*w
		q, kv, span := d.floats(s.B*s.Tq*w), d.floats(2*s.B*s.Tk*w), d.spans(c.span, s)
		if c.name == "self" || c.name == "decoder" { // packed as one tensor
			s.QStride, s.KStride, s.VStride = 3*w, 3*w, 3*w
			q = d.floats(3 * s.B * s.Tq * w)
			kv = q[w:]
		}
		out, dq, dkv := d.floats(s.B*s.Tq*w), make([]float32, len(q)), make([]float32, len(kv))
		flop := 4 * float64(s.B*s.H*s.Tq*s.Tk*s.D)
		b.Run(fmt.Sprintf("%s/B%dH%d/%dx%d", c.name, s.B, s.H, s.Tq, s.Tk), func(b *testing.B) {
			t := middle(b, func() { cpu.Attend(out, q, kv, kv[w:], s, span) }, func() {
				cpu.AttendBack(dq, dkv, dkv[w:], out, q, kv, kv[w:], s, span)
			})
			b.ReportMetric(flop/t[0]/1e9, "GFLOP/s")
			b.ReportMetric(2.5*flop/t[1]/1e9, "back-GFLOP/s")
		})
	}
}

func BenchmarkNearest(b *testing.B) {
	const rows, codes, dim = 196, 16384, 32
	d := roll(3)
	z, book, ids := d.floats(rows*dim), d.floats(codes*dim), make([]int32, rows)
	t := middle(b, func() { cpu.Nearest(ids, z, book, dim) })
	b.ReportMetric(2*rows*codes*dim/t[0]/1e9, "GFLOP/s")
}
