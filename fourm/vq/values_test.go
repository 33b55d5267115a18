package vq

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// Values that do not fit are named with what would.
func TestWrongValues(t *testing.T) {
	rgb, maps, vectors := small(t, nil), small(t, members["classes"]), small(t, members["vectors"])
	picture := func(h, w, c int, at int, v float32) *modality.Picture {
		p := modality.NewPicture(h, w, c)
		p.Pix[at] = v
		return p
	}
	nan := float32(0)
	nan /= nan
	encode := func(k *Tokenizer, v ...any) func() error {
		return func() error { _, err := k.EncodeAll(v); return err }
	}
	images := func(n *Network, b, h, w int, change func(x *Images)) func() error {
		return func() error {
			x := noise(n, b, h, w)
			change(&x)
			_, err := n.Encode(context.Background(), x)
			return err
		}
	}
	decode := func(n *Network, id int32) func() error {
		return func() error {
			c := Codes{2, n.Spec.Books, 1, 1, make([]int32, 2*n.Spec.Books)}
			c.IDs[len(c.IDs)-1] = id
			_, err := n.Decode(context.Background(), c)
			return err
		}
	}
	for want, do := range map[string]func() error{
		"a picture of 18x16x3, expected multiples of 4x4 places of 3 numbers":      encode(rgb, picture(18, 16, 3, 0, 0)),
		"a picture of 16x16x1, expected multiples of 4x4 places of 3":              encode(rgb, picture(16, 16, 1, 0, 0)),
		"value 1: vq: a picture of some has the number NaN at row 2, column 1":     encode(rgb, picture(16, 16, 3, 0, 0), picture(16, 16, 3, (2*16+1)*3, nan)),
		"a picture of some has the number 255 at row 0, column 1, expected [0, 1]": encode(rgb, picture(16, 16, 3, 4, 255)),
		"class 7 in a picture of some, expected one below 7":                       encode(maps, picture(16, 16, 1, 5, 7)),
		"a picture of 1x1x10, expected multiples of 1x1 places of 11 numbers":      encode(vectors, picture(1, 1, 10, 0, 0)),
		"vq: pictures of 18x16, expected multiples of the patch of 4x4":            images(rgb.net, 1, 18, 16, func(*Images) {}),
		"vq: samples of 4 numbers a place, expected 3":                             images(rgb.net, 3, 16, 16, func(x *Images) { x.C, x.B = 4, 2; x.Data = make([]float32, 2*4*256) }),
		"vq: sample 1 has the number NaN at row 0, column 0":                       images(rgb.net, 2, 16, 16, func(x *Images) { x.Data[3*256] = nan }),
		"vq: class 1.5 in sample 1, expected a whole number below 7":               images(maps.net, 2, 16, 16, func(x *Images) { x.Data[300] = 1.5 }),
		"vq: 10 numbers for 1 samples of 4x4x3":                                    images(rgb.net, 1, 4, 4, func(x *Images) { x.Data = x.Data[:10] }),
		"vq: sample 1: code 40 at place 0, expected one below 40":                  decode(rgb.net, 40),
		"vq: sample 1: code -1 at place 0, expected one below 40":                  decode(vectors.net, -1),
		"a tokenizer of some for vqdepth: it takes 3 numbers a pixel, expected 1":  func() error { _, err := rgb.For(tiny("vqdepth", modality.Depth)); return err },
		"for vqlabel: it takes feature, expected label": func() error {
			_, err := small(t, map[string]any{"n_channels": 1}).For(tiny("vqlabel", modality.Label, "a"))
			return err
		},
		"for vqwide: it has patches of 4x4, expected 8x8": func() error {
			modality.Register(modality.Modality{Name: "vqwide", Height: 16, Patch: 8})
			_, err := rgb.For(modality.Lookup("vqwide"))
			return err
		},
		"vq: the tokenizer has no decoder; it can tokenize, but not decode": func() error { k := small(t, nil); k.net.Spec.Dec.Kind = NoDecoder; return decode(k.net, 3)() },
		"diffusion: pictures of 4x4, expected multiples of 8": func() error {
			halved := cloned(someUViT)
			halved["downsample_before_mid"] = true
			return decode(small(t, map[string]any{"dec_type": "uvit_some", "uvit": halved}).net, 3)()
		},
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}

// A tokenizer of any size is made one of a modality's, whose tokens bear its name.
func TestFor(t *testing.T) {
	modality.Register(modality.Modality{Name: "vqbig", Height: 24, Width: 32, Patch: 4})
	m := modality.Lookup("vqbig")
	k, err := small(t, nil).For(m)
	if err != nil {
		t.Fatal(err)
	}
	p := modality.NewPicture(24, 32, 3)
	for i := range p.Pix {
		p.Pix[i] = float32(i%17) / 17
	}
	tk, err := k.Encode(p)
	if err != nil || tk.Modality != "vqbig" || tk.Rows != 6 || tk.Cols != 8 || k.Vocab() != 40 {
		t.Fatalf("%v (%v)", tk, err)
	}
	v, err := k.Decode(tk)
	if q, ok := v.(*modality.Picture); err != nil || !ok || q.H != 24 || q.W != 32 {
		t.Errorf("%T (%v)", v, err)
	}
	s, err := k.Store()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "big.safetensors")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	stored, err := modality.Restore(m, s)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for how, b := range map[string]modality.Tokenizer{"stored": stored, "saved": loaded} {
		again, err := b.Encode(p)
		if err != nil || !reflect.DeepEqual(again.IDs, tk.IDs) {
			t.Errorf("%s and read: %v (%v)", how, again.IDs, err)
		}
		w, err := b.Decode(again)
		if err != nil || !reflect.DeepEqual(w, v) {
			t.Errorf("%s and read: another picture (%v)", how, err)
		}
	}
	if _, err := k.Encode(modality.NewPicture(16, 16, 3)); err == nil {
		t.Error("a picture of another size was taken")
	}
}
