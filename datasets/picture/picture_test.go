package picture

// Pillow is the judge: what it opens is opened here, to the same pixels.

import (
	"encoding/json"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"fourmlab/internal/fixture"
)

// script writes pictures of many kinds, and beside each what Pillow reads.
const script = `
import sys, json, struct, zlib, numpy as np
from PIL import Image, ImageOps
out = sys.argv[1]
rng = np.random.default_rng(3)
def smooth(h, w, c=3):
    a = rng.integers(0, 256, (h//4+2, w//4+2, c)).astype(np.uint8)
    a = np.asarray(Image.fromarray(a.squeeze()).resize((w, h), Image.BICUBIC))
    return a
index = {}
def put(name, tol, numbers=False, mode="RGB", turn=True):
    im = Image.open(out + "/" + name)
    im.load()
    if turn: im = ImageOps.exif_transpose(im)
    if not numbers:
        if im.mode in ("RGBA", "LA", "PA", "P") or "transparency" in im.info:
            im = im.convert("RGBA")
            w = Image.new("RGBA", im.size, (255, 255, 255, 255)); w.alpha_composite(im); im = w
        im = im.convert(mode)
    a = np.asarray(im)
    index[name] = {"h": a.shape[0], "w": a.shape[1], "tol": tol, "numbers": numbers, "pix": np.nan_to_num(a.astype(float), nan=-1e9).ravel().tolist()}
for w, h in [(37, 29), (64, 48), (5, 7), (3, 3), (2, 2), (1, 1), (4, 1), (17, 16)]:
    a = smooth(h, w)
    for sub in (0, 1, 2):
        for prog in (0, 1):
            n = f"s{sub}p{prog}_{w}x{h}.jpg"
            Image.fromarray(a).save(out + "/" + n, quality=88, subsampling=sub, progressive=bool(prog))
            put(n, 3)
a = smooth(40, 52)
Image.fromarray(a).convert("CMYK").save(out + "/cmyk.jpg", quality=95); put("cmyk.jpg", 4)
Image.fromarray(a).convert("L").save(out + "/gray.jpg", quality=90); put("gray.jpg", 1)
for o in range(1, 9):
    e = Image.Exif(); e[0x112] = o
    for ext in ("jpg", "png", "webp", "tif"):
        n = f"exif{o}.{ext}"
        kw = dict(exif=e) if ext != "tif" else dict(tiffinfo={274: o})
        if ext == "webp": kw["lossless"] = True
        Image.fromarray(a[:20, :30]).save(out + "/" + n, **kw); put(n, 3 if ext == "jpg" else 0, turn=ext != "tif") # Pillow turns a TIFF as it loads it
for w, h in [(37, 29), (64, 48), (1, 1), (2, 3)]:
    b = smooth(h, w)
    Image.fromarray(b).save(out + f"/lossy{w}.webp", quality=80); put(f"lossy{w}.webp", 1)
    rgba = np.dstack([b, smooth(h, w, 1)])
    Image.fromarray(rgba).save(out + f"/alpha{w}.webp", quality=80); put(f"alpha{w}.webp", 2)
    Image.fromarray(rgba).save(out + f"/alpha{w}.png"); put(f"alpha{w}.png", 2)
    Image.fromarray(b).save(out + f"/x{w}.bmp"); put(f"x{w}.bmp", 0)
    for c in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        Image.fromarray(b).save(out + f"/{c}{w}.tif", compression=c); put(f"{c}{w}.tif", 0)
        f = (smooth(h, w, 1).astype(np.float32) / 7 - 3); f.flat[0] = np.nan
        Image.fromarray(f).save(out + f"/f_{c}{w}.tif", compression=c); put(f"f_{c}{w}.tif", 0, True)
        Image.fromarray(smooth(h, w, 1).astype(np.int32) * 1000 - 5).save(out + f"/i_{c}{w}.tif", compression=c); put(f"i_{c}{w}.tif", 0, True)
        Image.fromarray(smooth(h, w, 1).astype(np.uint16) * 200).save(out + f"/u_{c}{w}.tif", compression=c); put(f"u_{c}{w}.tif", 0, True)
ids = rng.integers(0, 200, (24, 31)).astype(np.uint8)
Image.fromarray(ids).save(out + "/trns.png", transparency=7); put("trns.png", 0, True)
Image.fromarray(ids.astype(np.uint16) * 300).save(out + "/mm.png"); put("mm.png", 0, True)
b = open(out + "/mm.png", "rb").read(); open(out + "/noend.png", "wb").write(b[:-12]); put("noend.png", 0, True)
p = Image.fromarray(ids); p.putpalette([i % 256 for i in range(768)]); p.save(out + "/pal.png"); put("pal.png", 0, True)
p.save(out + "/pal.gif"); 
p.save(out + "/pal.bmp"); put("pal.bmp", 0, True)
json.dump(index, open(out + "/index.json", "w"))
`

func TestAsPillow(t *testing.T) {
	dir := t.TempDir()
	fixture.Python(t, script, []string{dir}, "numpy", "PIL")
	var index map[string]struct {
		H, W    int
		Tol     float64
		Numbers bool
		Pix     []float64
	}
	b, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err == nil {
		err = json.Unmarshal(b, &index)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range index {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Decode(b, want.Numbers)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p = p.Upright()
		if p.H != want.H || p.W != want.W {
			t.Errorf("%s: %dx%d, expected %dx%d", name, p.H, p.W, want.H, want.W)
			continue
		}
		got := flat(p, want.Numbers)
		if len(got) != len(want.Pix) {
			t.Errorf("%s: %d numbers, expected %d (%T)", name, len(got), len(want.Pix), p.Image)
			continue
		}
		worst, sum := 0.0, 0.0
		for i, v := range want.Pix {
			d := math.Abs(got[i] - v)
			worst, sum = max(worst, d), sum+d
		}
		if worst > want.Tol || sum/float64(len(got)) > 0.2 {
			t.Errorf("%s: off by up to %g (on average %.3f), expected at most %g", name, worst, sum/float64(len(got)), want.Tol)
		} else if worst > 0 {
			t.Logf("%s: off by up to %g, on average %.4f", name, worst, sum/float64(len(got)))
		}
	}
	t.Logf("%d files compared", len(index))
}

// flat gives the numbers of a picture, or its colours on white.
func flat(p *Picture, numbers bool) []float64 {
	var out []float64
	for y := range p.H {
		for x := range p.W {
			if p.Image == nil {
				v := float64(p.Numbers[y*p.W+x])
				if math.IsNaN(v) {
					v = -1e9
				}
				out = append(out, v)
				continue
			}
			lo := p.Image.Bounds().Min
			switch im := p.Image.(type) {
			case *image.Paletted:
				if numbers {
					out = append(out, float64(im.ColorIndexAt(lo.X+x, lo.Y+y)))
					continue
				}
			case *image.Gray:
				if numbers {
					out = append(out, float64(im.GrayAt(lo.X+x, lo.Y+y).Y))
					continue
				}
			case *image.Gray16:
				out = append(out, float64(im.Gray16At(lo.X+x, lo.Y+y).Y))
				continue
			}
			c := color.NRGBAModel.Convert(p.Image.At(lo.X+x, lo.Y+y)).(color.NRGBA)
			a := float64(c.A) / 255
			for _, v := range []uint8{c.R, c.G, c.B} {
				out = append(out, math.Round(float64(v)*a+255*(1-a)))
			}
		}
	}
	return out
}
