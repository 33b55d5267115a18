package vq

import (
	"path/filepath"
	"testing"

	"fourmlab/fourm/modality"
)

// An encoder that looks at each patch by itself gives a patch the same code wherever
// it lies, and whatever lies beside it; that of a Transformer does not. Its decoder
// sees all patches. Saved and loaded it is the same.
func TestLocal(t *testing.T) {
	m := tiny("vqlocal", modality.Gray)
	pics := pictures(m, 24)
	g := m.Height / m.Patch
	moved := func(p *modality.Picture) *modality.Picture { // by a patch, around the rim
		q := modality.NewPicture(m.Height, m.Height, 1)
		for i := range q.Pix {
			y, x := i/m.Height, (i+m.Patch)%m.Height
			q.Pix[i] = p.Pix[y*m.Height+x]
		}
		return q
	}
	share := func(k *Tokenizer) float64 {
		same, n := 0, 0
		for _, p := range pics {
			a, err := k.Encode(p)
			if err != nil {
				t.Fatal(err)
			}
			b, err := k.Encode(moved(p))
			if err != nil {
				t.Fatal(err)
			}
			for at, id := range b.IDs {
				if n++; id == a.IDs[at/g*g+(at+1)%g] {
					same++
				}
			}
		}
		return float64(same) / float64(n)
	}
	local := train(t, m, pics, VQ{Net: "local", Steps: 60, Batch: 8, Dim: 16, Latent: 8})
	if s := share(local); s != 1 {
		t.Errorf("of the codes %g stay where their patches are moved, expected all", s)
	}
	if s := share(train(t, m, pics, VQ{Steps: 60, Batch: 8, Dim: 16, Latent: 8})); s > 0.95 {
		t.Errorf("of a Transformer's codes %g stay: the test tells nothing", s)
	}
	if name := local.Network().Spec.Enc.Name; name != "local/B_1-W_16" {
		t.Errorf("the encoder is %q", name)
	}
	file := filepath.Join(t.TempDir(), "k.safetensors")
	if err := local.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	a, b := there(t, local, pics[0]), there(t, again, pics[0])
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			t.Fatalf("pixel %d is %g after loading, was %g", i, b.Pix[i], a.Pix[i])
		}
	}
}
