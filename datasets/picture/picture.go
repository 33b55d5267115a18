// Package picture decodes picture files: PNG, JPEG, GIF, WebP, BMP and TIFF.
//
//	p, err := picture.Decode(bytes, false)
//	im := p.Upright().Image
//
// A format is told by a file's first bytes, whatever its name, and no decoder
// that another package registered plays a part: what is read here is read in
// every program. Colours come out as the libraries behind Pillow give them:
// the chroma of JPEG and WebP is interpolated, not repeated. Beside the pixels
// stands what a reader of data has to know of a file: whether it is lossy,
// which way up it is to be shown (Exif), what was passed over.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/bmp"

	"fourmlab/internal/memory"
)

// Picture is a decoded file.
type Picture struct {
	Format      string      // "png", "jpeg", "gif", "webp", "bmp" or "tiff"
	H, W        int         // pixels
	Image       image.Image // nil where Numbers holds the pixels
	Numbers     []float32   // of a TIFF of numbers that no image holds: H x W
	Whole       bool        // Numbers were whole ones in the file
	Lossy       bool        // pixels are near what was stored, not the same
	Orientation int         // Exif's, 1 to 8; 1: as it is
	Depth       int         // bits of a gray PNG's pixel (1, 2, 4, 8, 16); else 0
	Notes       []string    // what was passed over or mended, each a few words
}

// formats are told by their first bytes, in which "?" stands for any.
var formats = []struct {
	magic, name string
	decode      func(p *Picture, b []byte, numbers bool) error
}{
	{"\x89PNG\r\n\x1a\n", "png", (*Picture).png},
	{"\xff\xd8", "jpeg", (*Picture).jpeg},
	{"GIF8?a", "gif", (*Picture).gif},
	{"RIFF????WEBP", "webp", (*Picture).webp},
	{"BM????\x00\x00\x00\x00", "bmp", (*Picture).bmp},
	{"II*\x00", "tiff", (*Picture).tiff},
	{"MM\x00*", "tiff", (*Picture).tiff},
}

// others are known by sight, and not read.
var others = []struct{ magic, what string }{
	{"????ftypheic", "HEIC"}, {"????ftypheix", "HEIC"}, {"????ftypmif1", "HEIF"}, {"????ftypavif", "AVIF"}, {"????ftypavis", "AVIF"},
	{"II+\x00", "BigTIFF"}, {"MM\x00+", "BigTIFF"}, {"\x00\x00\x00\x0cjP  ", "JPEG 2000"}, {"\xff\x0a", "JPEG XL"},
	{"v/1\x01", "OpenEXR"}, {"8BPS", "Photoshop"}, {"%PDF", "PDF"}, {"<svg", "SVG"}, {"<?xml", "XML"}, {"<!DO", "a web page"}, {"<htm", "a web page"},
	{"version https://git-lfs", "a pointer of Git LFS, not the file itself"},
}

// Formats lists what is read, for a message.
const Formats = "png, jpg, gif, webp, bmp, tiff"

func begins(b []byte, magic string) bool {
	if len(b) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && b[i] != magic[i] {
			return false
		}
	}
	return true
}

// errKind says that bytes are of no format that is read.
func errKind(b []byte) error {
	for _, o := range others {
		if begins(b, o.magic) {
			return fmt.Errorf("it is %s, expected one of %s", o.what, Formats)
		}
	}
	if len(b) == 0 {
		return errors.New("it is empty")
	}
	return fmt.Errorf("it begins with %.8q, expected one of %s", b, Formats)
}

// Decode reads a file. With numbers, gray stands for numbers (class ids,
// millimetres): its transparency is passed over, and a palette's frame keeps
// its indices.
func Decode(b []byte, numbers bool) (*Picture, error) {
	for _, f := range formats {
		if !begins(b, f.magic) {
			continue
		}
		p := &Picture{Format: f.name, Orientation: 1}
		if err := f.decode(p, b, numbers); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, bare{err, f.name})
		}
		if p.Image != nil {
			r := p.Image.Bounds()
			p.H, p.W = r.Dy(), r.Dx()
		}
		return p, nil
	}
	return nil, errKind(b)
}

// bare is an error without the name of its format, which stands before it.
type bare struct {
	error
	format string
}

func (b bare) Error() string { return strings.TrimPrefix(b.error.Error(), b.format+": ") }
func (b bare) Unwrap() error { return b.error }

// Size gives height and width from a file's header.
func Size(b []byte) (h, w int, err error) {
	c, err := config(b)
	return c.Height, c.Width, err
}

func config(b []byte) (c image.Config, err error) {
	for _, f := range formats {
		if begins(b, f.magic) {
			return headers[f.name](bytes.NewReader(b))
		}
	}
	return c, errKind(b)
}

// room refuses a header that claims more pixels than there may be, or than the
// memory holds, before they are made.
func room(c image.Config) error { return memory.Picture(c.Width, c.Height, each(c.ColorModel)) }

// each is how many bytes a pixel takes while it is decoded. Of what has chroma
// two planes at full size and the colours that come of them lie beside it.
func each(m color.Model) float64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.YCbCrModel, color.NYCbCrAModel:
		return 1.5 + 2 + 4
	case color.RGBAModel, color.NRGBAModel, color.CMYKModel:
		return 4
	}
	return 1 // a palette's
}

func (p *Picture) bmp(b []byte, _ bool) error {
	c, err := bmp.DecodeConfig(bytes.NewReader(b))
	if err == nil {
		err = room(c)
	}
	if err == nil {
		p.Image, err = bmp.Decode(bytes.NewReader(b))
	}
	return err
}

func (p *Picture) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}
