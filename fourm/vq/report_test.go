package vq

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// A report says what a person finds who encodes, decodes and compares.
func TestReport(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 12)
	ds := heldOut{m, pictures(m, 40)}
	for _, c := range []VQ{{Steps: 60, Batch: 8, Dim: 16, Latent: 8}, {Quantizer: "rvq:2x8", Steps: 60, Batch: 8, Dim: 16}} {
		k := train(t, m, pics, c)
		r := k.Report(ds)
		if r.Err != nil || r.Samples != 40 || r.Grid != [2]int{4, 4} || r.Patch != [2]int{4, 4} {
			t.Fatalf("report %+v", r)
		}
		books := k.net.Spec.Books
		used := make([]map[int]bool, books)
		psnr := metric.PSNR.Tally()
		for _, p := range ds.pics {
			tk, err := k.Encode(p)
			if err != nil {
				t.Fatal(err)
			}
			for i, id := range tk.IDs {
				b := i / 16
				if used[b] == nil {
					used[b] = map[int]bool{}
				}
				used[b][id] = true
			}
			psnr.Add(p, there(t, k, p))
		}
		dead := books * k.Config.Vocab
		for _, u := range used {
			dead -= len(u)
		}
		if r.Dead() != dead || len(r.Use) != books {
			t.Errorf("%d dead codes in %d books, expected %d in %d", r.Dead(), len(r.Use), dead, books)
		}
		if s := r.Scores[0]; s.Metric != "PSNR" || s.Value != psnr.Value() || !(s.Low <= s.Value && s.Value <= s.High) {
			t.Errorf("%+v, expected %v", s, psnr)
		}
		if want := float64(books) * math.Log2(float64(k.Config.Vocab)); r.Bits != want || r.PixelBits != want/16 || !(r.Carried() > 0 && r.Carried() <= r.Bits) || !(r.Perplexity() >= 1) {
			t.Errorf("bits %g, %g a pixel, %g carried; expected %g", r.Bits, r.PixelBits, r.Carried(), want)
		}
		if !(r.Frechet > 0) || r.Features != Statistics || !(r.EncodePerS > 0) || !(r.DecodePerS > 0) {
			t.Errorf("report %v", r)
		}
		var back map[string]any
		b, err := json.Marshal(r)
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil || back["dead_codes"] != float64(dead) || back["bits_per_pixel"] != r.PixelBits || back["quantizer"] != r.Quantizer {
			t.Errorf("JSON %s (%v)", b, err)
		}
		for _, want := range []string{r.Quantizer, "on 40 samples", "PSNR", "Fréchet distance", "pictures a second"} {
			if !strings.Contains(r.String(), want) {
				t.Errorf("%q is not in\n%v", want, r)
			}
		}
	}
}

// Pictures are at no distance of themselves, and blurred ones at a large one;
// features of an encoder see that, too.
func TestFrechetOfPictures(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 30)
	k := train(t, m, pics, VQ{Steps: 40, Dim: 16, Latent: 8})
	path := t.TempDir() + "/k.safetensors"
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"", path} {
		see, name, err := k.describer(file)
		if err != nil {
			t.Fatal(err)
		}
		var same, blurred [][]float64
		for _, p := range pics {
			x, err := see(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			q := modality.NewPicture(p.H, p.W, p.C)
			small := halved(halved(p))
			for y := range p.H {
				for xx := range p.W {
					for c := range p.C {
						q.Set(y, xx, c, small.At(y/4, xx/4, c)*0.8+0.1)
					}
				}
			}
			z, err := see(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			same, blurred = append(same, x), append(blurred, z)
		}
		if d := distance(name, same, same); math.Abs(d) > 1e-3 {
			t.Errorf("%s: %g of themselves", name, d)
		}
		if d := distance(name, same, blurred); !(d > 0.05) {
			t.Errorf("%s: %g of blurred ones", name, d)
		}
	}
}

// What cannot be reported is said.
func TestNoReport(t *testing.T) {
	m := tiny("vqlabel", modality.Label, "a", "b", "c")
	k := train(t, m, pictures(m, 6), VQ{Steps: 2, Dim: 16})
	r := k.Report(heldOut{m, pictures(m, 4)})
	if r.Features != "" || !math.IsNaN(r.Frechet) || r.Scores[0].Metric == "" {
		t.Errorf("classes: %+v", r)
	}
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), `"frechet":null`) {
		t.Errorf("JSON %s (%v)", b, err)
	}
	failed := &Tokenizer{Of: m, Err: errors.New("out of paper")}
	if r := failed.Report(heldOut{m, nil}); r.Err == nil || !strings.Contains(r.String(), "no report of a tokenizer of vqlabel: out of paper") {
		t.Errorf("report %v", r)
	}
	broken := pictures(m, 40)
	broken[33].Pix[0] = 7
	if r := k.Report(heldOut{m, broken}); r.Err == nil || !strings.Contains(r.Err.Error(), "sample 33: vq: class 7 in a picture of vqlabel") || r.Samples != 32 {
		t.Errorf("a broken sample: %v", r)
	}
	other := tiny("vqgray", modality.Gray)
	for want, ds := range map[string]modality.Data{"the set is nil": nil, `no sample of the set has "vqlabel"`: heldOut{other, pictures(other, 3)}} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("%v, expected %q", e, want)
				}
			}()
			k.Report(ds)
		}()
	}
}
