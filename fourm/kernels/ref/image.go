package ref

// Pictures: patches side by side, and a convolution channel by channel. rows and
// cols count patches of h x w pixels of c numbers; pictures are (b, rows h, cols
// w, c).

// Unpatch makes pictures of patches.
func Unpatch(y, x []float32, b, rows, cols, h, w, c int) {
	each(b, rows, cols, h, w, c, func(patch, picture int) { y[picture] = x[patch] })
}

// Patch is the inverse of Unpatch.
func Patch(y, x []float32, b, rows, cols, h, w, c int) {
	each(b, rows, cols, h, w, c, func(patch, picture int) { y[patch] = x[picture] })
}

// each calls f with the place of each number in the patches and in the pictures.
func each(b, rows, cols, h, w, c int, f func(patch, picture int)) {
	for i := range b * rows * cols * h * w * c {
		ch, x, y, col, row, n := i%c, i/c%w, i/c/w%h, i/c/w/h%cols, i/c/w/h/cols%rows, i/c/w/h/cols/rows
		f(i, ((n*rows*h+row*h+y)*cols*w+col*w+x)*c+ch)
	}
}

// taps calls f for each number of the result of a depthwise convolution of
// pictures (b, h, w, c) by n x n kernels, and each number of x and w that it is
// made of.
func taps(b, h, w, c, n int, f func(y, x, k int)) {
	for i := range b * h * w * c {
		ch, col, row := i%c, i/c%w, i/c/w%h
		for u := range n {
			for v := range n {
				r, q := row+u-n/2, col+v-n/2
				if r >= 0 && r < h && q >= 0 && q < w {
					f(i, i+((r-row)*w+q-col)*c, (ch*n+u)*n+v)
				}
			}
		}
	}
}

// DepthwiseConv convolves each channel with a kernel of its own.
func DepthwiseConv(y, x, w, bias []float32, b, h, wide, c, n int) {
	s := make([]float64, len(y))
	taps(b, h, wide, c, n, func(i, from, k int) { s[i] += float64(x[from]) * float64(w[k]) })
	for i, v := range s {
		y[i] = float32(v + float64(bias[i%c]))
	}
}

// DepthwiseConvBack computes dx from dy.
func DepthwiseConvBack(dx, dy, w []float32, b, h, wide, c, n int) {
	s := make([]float64, len(dx))
	taps(b, h, wide, c, n, func(i, from, k int) { s[from] += float64(dy[i]) * float64(w[k]) })
	for i, v := range s {
		dx[i] = float32(v)
	}
}

// DepthwiseConvBackW computes dw (c, n, n) from dy and x.
func DepthwiseConvBackW(dw, dy, x []float32, b, h, wide, c, n int) {
	s := make([]float64, len(dw))
	taps(b, h, wide, c, n, func(i, from, k int) { s[k] += float64(dy[i]) * float64(x[from]) })
	for i, v := range s {
		dw[i] = float32(v)
	}
}
