package vq

// VGG-16 (Simonyan and Zisserman, arXiv 1409.1556) as torchvision's files have it,
// without its classifier: the network of LPIPS.

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/ops"
)

// stages of VGG-16: the numbers that its convolutions have in a file. A maximum
// of 2x2 places lies between stages; what the last convolution of each finds is a
// layer of features.
var stages = [][]int{{0, 2}, {5, 7}, {10, 12, 14}, {17, 19, 21}, {24, 26, 28}}

// readVGG reads the convolutions of a file.
func readVGG(f *checkpoint.File) (*features, error) {
	params := map[string]*Param{}
	in := 3
	for s, convs := range stages {
		out := min(64<<s, 512)
		for _, i := range convs {
			for name, want := range map[string][]int{fmt.Sprintf("features.%d.weight", i): {out, in, 3, 3}, fmt.Sprintf("features.%d.bias", i): {out}} {
				got := f.Shape(name)
				if got == nil {
					return nil, fmt.Errorf("it holds neither a tokenizer nor VGG-16, which has a tensor %q", name)
				}
				if err := shape(name, got, want); err != nil {
					return nil, err
				}
				v, err := f.Floats(name)
				if err != nil {
					return nil, err
				}
				params[name] = &Param{Shape: want, Data: v}
			}
			in = out
		}
	}
	return &features{name: "VGG-16", in: func(g *graph) *features {
		return &features{name: "VGG-16", layers: func(x *G.Node) []*G.Node { return g.vgg(params, x) }}
	}}, nil
}

// vgg looks at pictures (B, H, W, 3) from -1 to 1, which it wants as ImageNet's
// are. It stops where pictures are too small for another stage.
func (g *graph) vgg(params map[string]*Param, x *G.Node) (found []*G.Node) {
	gain, shift := make([]float32, 3), make([]float32, x.Shape().TotalSize())
	for c := range gain {
		gain[c] = float32(0.5 / imageNet[1][c])
	}
	for i := range shift {
		shift[i] = float32((0.5 - imageNet[0][i%3]) / imageNet[1][i%3])
	}
	x = ops.Add(ops.Gain(x, g.input("features.gain", []int{3}, gain)), g.input("features.shift", x.Shape(), shift))
	for s, convs := range stages {
		if s > 0 {
			if sh := x.Shape(); sh[1] < 2 || sh[2] < 2 {
				return found
			}
			x = ops.MaxPool(x, 2)
		}
		for _, i := range convs {
			name := fmt.Sprintf("features.%d.", i)
			w, b := params[name+"weight"], params[name+"bias"]
			x = ops.Relu(ops.Conv(x, g.input(name+"weight", w.Shape, w.Data), g.input(name+"bias", b.Shape, b.Data), 1, 1))
		}
		found = append(found, x)
	}
	return found
}
