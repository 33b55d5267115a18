package viz

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
)

// glow is a colour map that nothing else has.
func glow(x float64) color.RGBA { return color.RGBA{uint8(200*x + 50), 7, 201, 255} }

// thermal is a kind of value as a person brings it: kelvin, 0 where nothing is
// known, in files of their own.
func thermal() fourm.LookSpec {
	return fourm.LookSpec{
		Name: "thermal", Noun: "temperature", Channels: 1, Unit: "K",
		Known:     func(k []float32) bool { return k[0] > 0 },
		Error:     func(truth, guess []float32) float64 { return math.Abs(float64(truth[0] - guess[0])) },
		ErrorName: "off by",
		Ext:       "kel",
		Encode: func(p *fourm.Picture) ([]byte, error) {
			b := []byte{byte(p.H), byte(p.W)}
			for _, v := range p.Pix {
				b = binary.LittleEndian.AppendUint16(b, uint16(v*100+0.5))
			}
			return b, nil
		},
		Decode: func(b []byte) (*fourm.Picture, error) {
			if len(b) < 2 || len(b) != 2+2*int(b[0])*int(b[1]) {
				return nil, errors.New("no kelvin file")
			}
			p := modality.NewPicture(int(b[0]), int(b[1]), 1)
			for i := range p.Pix {
				p.Pix[i] = float32(binary.LittleEndian.Uint16(b[2+2*i:])) / 100
			}
			return p, nil
		},
		Ramp: glow, Legend: "radiometric",
	}
}

// oven writes a folder of pictures with the heat of each: warm to the right,
// unknown in the first column.
func oven(t *testing.T, look fourm.LookSpec, n int) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"rgb", "heat"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		im := image.NewRGBA(image.Rect(0, 0, 16, 16))
		p := modality.NewPicture(16, 16, 1)
		for k := range p.Pix {
			p.Pix[k] = float32(280 + 2*(k%16) + i%5)
			if k%16 == 0 {
				p.Pix[k] = 0
			}
			im.SetRGBA(k%16, k/16, color.RGBA{uint8(16 * (k % 16)), uint8(40 * (i % 5)), 90, 255})
		}
		f, err := os.Create(filepath.Join(dir, "rgb", fmt.Sprintf("a%02d.png", i)))
		if err == nil {
			err = errors.Join(png.Encode(f, im), f.Close())
		}
		b, wrong := look.Encode(p)
		if err = errors.Join(err, wrong, os.WriteFile(filepath.Join(dir, "heat", fmt.Sprintf("a%02d.kel", i)), b, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A kind of value that one call registered goes all the way: files, packing,
// tokens, a model, its checkpoint, the table and the figures.
func TestOwnLook(t *testing.T) {
	spec := thermal()
	look := fourm.RegisterLook(spec)
	fourm.Register(fourm.Modality{Name: "heat", Look: look, Height: 16, Patch: 4, Vocab: 16})
	was := fourm.Lookup("rgb")
	defer func() { fourm.Register(was); fourm.SetTokenizer("rgb", nil) }()
	fourm.Register(fourm.Modality{Name: "rgb", Official: "tok_rgb", Height: 16, Patch: 4, Vocab: 16, Pixels: true})

	set := filepath.Join(t.TempDir(), "set")
	rep, err := datasets.Pack(oven(t, spec, 20), set, datasets.PackOptions{Size: 16})
	if err != nil || rep.Samples != 20 {
		t.Fatalf("%v: %+v", err, rep)
	}
	checked, err := datasets.Check(set)
	if err != nil || !checked.OK || !strings.Contains(checked.String(), "0 to 314 K") {
		t.Fatalf("%v: %v", err, checked)
	}
	ds := datasets.MustOpen(set)
	s := ds.MustSample(4)
	if p := s.Picture("heat"); p.At(3, 0, 0) != 0 || p.At(3, 1, 0) != 286 {
		t.Fatalf("read as %v", p.Row(3))
	}

	for _, n := range []string{"rgb", "heat"} {
		tok := fourm.TrainTokenizer(ds, n, fourm.VQ{Steps: 60, Batch: 8, Dim: 16, Latent: 8})
		if n == "heat" && !strings.Contains(tok.String(), "282.00 to 314.00 K, as in training, 0 = unknown") {
			t.Error(tok)
		}
	}
	back := s.Tokens("heat").Picture()
	for i, v := range back.Pix {
		if v != 0 && (v < 282 || v > 314) {
			t.Fatalf("pixel %d came back as %g K", i, v)
		}
	}
	if e := metric.For(fourm.Lookup("heat"))[0].Sample(s.Picture("heat"), back); !(e > 0 && e < 20) {
		t.Errorf("the tokenizer is off by %g K", e)
	}

	cfg := fourm.Tiny("rgb", "heat")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 32, 2, 1, 1
	m := fourm.New(cfg)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	m, err = fourm.Load(path)
	if err != nil {
		t.Fatal(err)
	}

	out := m.Generate(s.Only("rgb"), fourm.Chain("rgb").Then("heat", 8).Greedy(), 0)
	table := m.Eval(one{s}, "rgb->heat")
	by, row := metric.For(fourm.Lookup("heat"))[0], table.Rows[0]
	if by.String() != "off by, K" || row.Metric != "off by, K" || row.Naive != "mean temperature" || !row.Lower || math.IsNaN(row.Value) {
		t.Errorf("%v: %+v", by, row)
	}
	note := pair("viz.Predict", fourm.Lookup("heat"), out.Sample.Values["heat"], s.Values["heat"], s, 64, false)[0].note
	if note != by.Text(row.Value) || !strings.HasPrefix(note, "off by ") || !strings.HasSuffix(note, " K") {
		t.Errorf("the figure says %q, the table %g", note, row.Value)
	}

	mk := m.Mask(fourm.Mask{In: 8, Out: 8, Seed: 3}).Draw(s)
	for name, f := range map[string]*Figure{
		"sample": Sample(s), "recon": Recon(s, mk, m.Reconstruct(mk)), "grid": Grid(m.Grid(s)), "steps": Steps(out), "chain": Chain(out),
		"diff": Diff(s.Picture("heat"), back, "heat"), "predict": Predict(out, s), "codebook": Codebook(modality.TokenizerOf("heat")), "masks": Masks(mk),
	} {
		if n := colored(f.raster(), glowing); n < 100 {
			t.Errorf("%s: %d pixels have the look's colours", name, n)
		}
	}
	// the bar and the legend take room below the picture
	plain := picturePanel(fourm.Lookup("heat"), s.Picture("heat"), panelOptions{op: "x", w: 64, plain: true})
	if full := picturePanel(fourm.Lookup("heat"), s.Picture("heat"), panelOptions{op: "x", w: 64}); full.h != plain.h+2*34 {
		t.Errorf("%d pixels high, %d without bar and legend", full.h, plain.h)
	}
}

// glowing tells whether a colour is one of the map.
func glowing(c color.RGBA) bool { return c.G == 7 && c.B == 201 }

// coloured counts the pixels of a colour.
func colored(im image.Image, is func(color.RGBA) bool) (n int) {
	b := im.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if is(color.RGBAModel.Convert(im.At(x, y)).(color.RGBA)) {
				n++
			}
		}
	}
	return n
}

