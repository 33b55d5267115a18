package page

import (
	"bytes"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// byPillow makes pictures as people have them.
const byPillow = `
import sys, random
from PIL import Image, ImageFile, PngImagePlugin
ImageFile.MAXBLOCK = 1 << 24
random.seed(1)
def noise(mode, w=33, h=21):
    n = len(mode) if mode in ("RGB", "RGBA", "LA") else 1
    return Image.frombytes(mode, (w, h), bytes(random.randrange(256) for _ in range(w * h * n)))
d = sys.argv[1] + "/"
exif = Image.Exif(); exif[274] = 6
info = PngImagePlugin.PngInfo(); info.add_text("Comment", "<b>x</b>" * 99, zip=True); info.add_itxt("k", "v")
noise("RGB").save(d + "png-text.png", pnginfo=info)
noise("RGBA").save(d + "png-alpha.png")
noise("P").save(d + "png-palette.png")
Image.new("I;16", (9, 9)).save(d + "png-16.png")
noise("RGB").save(d + "png-animated.png", save_all=True, append_images=[noise("RGB"), noise("RGB")])
noise("RGB").save(d + "jpeg-plain.jpg")
noise("RGB", 99, 99).save(d + "jpeg-progressive.jpg", progressive=True, quality=95)
noise("L").save(d + "jpeg-gray.jpg", exif=exif, comment="a comment")
noise("RGB", 300, 300).save(d + "jpeg-full.jpg", quality=100, subsampling=0, optimize=True)
noise("RGB", 99, 99).convert("CMYK").save(d + "jpeg-cmyk.jpg")
noise("P").save(d + "gif-plain.gif")
noise("P").save(d + "gif-animated.gif", save_all=True, append_images=[noise("P"), noise("P")], loop=0, comment=b"<b>")
noise("RGB").save(d + "webp-lossy.webp")
noise("RGBA").save(d + "webp-lossless.webp", lossless=True)
noise("RGBA").save(d + "webp-alpha.webp", quality=50, exif=exif)
noise("RGB").save(d + "webp-odd.webp", quality=1)
noise("RGB").save(d + "webp-animated.webp", save_all=True, append_images=[noise("RGB")], duration=100)
`

// Pictures as other programs write them are pictures, whole; cut anywhere, or
// with anything behind them, they are none.
func TestKindsOfOthers(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("/usr/bin/python3", "-c", "import PIL.Image").CombinedOutput(); err != nil {
		t.Skipf("no Pillow (Debian: apt install python3-pil): %v %s", err, out)
	}
	if out, err := exec.Command("/usr/bin/python3", "-c", byPillow, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := strings.Cut(f.Name(), "-")
		if got, err := kindOf(b); err != nil || got != "image/"+want {
			t.Errorf("%s: %s, %v", f.Name(), got, err)
		}
		for cut := 0; cut < len(b); cut += 1 + len(b)/200 {
			if got, err := kindOf(b[:cut]); err == nil {
				t.Errorf("%s, %d of %d bytes: %s", f.Name(), cut, len(b), got)
			}
		}
		for _, more := range []string{"<", "\x00\x00x", "\xff\xd9", string(b)} {
			if got, err := kindOf(append(b[:len(b):len(b)], more...)); err == nil {
				t.Errorf("%s and %.8q: %s", f.Name(), more, got)
			}
		}
	}
	t.Logf("%d pictures", len(list))
}

// FuzzKind: whatever the bytes, no panic; what is a picture decodes or fails
// as one, and is none with something behind it.
func FuzzKind(f *testing.F) {
	im := image.NewPaletted(image.Rect(0, 0, 5, 5), palette.WebSafe)
	var p, j, g bytes.Buffer
	for _, err := range []error{png.Encode(&p, im), jpeg.Encode(&j, im, nil), gif.Encode(&g, im, nil)} {
		if err != nil {
			f.Fatal(err)
		}
	}
	for _, b := range [][]byte{p.Bytes(), j.Bytes(), g.Bytes(), []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, err := kindOf(b)
		if err != nil {
			return
		}
		if _, err := kindOf(append(b[:len(b):len(b)], "<script>"...)); err == nil {
			t.Errorf("%s with a script behind it: %q", kind, b)
		}
		if bytes.HasPrefix(bytes.TrimSpace(b), []byte("<")) {
			t.Errorf("%s: %q", kind, b)
		}
	})
}
