package cpu

// Pictures: patches side by side, and a convolution channel by channel.

// PatchGrid are the sizes of B grids of Rows x Cols patches, each of H x W
// pixels of C numbers.
type PatchGrid struct{ B, Rows, Cols, H, W, C int }

// lines calls f for each line of pixels of each patch with its place in the
// patches (B, Rows Cols, H W C) and in the pictures (B, Rows H, Cols W, C).
func (p PatchGrid) lines(f func(patch, picture int)) {
	n := p.W * p.C
	For(p.B*p.Rows, 1, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			for c := range p.Cols {
				for y := range p.H {
					f(((r*p.Cols+c)*p.H+y)*n, ((r*p.H+y)*p.Cols+c)*n)
				}
			}
		}
	})
}

// Unpatch makes pictures of patches.
func Unpatch(y, x []float32, p PatchGrid) {
	n := p.W * p.C
	p.lines(func(patch, picture int) { copy(y[picture:picture+n], x[patch:patch+n]) })
}

// Patch is the inverse of Unpatch.
func Patch(y, x []float32, p PatchGrid) {
	n := p.W * p.C
	p.lines(func(patch, picture int) { copy(y[patch:patch+n], x[picture:picture+n]) })
}

// Planes are the sizes of pictures (B, H, W, C) and of the N x N kernels.
type Planes struct{ B, H, W, C, N int }

// DepthwiseConv computes y[b, i, j, c] = bias[c] + the sum over u and v of
// x[b, i+u-N/2, j+v-N/2, c] w[c, u, v], with zeros beyond the edges.
func DepthwiseConv(y, x, w, bias []float32, p Planes) {
	p.convolve(y, x, w, bias, false)
}

// DepthwiseConvBack computes dx from dy: the same with the kernels turned round.
func DepthwiseConvBack(dx, dy, w []float32, p Planes) {
	p.convolve(dx, dy, w, make([]float32, p.C), true)
}

// convolve sums in double precision: what follows in a ConvNeXt block is a norm
// over as few as three channels, which makes much of small differences.
func (p Planes) convolve(y, x, w, bias []float32, turned bool) {
	n, half := p.N*p.N, p.N/2
	tap := make([]float64, n*p.C) // (N, N, C)
	for c := range p.C {
		for k := range n {
			from := k
			if turned {
				from = n - 1 - k
			}
			tap[k*p.C+c] = float64(w[c*n+from])
		}
	}
	For(p.B*p.H, 1, func(lo, hi int) {
		line := make([]float64, p.W*p.C)
		for r := lo; r < hi; r++ {
			for i := range line {
				line[i] = float64(bias[i%p.C])
			}
			i := r % p.H
			for u := max(0, half-i); u < min(p.N, p.H+half-i); u++ {
				from := x[(r+u-half)*p.W*p.C:][:p.W*p.C]
				for j := range p.W {
					out := line[j*p.C : j*p.C+p.C]
					for v := max(0, half-j); v < min(p.N, p.W+half-j); v++ {
						in, k := from[(j+v-half)*p.C:][:len(out)], tap[(u*p.N+v)*p.C:][:len(out)]
						for c := range out {
							out[c] += float64(in[c]) * k[c]
						}
					}
				}
			}
			for i, v := range line {
				y[r*p.W*p.C+i] = float32(v)
			}
		}
	})
}

// DepthwiseConvBackW computes dw (C, N, N) from dy and x.
func DepthwiseConvBackW(dw, dy, x []float32, p Planes) {
	half := p.N / 2
	For(p.N*p.N, 1, func(lo, hi int) {
		sum := make([]float64, p.C)
		for k := lo; k < hi; k++ {
			u, v := k/p.N-half, k%p.N-half
			clear(sum)
			for r := range p.B * p.H {
				if i := r%p.H + u; i < 0 || i >= p.H {
					continue
				}
				for j := max(0, -v); j < min(p.W, p.W-v); j++ {
					g, in := dy[(r*p.W+j)*p.C:][:p.C], x[((r+u)*p.W+j+v)*p.C:][:p.C]
					for c, d := range g {
						sum[c] += float64(d) * float64(in[c])
					}
				}
			}
			for c, s := range sum {
				dw[c*p.N*p.N+k] = float32(s)
			}
		}
	})
}
