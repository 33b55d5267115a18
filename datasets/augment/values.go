package augment

// Pixels to the numbers that 4M's models and tokenizers are given (docs/4m.md,
// 1.3).

import (
	"math"
	"slices"

	"fourmlab/internal/fault"
)

// Norm is what is subtracted from each channel's numbers, which go from 0 to 1,
// and what they are divided by then.
type Norm struct{ Mean, Std [3]float32 }

var (
	// ImageNet is for 4M's pixels.
	ImageNet = Norm{[3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}}
	// Inception gives numbers from -1 to 1, for tokenizers and normals.
	Inception = Norm{[3]float32{0.5, 0.5, 0.5}, [3]float32{0.5, 0.5, 0.5}}
)

// Tensor gives (C, H, W) numbers, normalised. The picture has at most three
// channels.
func (b Bytes) Tensor(n Norm) []float32 {
	const op = "Bytes.Tensor"
	b.check(op)
	if b.C > 3 {
		fault.Panic(op, "%d channels, expected 1 to 3", b.C)
	}
	size := b.H * b.W
	out := make([]float32, b.C*size)
	for c := range b.C {
		for i := range size {
			out[c*size+i] = (float32(b.Pix[i*b.C+c])/255 - n.Mean[c]) / n.Std[c]
		}
	}
	return out
}

// Depth gives 16-bit depth as numbers from 0 to 1.
func Depth(v []uint16) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(float64(x) / 65535)
	}
	return out
}

// Standardise makes depth comparable between pictures: of all numbers the
// lowest and the highest tenth are left aside, and the mean of the others is
// subtracted from all, which are divided by the root of their unbiased
// variance plus 1e-6. Where fewer than two are left, only the mean is
// subtracted.
func Standardise(v []float32) []float32 {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	n := float64(len(v))
	kept := sorted[int(0.1*n):int(0.9*n)]
	if len(kept) == 0 {
		kept = sorted
	}
	sum := 0.0
	for _, x := range kept {
		sum += float64(x)
	}
	mean := sum / max(1, float64(len(kept)))
	dev := 0.0
	for _, x := range kept {
		dev += (float64(x) - mean) * (float64(x) - mean)
	}
	root := 1.0
	if len(kept) > 1 {
		root = math.Sqrt(dev/float64(len(kept)-1) + 1e-6)
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32((float64(x) - mean) / root)
	}
	return out
}

// ShiftLabels gives class ids plus one, so that 0 is free for "no class",
// which files write as 255.
func ShiftLabels(ids []uint8) []int {
	out := make([]int, len(ids))
	for i, v := range ids {
		out[i] = int(v + 1) // modulo 256
	}
	return out
}

// Valid reads a mask: true where a pixel is 255. With pool above 1 a block of
// pool by pool pixels is valid where all of it is; the picture's sides must be
// multiples of pool.
func Valid(b Bytes, pool int) []bool {
	const op = "augment.Valid"
	b.check(op)
	if b.C != 1 {
		fault.Panic(op, "a mask of %d channels, expected 1", b.C)
	}
	if pool < 1 || b.H%pool != 0 || b.W%pool != 0 {
		fault.Panic(op, "blocks of %d pixels in a mask of %dx%d", pool, b.H, b.W)
	}
	out := make([]bool, len(b.Pix))
	for y := 0; y < b.H; y += pool {
		for x := 0; x < b.W; x += pool {
			all := true
			for i := range pool * pool {
				all = all && b.Pix[(y+i/pool)*b.W+x+i%pool] == 255
			}
			for i := range pool * pool {
				out[(y+i/pool)*b.W+x+i%pool] = all
			}
		}
	}
	return out
}
