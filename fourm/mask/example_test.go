package mask_test

import (
	"fmt"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

func ExampleMask() {
	caption := "a red ball left of a small blue box"
	v := text.Train([]string{caption, caption}, 600)
	modality.SetTokenizer("caption", &text.Tokenizer{Words: v, Of: modality.Lookup("caption")})
	s := modality.Sample{Key: "1", Values: map[string]any{"caption": caption}}
	mk := mask.Mask{In: 8, Out: 16, Seed: 7}.Draw(s)
	fmt.Println(mk.Parts[0].In.Text())
	fmt.Println(mk.Parts[0].Out.Text())
	// Output:
	// [S_1] left [S_2]
	// [S_1] a red ball [S_2] of a small blue box [EOS] [S_3]
}
