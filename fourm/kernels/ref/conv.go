package ref

// Convolutions over pictures, plain: a sum over the window of each place.

import "fourmlab/fourm/kernels/cpu"

// Window is the shape of a convolution.
type Window = cpu.Window

// windows calls f for each pair of a place of the result and one that it sees:
// the offsets of both in y and x, and in w that of their weight of output
// channel o and input channel 0.
func windows(s Window, f func(y, x, w, o int)) {
	rows, cols := s.Size()
	for b := range s.B {
		for oy := range rows {
			for ox := range cols {
				for ky := range s.K {
					for kx := range s.K {
						iy, ix := oy*s.Stride+ky-s.Pad, ox*s.Stride+kx-s.Pad
						if iy < 0 || iy >= s.H || ix < 0 || ix >= s.W {
							continue
						}
						for o := range s.Out {
							f(((b*rows+oy)*cols+ox)*s.Out+o, ((b*s.H+iy)*s.W+ix)*s.In, (o*s.In*s.K+ky)*s.K+kx, o)
						}
					}
				}
			}
		}
	}
}

// Conv computes the convolution of x by w, plus bias; see cpu.Conv.
func Conv(y, x, w, bias []float32, s Window) {
	sum := make([]float64, len(y))
	for i := range sum {
		if bias != nil {
			sum[i] = float64(bias[i%s.Out])
		}
	}
	windows(s, func(yi, xi, wi, _ int) {
		for c := range s.In {
			sum[yi] += float64(x[xi+c]) * float64(w[wi+c*s.K*s.K])
		}
	})
	narrow(y, sum)
}

// ConvBack computes dx from dy.
func ConvBack(dx, dy, w []float32, s Window) {
	sum := make([]float64, len(dx))
	windows(s, func(yi, xi, wi, _ int) {
		for c := range s.In {
			sum[xi+c] += float64(dy[yi]) * float64(w[wi+c*s.K*s.K])
		}
	})
	narrow(dx, sum)
}

// ConvBackWeights computes dw from dy.
func ConvBackWeights(dw, dy, x []float32, s Window) {
	sum := make([]float64, len(dw))
	windows(s, func(yi, xi, wi, _ int) {
		for c := range s.In {
			sum[wi+c*s.K*s.K] += float64(dy[yi]) * float64(x[xi+c])
		}
	})
	narrow(dw, sum)
}

// narrow rounds sums in double precision.
func narrow(y []float32, sum []float64) {
	for i, v := range sum {
		y[i] = float32(v)
	}
}
