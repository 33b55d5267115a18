package cpu

// Convolutions over pictures (B, H, W, In): what the window of each place of
// the result shows is written in one row of a matrix, a block of places at a
// time, and the matrix multiplied by the weights.

// Window is the shape of a convolution: pictures (B, H, W, In), square windows
// of K by K places that move by Stride, Pad places of zeros on each side, and
// weights (Out, In, K, K).
type Window struct{ B, H, W, In, Out, K, Stride, Pad int }

// Size gives the rows and columns of the result (B, rows, cols, Out).
func (s Window) Size() (rows, cols int) {
	return (s.H+2*s.Pad-s.K)/s.Stride + 1, (s.W+2*s.Pad-s.K)/s.Stride + 1
}

// shows gives how many numbers a window shows.
func (s Window) shows() int { return s.K * s.K * s.In }

// pointwise says whether a window is the one place that it stands at.
func (s Window) pointwise() bool { return s.K == 1 && s.Stride == 1 && s.Pad == 0 }

// windowRoom is how many numbers a block of windows shows together.
const windowRoom = 1 << 21

// Conv computes y (B, rows, cols, Out), the convolution of x by w, plus bias
// (Out), which may be nil.
func Conv(y, x, w, bias []float32, s Window) {
	rows, cols := s.Size()
	n, k := s.B*rows*cols, s.shows()
	plus := Plus{Bias: bias}
	if s.pointwise() {
		GemmPlus(false, true, n, s.Out, k, x, k, w, k, y, s.Out, plus)
		return
	}
	byPlace := borrow(len(w))
	placesFirst(*byPlace, w, s)
	s.blocks(x, func(from, n int, shown []float32) {
		GemmPlus(false, true, n, s.Out, k, shown, k, *byPlace, k, y[from*s.Out:], s.Out, plus)
	})
	giveBack(byPlace)
}

// ConvBack computes dx (B, H, W, In) from dy (B, rows, cols, Out).
func ConvBack(dx, dy, w []float32, s Window) {
	rows, cols := s.Size()
	n, k := rows*cols, s.shows()
	if s.pointwise() {
		Gemm(false, false, s.B*n, k, s.Out, dy, s.Out, w, k, dx, k, false)
		return
	}
	byPlace := borrow(len(w))
	placesFirst(*byPlace, w, s)
	many := max(1, windowRoom/(n*k)) // pictures at a time
	shown := borrow(min(many, s.B) * n * k)
	for b := 0; b < s.B; b += many {
		m := min(many, s.B-b)
		Gemm(false, false, m*n, k, s.Out, dy[b*n*s.Out:], s.Out, *byPlace, k, *shown, k, false)
		s.collect(dx[b*s.H*s.W*s.In:(b+m)*s.H*s.W*s.In], *shown)
	}
	giveBack(shown)
	giveBack(byPlace)
}

// ConvBackWeights computes dw (Out, In, K, K) from dy.
func ConvBackWeights(dw, dy, x []float32, s Window) {
	rows, cols := s.Size()
	k := s.shows()
	if s.pointwise() {
		Gemm(true, false, s.Out, k, s.B*rows*cols, dy, s.Out, x, k, dw, k, false)
		return
	}
	byPlace := borrow(len(dw))
	s.blocks(x, func(from, n int, shown []float32) {
		Gemm(true, false, s.Out, k, n, dy[from*s.Out:], s.Out, shown, k, *byPlace, k, from > 0)
	})
	channelsFirst(dw, *byPlace, s)
	giveBack(byPlace)
}

// placesFirst turns weights (Out, In, K, K) to (Out, K, K, In).
func placesFirst(to, w []float32, s Window) { turn(to, w, s.Out, s.In, s.K*s.K) }

// channelsFirst turns weights (Out, K, K, In) to (Out, In, K, K).
func channelsFirst(w, from []float32, s Window) { turn(w, from, s.Out, s.K*s.K, s.In) }

// turn writes the transpose of each of n matrices (rows, cols).
func turn(to, from []float32, n, rows, cols int) {
	size := rows * cols
	For(n, 1+grain/size, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			to, from := to[i*size:i*size+size], from[i*size:i*size+size]
			for c := range cols {
				row := to[c*rows : c*rows+rows]
				for r := range row {
					row[r] = from[r*cols+c]
				}
			}
		}
	})
}

// blocks calls f with what the windows of some places show, block by block in
// their order: n of them, from place from on.
func (s Window) blocks(x []float32, f func(from, n int, shown []float32)) {
	rows, cols := s.Size()
	all, k := s.B*rows*cols, s.shows()
	most := min(all, max(64, windowRoom/k))
	buf := borrow(most * k)
	for from := 0; from < all; from += most {
		n := min(most, all-from)
		shown := (*buf)[:n*k]
		For(n, 1+grain/k, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				s.look(shown[i*k:i*k+k], x, from+i)
			}
		})
		f(from, n, shown)
	}
	giveBack(buf)
}

// look writes what the window of a place shows, (K, K, In): each of its lines
// lies in one piece in x.
func (s Window) look(shown, x []float32, place int) {
	rows, cols := s.Size()
	b, oy, ox := place/(rows*cols), place/cols%rows, place%cols
	left := ox*s.Stride - s.Pad
	from, to := min(max(0, -left), s.K), max(0, min(s.K, s.W-left)) // columns of the window inside
	to = max(from, to)
	line := s.K * s.In
	for ky := range s.K {
		out := shown[ky*line : ky*line+line]
		iy := oy*s.Stride + ky - s.Pad
		if iy < 0 || iy >= s.H || from == to {
			clear(out)
			continue
		}
		at := ((b*s.H+iy)*s.W + left + from) * s.In
		clear(out[:from*s.In])
		copy(out[from*s.In:to*s.In], x[at:])
		clear(out[to*s.In:])
	}
}

// collect computes dx of some pictures, the sum by place of what the windows
// that show it say of it.
func (s Window) collect(dx, shown []float32) {
	rows, cols := s.Size()
	k := s.shows()
	// the windows that show row or column i, and where in them it lies
	reach := func(i int, f func(place, at int)) {
		for at := (i + s.Pad) % s.Stride; at < s.K; at += s.Stride {
			if i+s.Pad >= at {
				f((i+s.Pad-at)/s.Stride, at)
			}
		}
	}
	For(len(dx)/(s.W*s.In), 1+grain/(s.W*k), func(lo, hi int) {
		for line := lo; line < hi; line++ {
			b, iy := line/s.H, line%s.H
			for ix := range s.W {
				to := dx[(line*s.W+ix)*s.In:][:s.In]
				clear(to)
				reach(iy, func(oy, ky int) {
					reach(ix, func(ox, kx int) {
						if oy < rows && ox < cols {
							at := ((b*rows+oy)*cols+ox)*k + (ky*s.K+kx)*s.In
							addSlice(to, to, shown[at:at+s.In])
						}
					})
				})
			}
		}
	})
}
