package datasets

// Bytes to values: what a file holds, by the modality's look.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the formats that are read
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"strings"

	"fourmlab/fourm/modality"
)

// lookOf gives the registered look; what nobody registered is a colour
// picture or plain text.
func lookOf(name string, picture bool) modality.Look {
	m, ok := modality.Find(name)
	switch {
	case ok:
		return m.Look
	case picture:
		return modality.Color
	}
	return modality.Caption
}

// shape is the stored height and width of a picture, before any crop.
type shape struct{ h, w int }

// decode turns a file into a value. Of a picture it gives the stored shape,
// too; size 0 keeps it.
func decode(name, ext string, b []byte, size int) (any, shape, error) {
	return decodeView(name, ext, b, first, func(sh shape) (view, error) { return centred(sh, size), nil })
}

// decodeView is decode with a choice: pick is asked for one of several texts,
// show for the part of a picture.
func decodeView(name, ext string, b []byte, pick func(n int) int, show func(shape) (view, error)) (any, shape, error) {
	look := lookOf(name, pictureExt[ext])
	if ext == "npy" {
		return decodeArray(look, b, show)
	}
	if !pictureExt[ext] {
		v, err := decodeText(look, name, ext, b, pick)
		return v, shape{}, err
	}
	if look >= modality.Caption {
		return nil, shape{}, fmt.Errorf("a picture (.%s), expected text", ext)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, shape{}, fmt.Errorf("broken picture: %w", err)
	}
	if cfg.Width*cfg.Height > 1<<26 || cfg.Width < 1 || cfg.Height < 1 {
		return nil, shape{}, fmt.Errorf("picture of %dx%d pixels, expected 1 to 67 million", cfg.Width, cfg.Height)
	}
	im, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, shape{}, fmt.Errorf("broken picture: %w", err)
	}
	sh := shape{cfg.Height, cfg.Width}
	v, err := show(sh)
	if err != nil {
		return nil, sh, err
	}
	p, err := toPicture(look, im, v)
	return p, sh, err
}

// decodeArray reads numbers on a grid that are no picture file.
func decodeArray(look modality.Look, b []byte, show func(shape) (view, error)) (any, shape, error) {
	a, err := parseNPY(b)
	if err != nil {
		return nil, shape{}, err
	}
	p, err := a.picture()
	if err != nil {
		return nil, shape{}, err
	}
	sh := shape{p.H, p.W}
	v, err := show(sh)
	if err != nil {
		return nil, sh, err
	}
	return v.values(p, look), sh, nil
}

// first picks the first of several texts.
func first(int) int { return 0 }

// toPicture reads the pixels of a view by their meaning.
func toPicture(look modality.Look, im image.Image, v view) (*modality.Picture, error) {
	r := im.Bounds()
	switch look {
	case modality.Color:
		return v.colours(im).Picture(), nil
	case modality.Gray:
		return v.colours(im).Gray().Picture(), nil
	case modality.Depth:
		g, ok := im.(*image.Gray16)
		if !ok {
			return nil, fmt.Errorf("depth as %s, expected a 16-bit gray png in millimetres", kindOf(im))
		}
		return v.values(scan(r, 1, func(x, y int, v []float32) {
			v[0] = float32(g.Gray16At(x, y).Y) / 1000
		}), look), nil
	case modality.Normal:
		return v.values(scan(r, 3, func(x, y int, v []float32) { toNormal(im.At(x, y), v) }), look), nil
	}
	var id func(x, y int) int
	switch l := im.(type) {
	case *image.Paletted:
		id = func(x, y int) int { return int(l.ColorIndexAt(x, y)) }
	case *image.Gray:
		id = func(x, y int) int { return int(l.GrayAt(x, y).Y) }
	case *image.Gray16:
		id = func(x, y int) int { return int(l.Gray16At(x, y).Y) }
	default:
		return nil, fmt.Errorf("class ids as %s, expected a gray or palette png", kindOf(im))
	}
	return v.values(scan(r, 1, func(x, y int, v []float32) { v[0] = float32(id(x, y)) }), look), nil
}

func scan(r image.Rectangle, c int, at func(x, y int, v []float32)) *modality.Picture {
	p := modality.NewPicture(r.Dy(), r.Dx(), c)
	for y := range p.H {
		for x := range p.W {
			at(r.Min.X+x, r.Min.Y+y, p.Pix[(y*p.W+x)*c:][:c])
		}
	}
	return p
}

// toNormal reads (n+1)/2. A pixel has no normal where it is transparent, where
// the vector is far from length one (mid-gray, black), and where it is a dark
// gray: that points away from the viewer and is how unknown is written, too.
func toNormal(c color.Color, v []float32) {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	var f [3]float64
	sum := 0.0
	for k, b := range [3]uint8{n.R, n.G, n.B} {
		f[k] = float64(b)/255*2 - 1
		sum += f[k] * f[k]
	}
	if sum = math.Sqrt(sum); n.A == 0 || sum < 0.5 || sum > 1.4 || n.R == n.G && n.G == n.B && n.B < 128 {
		return
	}
	for k := range v {
		v[k] = float32(f[k] / sum)
	}
}

func kindOf(im image.Image) string {
	switch im.(type) {
	case *image.Gray:
		return "an 8-bit gray picture"
	case *image.Gray16:
		return "a 16-bit gray picture"
	case *image.Paletted:
		return "a palette picture"
	}
	return "a colour picture"
}

// decodeText reads the text-like files of ml-4m: .txt, .json and .json.gz
// (inventory 1.3, 1.4).
func decodeText(look modality.Look, name, ext string, b []byte, pick func(n int) int) (any, error) {
	if look < modality.Caption {
		return nil, fmt.Errorf("a .%s file, expected a picture", ext)
	}
	if ext == "json.gz" {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		if b, err = io.ReadAll(io.LimitReader(z, 1<<26)); err != nil {
			return nil, err
		}
	}
	if ext != "txt" {
		return parseOne(look, name, b, pick)
	}
	if look != modality.Caption {
		return nil, fmt.Errorf("a .txt file, expected .json")
	}
	return strings.TrimSpace(string(b)), nil
}

// parseField reads the JSON of a text-like value. Boxes may come out in
// pixels: see pixelBoxes.
func parseField(look modality.Look, name string, raw json.RawMessage) (any, error) {
	return parseOne(look, name, raw, first)
}

// parseOne is parseField with a choice among several captions.
func parseOne(look modality.Look, name string, raw json.RawMessage, pick func(n int) int) (any, error) {
	switch look {
	case modality.Boxes:
		return parseBoxes(raw)
	case modality.Colors:
		return parsePalette(raw)
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one, nil
	}
	var many []string
	if json.Unmarshal(raw, &many) != nil {
		var said []struct{ Caption string }
		if err := json.Unmarshal(raw, &said); err != nil {
			return nil, fmt.Errorf("%s is %s, expected a string or a list of strings", name, clip(raw))
		}
		many = nil
		for _, s := range said {
			many = append(many, s.Caption)
		}
	}
	if name != "caption" {
		return strings.Join(many, ", "), nil
	}
	if len(many) == 0 {
		return nil, fmt.Errorf("caption is an empty list, expected one caption or more")
	}
	return many[pick(len(many))], nil
}

// clip shortens JSON for an error.
func clip(raw []byte) string {
	if len(raw) > 40 {
		return string(raw[:37]) + "..."
	}
	return string(raw)
}
