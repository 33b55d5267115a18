package shipped_test

import (
	"fmt"
	"math"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/shipped"
)

// A picture to tokens and back, without training.
func Example() {
	if err := shipped.Tokenizers("rgb"); err != nil {
		panic(err)
	}
	p := modality.NewPicture(64, 64, 3) // a floor that grows darker, under a sky
	for i := range p.Pix {
		y := i / (64 * 3)
		p.Pix[i] = 0.8
		if y > 30 {
			p.Pix[i] = float32(0.7 - 0.2*float64(y-30)/34)
		}
	}
	t := modality.Tokenize("example", modality.Lookup("rgb"), p)
	fmt.Printf("%dx%d tokens of %d codes; PSNR above 25 dB: %v\n", t.Rows, t.Cols, t.Tokenizer().Vocab(), metric.PSNR.Sample(p, t.Picture()) > 25)
	fmt.Println(math.Log2(float64(t.Tokenizer().Vocab()))*float64(len(t.IDs))/64/64, "bits a pixel")
	// Output:
	// 16x16 tokens of 256 codes; PSNR above 25 dB: true
	// 0.5 bits a pixel
}
