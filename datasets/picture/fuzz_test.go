package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// floatTIFF is one real number a pixel in a strip.
func floatTIFF(w, h int, data []byte) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00")
	tags := [][3]uint32{{tagWidth, 4, uint32(w)}, {tagHeight, 4, uint32(h)}, {tagBits, 3, 32}, {tagCompression, 3, 1}, {tagStrips, 4, 0}, {tagOrientation, 3, 6}, {tagSamples, 3, 1}, {tagRows, 4, uint32(h)}, {tagCounts, 4, uint32(len(data))}, {tagFormat, 3, 3}}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(tags)))
	for _, t := range tags {
		if t[0] == tagStrips {
			t[2] = uint32(8 + 2 + 12*len(tags) + 4)
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(t[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(t[1]))
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, t[2])
	}
	return append(append(b, 0, 0, 0, 0), data...)
}

// A TIFF of real numbers is turned as it says.
func TestFloatTIFF(t *testing.T) {
	p, err := Decode(floatTIFF(2, 1, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40}), true)
	if err != nil {
		t.Fatal(err)
	}
	if q := p.Upright(); q.H != 2 || q.W != 1 || q.Numbers[0] != 1 || q.Numbers[1] != 2 {
		t.Errorf("%+v", q)
	}
	if _, err := Decode(floatTIFF(2, 2, []byte{0, 0, 0, 0}), true); err == nil {
		t.Error("a strip that is too short")
	}
}

// A frame that is smaller than its screen lies where its descriptor says.
func TestFrameOnItsScreen(t *testing.T) {
	opaque := color.Palette{color.RGBA{10, 0, 0, 255}, color.RGBA{0, 200, 0, 255}}
	clear := color.Palette{color.RGBA{10, 0, 0, 255}, color.RGBA{}, color.RGBA{0, 200, 0, 255}}
	for _, c := range []struct {
		palette       color.Palette
		in            uint8 // index of the frame
		around, alpha uint8 // red and alpha at the corner
		id            uint8 // at the corner
	}{{opaque, 1, 10, 255, 0}, {clear, 2, 0, 0, 1}} {
		frame := image.NewPaletted(image.Rect(3, 4, 12, 10), c.palette)
		for i := range frame.Pix {
			frame.Pix[i] = c.in
		}
		var b bytes.Buffer
		if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{0, 0}, BackgroundIndex: 1, Config: image.Config{Width: 16, Height: 15, ColorModel: c.palette}}); err != nil {
			t.Fatal(err)
		}
		p, err := Decode(b.Bytes(), true)
		if err != nil {
			t.Fatal(err)
		}
		at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(p.Image.At(x, y)).(color.RGBA) }
		if p.H != 15 || p.W != 16 || at(0, 0).R != c.around || at(0, 0).A != c.alpha || at(3, 4).G != 200 || at(11, 9).G != 200 || at(12, 9).G == 200 || at(2, 4).G == 200 {
			t.Errorf("%dx%d: %v, %v, %v", p.H, p.W, at(0, 0), at(3, 4), at(12, 9))
		}
		if ids := p.Image.(*image.Paletted); ids.Pix[0] != c.id || len(p.Notes) != 1 {
			t.Errorf("id %d around, notes %q", ids.Pix[0], p.Notes)
		}
	}
}

func FuzzDecode(f *testing.F) {
	im := image.NewPaletted(image.Rect(0, 0, 5, 4), color.Palette{color.Black, color.White})
	for _, encode := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return png.Encode(b, im) },
		func(b *bytes.Buffer) error { return jpeg.Encode(b, im, nil) },
		func(b *bytes.Buffer) error { return gif.Encode(b, im, nil) },
		func(b *bytes.Buffer) error { return bmp.Encode(b, im) },
		func(b *bytes.Buffer) error { return tiff.Encode(b, im, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), true)
		f.Add(b.Bytes()[:b.Len()-12], false)
	}
	f.Add(floatTIFF(1, 1, []byte{0, 0, 0xc0, 0x7f}), true)
	f.Add([]byte("RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00\x30\x01\x00\x9d\x01\x2a\x01\x00\x01\x00\x02\x00\x34\x25\xa4\x00\x03p\x00\xfe\xfb\x94\x00\x00"), false)
	f.Fuzz(func(t *testing.T, b []byte, numbers bool) {
		if h, w, err := Size(b); err != nil || h*w > 1<<16 {
			return // large ones are slow, not wrong
		}
		p, err := Decode(b, numbers)
		if err != nil {
			return
		}
		q := p.Upright()
		if q.H*q.W != p.H*p.W || p.Image == nil && len(q.Numbers) != p.H*p.W || p.Orientation < 1 || p.Orientation > 8 {
			t.Errorf("%dx%d became %dx%d", p.H, p.W, q.H, q.W)
		}
		if q.Image != nil && (q.Image.Bounds().Dx() != q.W || q.Image.Bounds().Dy() != q.H) {
			t.Errorf("%v of %dx%d", q.Image.Bounds(), q.H, q.W)
		}
	})
}
