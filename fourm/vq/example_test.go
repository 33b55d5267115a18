package vq_test

import (
	"context"
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
)

// A tokenizer of gray pictures, from pictures to tokens and back.
func Example() {
	m := modality.Modality{Name: "stripes", Look: modality.Gray, Height: 16, Patch: 4, Vocab: 8}
	modality.Register(m)
	var pictures []*modality.Picture
	for i := range 8 {
		p := modality.NewPicture(16, 16, 1)
		for k := range p.Pix {
			p.Pix[k] = float32((k%16 + i) / 8 % 2)
		}
		pictures = append(pictures, p)
	}
	tok, err := vq.Train(context.Background(), modality.Lookup("stripes"), pictures, vq.VQ{Steps: 20, Batch: 4, Dim: 16, Latent: 4}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := tok.Encode(pictures[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := tok.Decode(t)
	fmt.Println(t.Rows, t.Cols, tok.Vocab(), back.(*modality.Picture).W, err)
	// Output:
	// 4 4 8 16 <nil>
}
