package vq_test

import (
	"context"
	"fmt"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
)

// A tokenizer of pictures that are dark on one side and bright on the other.
func Example() {
	modality.Register(modality.Modality{Name: "halves", Look: modality.Gray, Height: 8, Patch: 4, Vocab: 8})
	var pictures []*modality.Picture
	for i := range 32 {
		p := modality.NewPicture(8, 8, 1)
		for at := range p.Pix {
			if (at%8 < 4) == (i%2 == 0) {
				p.Pix[at] = 1
			}
		}
		pictures = append(pictures, p)
	}
	tok, err := vq.Train(context.Background(), modality.Lookup("halves"), pictures, vq.VQ{Steps: 60, Batch: 8, Dim: 16, Latent: 4}, nil)
	if err != nil {
		panic(err)
	}
	t, err := tok.Encode(pictures[0])
	if err != nil {
		panic(err)
	}
	fmt.Println(t.Rows, t.Cols, t.IDs[0] != t.IDs[1])
	back, err := tok.Decode(t)
	if err != nil {
		panic(err)
	}
	p := back.(*modality.Picture)
	fmt.Println(p.At(0, 0, 0) > 0.8, p.At(0, 7, 0) < 0.2)
	// Output:
	// 2 2 true
	// true true
}