// What little one may say of a look: numbers in 16-bit gray, arrays, a drawing
// of one's own.
func TestOwnLookBriefly(t *testing.T) {
	bright := fourm.RegisterLook(fourm.LookSpec{Name: "irradiance", Channels: 1, Unit: "W", Steps: 10})
	flow := fourm.RegisterLook(fourm.LookSpec{Name: "flow", Channels: 2, Draw: func(p *fourm.Picture, _, _ float64) image.Image {
		return &image.Uniform{C: color.RGBA{1, 2, 3, 255}}
	}})
	fourm.Register(fourm.Modality{Name: "sun", Look: bright, Height: 8, Patch: 4})
	fourm.Register(fourm.Modality{Name: "move", Look: flow, Height: 8, Patch: 4})
	a, b := modality.NewPicture(8, 8, 1), modality.NewPicture(8, 8, 2)
	for i := range a.Pix {
		a.Pix[i], b.Pix[2*i] = float32(i)/10, float32(i)-7.5
	}
	set := filepath.Join(t.TempDir(), "set")
	ds := datasets.Cache(one{fourm.Sample{Key: "a", Values: map[string]any{"sun": a, "move": b}}})
	if err := datasets.Write(ds, set); err != nil {
		t.Fatal(err)
	}
	s := datasets.MustOpen(set).MustSample(0)
	for i, v := range s.Picture("sun").Pix {
		if v != a.Pix[i] || s.Picture("move").Pix[2*i] != b.Pix[2*i] {
			t.Fatalf("pixel %d: %g and %g", i, v, s.Picture("move").Pix[2*i])
		}
	}
	if n := colored(Sample(s).raster(), func(c color.RGBA) bool { return c == color.RGBA{1, 2, 3, 255} }); n < 100 {
		t.Error("the drawing is not shown")
	}
	by := metric.For(fourm.Lookup("sun"))
	if by[0].String() != "mean absolute error, W" || by[1].String() != "RMSE, W" {
		t.Error(by)
	}
}

// A look that nobody registered is refused by the names of those that are, also
// in a checkpoint; one that cannot be, too.
func TestOwnLookRefused(t *testing.T) {
	refused := func(want string, f func()) {
		t.Helper()
		defer func() {
			t.Helper()
			if e, ok := recover().(*fourm.Error); !ok || !strings.Contains(e.Error(), want) {
				t.Errorf("%v, expected %q", e, want)
			}
		}()
		f()
	}
	refused("fourm.Register: x: no look 99 (have color, gray, depth, normal, label, caption, boxes, colors, feature", func() { fourm.Register(fourm.Modality{Name: "x", Look: 99}) })
	refused(`"depth" is built in`, func() { fourm.RegisterLook(fourm.LookSpec{Name: "depth"}) })
	refused("a range from 3 to 2", func() { fourm.RegisterLook(fourm.LookSpec{Name: "odd", Low: 3, High: 2}) })
	refused("Ext is the suffix", func() { fourm.RegisterLook(fourm.LookSpec{Name: "odd", Ext: "raw"}) })
	var m fourm.Modality
	if err := json.Unmarshal([]byte(`{"Name":"x","Look":"sonar"}`), &m); err == nil || !strings.Contains(err.Error(), `no look "sonar" (have color, gray`) {
		t.Error(err)
	}
	if b, err := json.Marshal(fourm.Modality{Look: fourm.RegisterLook(thermal())}); err != nil || !strings.Contains(string(b), `"Look":"thermal"`) || json.Unmarshal(b, &m) != nil || m.Look.String() != "thermal" {
		t.Errorf("%s %v", b, err)
	}
}
