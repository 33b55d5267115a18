package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"runtime"
	"strings"
	"testing"
	"time"
)

// chunk is one of a PNG.
func chunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngOf is the beginning of a PNG that declares a size.
func pngOf(w, h uint32, depth, kind, interlaced byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, depth, kind, 0, 0, interlaced))...)
	b = append(b, chunk("IDAT", make([]byte, 1000))...)
	return append(b, chunk("IEND", nil)...)
}

// tiffOf is a little-endian TIFF of tags with one 32-bit number each.
func tiffOf(tags ...uint32) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("II*\x00"), 8)
	b = le.AppendUint16(b, uint16(len(tags)/2))
	for i := 0; i < len(tags); i += 2 {
		b = le.AppendUint16(le.AppendUint16(b, uint16(tags[i])), 4)
		b = le.AppendUint32(le.AppendUint32(b, 1), tags[i+1])
	}
	return append(b, make([]byte, 1000)...)
}

// A picture is refused by what it declares, before there is memory for it, in
// every format.
func TestBombs(t *testing.T) {
	patched := func(b []byte, at int, with ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], with)
		return b
	}
	var g, j bytes.Buffer
	if err := gif.Encode(&g, image.NewPaletted(image.Rect(0, 0, 4, 4), palette.Plan9), nil); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, image.NewRGBA(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	sof := bytes.Index(j.Bytes(), []byte{0xff, 0xc0})
	bmp := append([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"), make([]byte, 1036)...)
	bmp = patched(bmp, 18, 0x50, 0xc3, 0, 0, 0x50, 0xc3, 0, 0, 1, 0, 24)
	webp := func(name string, body ...byte) []byte {
		b := append([]byte(name), byte(len(body)), 0, 0, 0)
		b = append(b, body...)
		return append(append([]byte("RIFF\xff\x00\x00\x00WEBP"), b...), make([]byte, 255)...)
	}
	n := 0
	for what, b := range map[string][]byte{
		"png of 50000 x 50000":             pngOf(50000, 50000, 8, 0, 0),
		"png of 2^31 x 2^31":               pngOf(1<<31-1, 1<<31-1, 16, 6, 0),
		"png of a line":                    pngOf(1<<31-1, 1, 1, 0, 0),
		"png interlaced":                   pngOf(30000, 30000, 16, 6, 1),
		"png of nothing":                   pngOf(0, 50000, 8, 0, 0),
		"gif":                              patched(g.Bytes(), 6, 0xff, 0xff, 0xff, 0xff),
		"jpeg of 65500 x 65500":            patched(j.Bytes(), sof+5, 0xff, 0xdc, 0xff, 0xdc),
		"bmp":                              bmp,
		"bmp upside down":                  patched(bmp, 18, 0x50, 0xc3, 0, 0, 0xb0, 0x3c, 0xff, 0xff),
		"webp of 16384 x 16384":            webp("VP8L", 0x2f, 0xff, 0xff, 0xff, 0x0f),
		"webp with a canvas of 2^24":       webp("VP8X", 0, 0, 0, 0, 0xff, 0xff, 0x7f, 0xff, 0xff, 0x7f),
		"tiff of 2^32 x 2^32":              tiffOf(256, 1<<32-1, 257, 1<<32-1, 258, 8, 259, 1, 262, 1, 273, 8, 278, 1<<32-1, 279, 100),
		"tiff of real numbers":             tiffOf(256, 1<<16, 257, 1<<16, 258, 32, 259, 1, 262, 1, 273, 8, 278, 1<<16, 279, 100, 339, 3),
		"tiff with tiles of 2^32 x 2^32":   tiffOf(256, 4, 257, 4, 258, 32, 259, 1, 262, 1, 322, 1<<32-1, 323, 1<<32-1, 324, 8, 325, 100, 339, 3),
		"tiff with tiles of 2^13 x 2^13":   tiffOf(256, 4, 257, 4, 258, 64, 259, 8, 262, 1, 322, 1<<13, 323, 1<<13, 324, 8, 325, 100, 339, 3),
		"tiff with tiles of colours":       tiffOf(256, 4, 257, 4, 258, 8, 259, 1, 262, 1, 322, 1<<30, 323, 1<<30, 324, 8, 325, 100),
		"tiff with a strip of 2^32 bytes":  tiffOf(256, 64, 257, 64, 258, 8, 259, 5, 262, 1, 273, 8, 278, 64, 279, 1<<32-1),
		"tiff with strips of 2^32 samples": tiffOf(256, 64, 257, 64, 258, 8, 259, 1, 262, 1, 273, 8, 277, 1<<32-1, 278, 64, 279, 100),
	} {
		for _, numbers := range []bool{false, true} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			p, err := Decode(b, numbers)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("%s: read as %dx%d", what, p.H, p.W)
			} else if strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
				t.Errorf("%s: %v", what, err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
				t.Errorf("%s: %d bytes were taken (%v)", what, took, err)
			}
			if spent := time.Since(began); spent > 10*time.Second {
				t.Errorf("%s took %v", what, spent)
			}
			n++
		}
	}
	t.Logf("%d pictures", n)
}
