package cases

// Pictures to the tokens of a published tokenizer and back.

import (
	"context"
	"slices"
	"time"

	"fourmlab/fourm/vq"
)

// tokenizing encodes a batch of pictures and decodes the tokens: a ViT of a size
// on either side, with the MLP behind its blocks that all published ones have
// (docs/4m.md, 2.2 and 2.5).
type tokenizing struct {
	batch, size, patch int
	letter             string // "b" is 768 wide with 12 blocks
	codes, latent      int
}

// timed times so many repetitions of both halves, and each half for itself.
func (t tokenizing) timed(ctx context.Context, reps int, warm float64) (Result, error) {
	s, err := vq.OfficialSpec(map[string]any{"image_size": t.size, "patch_size": t.patch, "n_channels": 3, "enc_type": "vit_" + t.letter + "_enc",
		"dec_type": "vit_" + t.letter + "_dec", "post_mlp": true, "codebook_size": t.codes, "latent_dim": t.latent})
	if err != nil {
		return Result{}, err
	}
	n, err := vq.NewNetwork(s, seed)
	if err != nil {
		return Result{}, err
	}
	d := dice(seed)
	x := vq.Images{B: t.batch, C: 3, H: t.size, W: t.size, Data: make([]float32, t.batch*3*t.size*t.size)}
	for i := range x.Data {
		x.Data[i] = float32(d.Between(-1000, 1000)) / 1000
	}
	var there, back []float64 // seconds
	r, err := timed(ctx, reps, warm, func(ctx context.Context, i int) error {
		began := time.Now()
		codes, err := n.Encode(ctx, x)
		if err != nil {
			return err
		}
		half := time.Now()
		if _, err = n.Decode(ctx, codes); err != nil {
			return err
		}
		there, back = append(there, half.Sub(began).Seconds()), append(back, time.Since(half).Seconds())
		return nil
	})
	if err != nil {
		return r, err
	}
	r.GFLOP = 2 * float64(t.macs(s)) / 1e9
	r.EncodePerS = float64(t.batch) / median(slices.Clone(there[len(there)-reps:]))
	r.DecodePerS = float64(t.batch) / median(slices.Clone(back[len(back)-reps:]))
	return r, nil
}

// macs counts the multiply-adds of a repetition: of T tokens of width D and B
// blocks on either side
//
//	blocks     2 B (T 12 D D + 2 T T D)    two products of attention over all pairs
//	post_mlp   2 T 8 D D
//	patches    2 T D P P C
//	latents    2 T D L
//	codes      T L K                       all distances, as the plain path has them
func (t tokenizing) macs(s vq.Spec) int64 {
	n, d := int64(t.size/t.patch)*int64(t.size/t.patch), int64(s.Enc.Dim)
	one := int64(s.Enc.Depth)*(n*12*d*d+2*n*n*d) + n*8*d*d + n*d*int64(t.patch*t.patch*3) + n*d*int64(t.latent)
	return int64(t.batch) * (2*one + n*int64(t.latent)*int64(t.codes))
}
