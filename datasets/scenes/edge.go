package scenes

// Canny's edge detector (Canny 1986): smooth, differentiate, keep the ridges
// of the gradient, and follow strong edges into weak ones.

import (
	"math"

	"fourmlab/fourm/modality"
)

// The thresholds are of the length of the gradient, in units of luminance
// [0, 1] a pixel.
const (
	weakEdge   = 0.014
	strongEdge = 0.036
)

// canny gives 1 on the edges of rgb (bytes, 3 a pixel, size x size), else 0.
func canny(rgb []uint8, size int) *modality.Picture {
	lum := make([]float32, size*size)
	for i := range lum {
		lum[i] = (0.299*float32(rgb[3*i]) + 0.587*float32(rgb[3*i+1]) + 0.114*float32(rgb[3*i+2])) / 255
	}
	lum = smooth(lum, size)
	at := func(y, x int) float32 { // the border is repeated
		return lum[min(max(y, 0), size-1)*size+min(max(x, 0), size-1)]
	}
	gx, gy, mag := make([]float32, size*size), make([]float32, size*size), make([]float32, size*size)
	for y := range size {
		for x := range size {
			i := y*size + x
			gx[i] = (at(y-1, x+1) + 2*at(y, x+1) + at(y+1, x+1) - at(y-1, x-1) - 2*at(y, x-1) - at(y+1, x-1)) / 8
			gy[i] = (at(y+1, x-1) + 2*at(y+1, x) + at(y+1, x+1) - at(y-1, x-1) - 2*at(y-1, x) - at(y-1, x+1)) / 8
			mag[i] = float32(math.Sqrt(float64(gx[i]*gx[i] + gy[i]*gy[i])))
		}
	}
	ridge := func(y, x int) bool {
		i := y*size + x
		dy, dx := 0, 1
		switch a, b := abs(gx[i]), abs(gy[i]); {
		case b > 2.4142*a:
			dy, dx = 1, 0
		case b > 0.4142*a:
			dy = 1
			if (gx[i] > 0) != (gy[i] > 0) {
				dx = -1
			}
		}
		side := func(y, x int) float32 {
			if y < 0 || x < 0 || y >= size || x >= size {
				return 0
			}
			return mag[y*size+x]
		}
		// Of two equal neighbours one is kept.
		return mag[i] > side(y-dy, x-dx) && mag[i] >= side(y+dy, x+dx)
	}
	weak := make([]bool, size*size)
	var follow []int
	out := modality.NewPicture(size, size, 1)
	for y := range size {
		for x := range size {
			i := y*size + x
			if mag[i] < weakEdge || !ridge(y, x) {
				continue
			}
			weak[i] = true
			if mag[i] >= strongEdge {
				out.Pix[i] = 1
				follow = append(follow, i)
			}
		}
	}
	for len(follow) > 0 {
		i := follow[len(follow)-1]
		follow = follow[:len(follow)-1]
		for y := max(i/size-1, 0); y <= min(i/size+1, size-1); y++ {
			for x := max(i%size-1, 0); x <= min(i%size+1, size-1); x++ {
				if j := y*size + x; weak[j] && out.Pix[j] == 0 {
					out.Pix[j] = 1
					follow = append(follow, j)
				}
			}
		}
	}
	return out
}

// smooth convolves with the Gaussian of sigma 0.8 pixels.
func smooth(in []float32, size int) []float32 {
	var k [5]float32
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-float64((i-2)*(i-2)) / (2 * 0.8 * 0.8)))
		sum += k[i]
	}
	pass := func(in []float32, dy, dx int) []float32 {
		out := make([]float32, len(in))
		for y := range size {
			for x := range size {
				v := float32(0)
				for i, f := range k {
					sy, sx := min(max(y+(i-2)*dy, 0), size-1), min(max(x+(i-2)*dx, 0), size-1)
					v += f * in[sy*size+sx]
				}
				out[y*size+x] = v / sum
			}
		}
		return out
	}
	return pass(pass(in, 0, 1), 1, 0)
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}
