package vq

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// Names and shapes of all tensors of the published tokenizers are those that
// their configurations give here.
func TestPublishedNames(t *testing.T) {
	f, err := os.Open(fixture.Path(t, "4m", "keys_tokenizers.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := map[string]any{"post_mlp": true, "image_size": 448}
	with := func(change map[string]any) map[string]any {
		out := map[string]any{}
		for _, m := range []map[string]any{b, change} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	configs := map[string]map[string]any{
		"rgb":           with(map[string]any{"dec_type": "unet_patched"}),
		"depth":         with(map[string]any{"dec_type": "unet_patched", "n_channels": 1, "codebook_size": 8192}),
		"semseg":        with(map[string]any{"n_labels": 134, "n_channels": 64, "codebook_size": 4096}),
		"CLIP-B16":      with(map[string]any{"patch_proj": false, "n_channels": 512, "codebook_size": 8192}),
		"DINOv2-B14":    with(map[string]any{"patch_proj": false, "n_channels": 768, "codebook_size": 8192, "patch_size": 14}),
		"ImageBind-H14": with(map[string]any{"patch_proj": false, "n_channels": 1280, "codebook_size": 8192, "patch_size": 14}),
		"DINOv2": {"patch_proj": false, "n_channels": 768, "enc_type": "BottleneckMLP/B_6-Wi_1024", "dec_type": "BottleneckMLP/B_6-Wi_1024", "quant_type": "memcodes",
			"num_codebooks": 16, "codebook_size": 8192, "latent_dim": 1024},
		"human": {"patch_proj": false, "n_channels": 207, "enc_type": "BottleneckMLP/B_6-Wi_1024", "dec_type": "BottleneckMLP/B_6-Wi_1024", "quant_type": "memcodes",
			"num_codebooks": 8, "codebook_size": 1024, "latent_dim": 1024},
		"sam": with(map[string]any{"image_size": 64, "n_channels": 1, "codebook_size": 1024, "latent_dim": 1024, "out_conv": true}),
	}
	listed := map[string]map[string]string{}
	var now map[string]string
	for s := bufio.NewScanner(f); s.Scan(); {
		if head, ok := strings.CutPrefix(s.Text(), "### "); ok {
			now = map[string]string{}
			listed[strings.Fields(head)[0]] = now
			if strings.Contains(head, "DINOv2 global") {
				listed["DINOv2"] = now
			}
			continue
		}
		name, rest, _ := strings.Cut(s.Text(), " ")
		shape, _, _ := strings.Cut(rest, "]")
		now[name] = strings.ReplaceAll(shape, ",", "") + "]"
	}
	for which, names := range listed {
		s, err := OfficialSpec(configs[which])
		if err != nil {
			t.Errorf("%s: %v", which, err)
			continue
		}
		have := map[string]string{}
		for _, e := range s.layout(0) {
			have[e.name] = fmt.Sprint(e.official)
		}
		for _, q := range s.quantizer().Tensors() {
			have["quantize."+q.Name] = fmt.Sprint(q.Shape)
		}
		for name, shape := range names {
			if s.Diffusion != nil && strings.HasPrefix(name, "decoder.") {
				continue
			}
			if have[name] != shape {
				t.Errorf("%s: %s has shape %q here, %q in the list", which, name, have[name], shape)
			}
			delete(have, name)
		}
		for name := range have {
			t.Errorf("%s: %s is not in the list", which, name)
		}
	}
	t.Logf("%d published tokenizers", len(listed))
}
