package augment

// Resizing as Pillow does it: a separable filter, widened by the factor by
// which a picture shrinks so that nothing aliases, first along the rows, then
// along the columns. Of 8 bits it computes in whole numbers of 22 fractional
// bits and rounds after each of the two.

import (
	"math"

	"fourmlab/internal/fault"
)

// Filter says how pixels between pixels are found.
type Filter int

const (
	Bicubic  Filter = iota // Keys' cubic with a = -1/2: what Pillow does where nothing is said
	Bilinear               // a triangle
	Nearest                // the pixel there, nothing mixed
)

func (f Filter) String() string {
	if f < Bicubic || f > Nearest {
		return "no filter"
	}
	return [...]string{"bicubic", "bilinear", "nearest"}[f]
}

// reach is how far the filter extends, in pixels.
func (f Filter) reach() float64 {
	if f == Bicubic {
		return 2
	}
	return 1
}

// at gives the weight of a pixel at distance x.
func (f Filter) at(x float64) float64 {
	x = math.Abs(x)
	if f == Bilinear {
		return max(0, 1-x)
	}
	const a = -0.5 // conversions keep products and sums apart on every machine
	switch {
	case x < 1:
		return float64((float64((a+2)*x)-(a+3))*x*x) + 1
	case x < 2:
		return (float64((float64((x-5)*x)+8)*x) - 4) * a
	}
	return 0
}

// taps are the pixels that one new pixel is mixed from: weights of those from
// first on.
type taps struct {
	first  int
	weight []float64
}

// spread gives the taps of every new pixel along one side.
func (f Filter) spread(from, to int) []taps {
	scale := float64(from) / float64(to)
	wide := max(scale, 1)
	support := float64(f.reach() * wide)
	inv := 1 / wide
	out := make([]taps, to)
	for i := range out {
		center := float64((float64(i) + 0.5) * scale)
		lo := max(0, int(center-support+0.5))
		hi := min(from, int(center+support+0.5))
		w := make([]float64, hi-lo)
		sum := 0.0
		for k := range w {
			w[k] = f.at((float64(k+lo) - center + 0.5) * inv)
			sum += w[k]
		}
		if sum != 0 {
			for k := range w {
				w[k] /= sum
			}
		}
		out[i] = taps{lo, w}
	}
	return out
}

// steps gives the pixel that each new pixel is, along one side; positions are
// added up as Pillow adds them.
func steps(from, to int) []int {
	out := make([]int, to)
	scale := float64(from) / float64(to)
	at := scale * 0.5
	for i := range out {
		out[i] = min(int(at), from-1)
		at += scale
	}
	return out
}

// fractional bits of a weight for 8-bit pixels: 32 less 8 for the pixel and 2
// for sums that overshoot.
const bits = 32 - 8 - 2

// fixed rounds weights to whole numbers.
func fixed(all []taps) [][]int32 {
	out := make([][]int32, len(all))
	for i, t := range all {
		out[i] = make([]int32, len(t.weight))
		for k, w := range t.weight {
			out[i][k] = int32(math.Copysign(math.Floor(math.Abs(w)*(1<<bits)+0.5), w))
		}
	}
	return out
}

func clip8(v int32) uint8 { return uint8(min(max(v>>bits, 0), 255)) }

// Resize brings the picture to h by w pixels.
func (b Bytes) Resize(h, w int, f Filter) Bytes {
	const op = "Bytes.Resize"
	b.check(op)
	sizes(op, b.H, b.W, h, w, f)
	if h == b.H && w == b.W {
		return b
	}
	if f == Nearest {
		return b.pick(h, w)
	}
	if w != b.W {
		b = b.rows(w, f)
	}
	if h != b.H {
		b = b.columns(h, f)
	}
	return b
}

func sizes(op string, fromH, fromW, h, w int, f Filter) {
	picture(op, fromH, fromW)
	picture(op, h, w)
	if f < Bicubic || f > Nearest {
		fault.Panic(op, "filter %d, expected Bicubic, Bilinear or Nearest", int(f))
	}
}

// pick takes pixels as they are.
func (b Bytes) pick(h, w int) Bytes {
	out := NewBytes(h, w, b.C)
	xs := steps(b.W, w)
	for y, s := range steps(b.H, h) {
		for x, t := range xs {
			copy(out.Pix[(y*w+x)*b.C:][:b.C], b.Pix[(s*b.W+t)*b.C:])
		}
	}
	return out
}

// rows resizes along the rows.
func (b Bytes) rows(w int, f Filter) Bytes {
	out := NewBytes(b.H, w, b.C)
	all := f.spread(b.W, w)
	weights := fixed(all)
	const half = 1 << (bits - 1)
	for y := range b.H {
		row := b.Pix[y*b.W*b.C:][:b.W*b.C]
		to := out.Pix[y*w*b.C:][:w*b.C]
		for x, t := range all {
			if b.C == 3 { // at once: three times as fast
				var r, g, v int32 = half, half, half
				in := row[3*t.first:][:3*len(weights[x])]
				for k, weight := range weights[x] {
					p := in[3*k : 3*k+3 : 3*k+3]
					r += int32(p[0]) * weight
					g += int32(p[1]) * weight
					v += int32(p[2]) * weight
				}
				to[3*x], to[3*x+1], to[3*x+2] = clip8(r), clip8(g), clip8(v)
				continue
			}
			for c := range b.C {
				sum := int32(half)
				at := t.first*b.C + c
				for _, weight := range weights[x] {
					sum += int32(row[at]) * weight
					at += b.C
				}
				to[x*b.C+c] = clip8(sum)
			}
		}
	}
	return out
}

// columns resizes along the columns.
func (b Bytes) columns(h int, f Filter) Bytes {
	out := NewBytes(h, b.W, b.C)
	all := f.spread(b.H, h)
	weights := fixed(all)
	n := b.W * b.C
	sum := make([]int32, n)
	for y, t := range all {
		for i := range sum {
			sum[i] = 1 << (bits - 1)
		}
		for k, weight := range weights[y] {
			row := b.Pix[(t.first+k)*n:][:n]
			for i, p := range row {
				sum[i] += int32(p) * weight
			}
		}
		for i, v := range sum {
			out.Pix[y*n+i] = clip8(v)
		}
	}
	return out
}
