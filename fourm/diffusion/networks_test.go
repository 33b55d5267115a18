package diffusion_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"fourmlab/fourm/diffusion"
)

// Networks of all makes predict what the same layers of PyTorch 1.13 do: four
// numbers of the prediction as (B, C, H, W), and the mean of their squares. All
// that goes in is a wave, so that both sides make it alike.
func TestNetworksAgreeWithPyTorch(t *testing.T) {
	const b, c, d, rows, cols = 2, 2, 5, 4, 3
	for _, x := range []struct {
		name, kind, arguments, conditioning string
		h, w                                int
		want                                []float64
	}{
		{"uvit", "uvit", `{"patch_size": 2, "block_out_channels": [8, 16], "layers_per_block": 1, "downsample_before_mid": true, "mid_layers": 3, "mid_num_heads": 2, "mid_dim": 16, "mid_mlp_ratio": 2, "mid_hw_posemb": 3, "norm_num_groups": 4}`, "concat", 16, 24, []float64{-0.546244, -0.148933, -0.271538, 0.514607, 0.2596}},
		{"uvit that attends to the condition, long skips", "uvit", `{"patch_size": 2, "block_out_channels": [8, 16], "layers_per_block": 1, "downsample_before_mid": true, "mid_layers": 3, "mid_num_heads": 2, "mid_dim": 16, "mid_mlp_ratio": 2, "mid_hw_posemb": 3, "norm_num_groups": 4, "mid_use_long_skip": true}`, "xattn", 24, 16, []float64{0.184237, 0.3817, -0.29944, 0.863159, 0.212671}},
		{"uvit with scales, without biases and the last halving", "uvit", `{"patch_size": 2, "block_out_channels": [8, 16], "layers_per_block": [1, 2], "downsample_before_mid": false, "mid_layers": 3, "mid_num_heads": 2, "mid_dim": 16, "mid_mlp_ratio": 2, "mid_hw_posemb": 3, "norm_num_groups": 4, "resnet_time_scale_shift": "scale_shift", "resnet_out_scale_factor": 1.5, "time_embedding_dim": 20, "flip_sin_to_cos": false, "freq_shift": 1, "mid_qkv_bias": false}`, "concat", 16, 8, []float64{-0.653569, 0.302157, -0.50187, 0.997047, 0.218488}},
		{"uvit of three levels, long skips", "uvit", `{"patch_size": 2, "block_out_channels": [8, 12, 16], "layers_per_block": 2, "downsample_before_mid": false, "mid_layers": 3, "mid_num_heads": 2, "mid_dim": 16, "mid_mlp_ratio": 2, "mid_hw_posemb": 3, "norm_num_groups": 4, "mid_use_long_skip": true}`, "concat", 16, 32, []float64{-0.134818, 0.523538, -0.22179, 0.730769, 0.205019}},
		{"unet of three levels", "unet", `{"patch_size": 2, "model_channels": 32, "num_res_blocks": 2, "attention_resolutions": [1, 4], "channel_mult": [1, 2, 3], "num_heads": 4}`, "concat", 24, 32, []float64{-0.225668, 0.142758, -0.0562064, 0.0436043, 0.052655}},
		{"unet with scales, resized in blocks", "unet", `{"patch_size": 2, "model_channels": 32, "num_res_blocks": 1, "attention_resolutions": [2], "channel_mult": [1, 2], "num_heads": 2, "use_scale_shift_norm": true, "resblock_updown": true, "num_head_channels": 8}`, "concat", 16, 12, []float64{-0.11396, -0.165449, -0.161048, 0.157359, 0.0524098}},
		{"unet without convolutions between levels, new order", "unet", `{"patch_size": 2, "model_channels": 32, "num_res_blocks": 1, "attention_resolutions": [2], "channel_mult": [1, 2], "num_heads": 2, "conv_resample": false, "use_new_attention_order": true, "num_heads_upsample": 4}`, "concat", 8, 16, []float64{-0.181279, 0.193092, -0.172079, -0.027767, 0.0497427}},
	} {
		var raw map[string]any
		if err := json.Unmarshal([]byte(x.arguments), &raw); err != nil {
			t.Fatal(err)
		}
		n, err := diffusion.OfficialNetwork(x.kind, raw, c, d, x.conditioning)
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		dec := diffusion.New(n, diffusion.Process{}, 1)
		for name, p := range dec.Params {
			fan := len(p.Data) / p.Shape[0]
			for i := range p.Data {
				v := 0.3 * math.Sin(1.3*float64(i)+float64(len(name)))
				if len(p.Shape) > 1 {
					v *= 4 / math.Sqrt(float64(fan))
				} else if strings.HasSuffix(name, ".weight") {
					v++
				}
				p.Data[i] = float32(v)
			}
		}
		noisy := diffusion.Pictures{B: b, H: x.h, W: x.w, C: c, Data: byPixel(b, c, x.h*x.w, func(i float64) float64 { return math.Sin(0.37 * i) })}
		cond := diffusion.Condition{B: b, H: rows, W: cols, C: d, Data: byPixel(b, d, rows*cols, func(i float64) float64 { return math.Cos(0.53 * i) })}
		for i := range b * rows * cols {
			cond.Hidden = append(cond.Hidden, i%3 == 0)
		}
		y, err := dec.Predict(context.Background(), noisy, []int{7, 911}, cond)
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		planes := make([]float64, len(y.Data))
		squares := 0.0
		for i := range planes {
			planes[i] = float64(y.Data[pixel(i, c, x.h*x.w)])
			squares += planes[i] * planes[i]
		}
		k := len(planes)
		got := []float64{planes[0], planes[k/3], planes[k/2], planes[k-1], squares / float64(k)}
		for i, w := range x.want {
			if math.Abs(got[i]-w) > 5e-6 {
				t.Errorf("%s: number %d is %.6g, expected %.6g", x.name, i, got[i], w)
			}
		}
	}
}

// pixel gives the place in (B, H, W, C) of number i of (B, C, H, W), n pixels a
// picture.
func pixel(i, c, n int) int { return (i/(c*n)*n+i%n)*c + i/n%c }

// byPixel gives (B, H, W, C) of what f gives by place in (B, C, H, W).
func byPixel(b, c, n int, f func(i float64) float64) []float32 {
	x := make([]float32, b*c*n)
	for i := range x {
		x[pixel(i, c, n)] = float32(f(float64(i)))
	}
	return x
}
