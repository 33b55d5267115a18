package datasets

// Bytes to values: what a file holds, by the modality's look.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"

	"fourmlab/datasets/npy"
	"fourmlab/datasets/picture"
	"fourmlab/fourm/modality"
	"fourmlab/internal/plain"
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

// asked says what is wanted of a file beside its modality.
type asked struct {
	pick    func(n int) int           // chooses one of several texts
	show    func(shape) (view, error) // the part of a picture that is seen
	upright bool                      // pictures are turned as Exif says
	tell    func(kind string)         // is told what was changed or passed over
	turned  func(orientation int)     // is told Exif's orientation of a picture that is turned
}

// decode turns a file into a value. Of a picture it gives the stored shape,
// too; size 0 keeps it.
func decode(name, ext string, b []byte, size int) (any, shape, error) {
	return asked{}.sized(size).decode(name, ext, b)
}

// sized shows the square in the middle at a size; 0: all as it is.
func (a asked) sized(size int) asked {
	a.show = func(sh shape) (view, error) { return centred(sh, size), nil }
	return a
}

func (a asked) say(format string, args ...any) {
	if a.tell != nil {
		a.tell(fmt.Sprintf(format, args...))
	}
}

func (a asked) decode(name, ext string, b []byte) (any, shape, error) {
	if a.pick == nil {
		a.pick = first
	}
	look := lookOf(name, pictureExt[ext])
	if arrayExt[ext] {
		return a.array(name, look, ext, b)
	}
	if !pictureExt[ext] {
		v, err := decodeText(look, name, ext, b, a.pick)
		return v, shape{}, err
	}
	if look >= modality.Caption {
		return nil, shape{}, fmt.Errorf("a picture (.%s), expected text", ext)
	}
	if h, w, err := picture.Size(b); err == nil && float64(h)*float64(w) >= many {
		defer oneAtATime()()
	}
	numbers := look == modality.Depth || look == modality.Label
	p, err := picture.Decode(b, numbers)
	if err != nil {
		return nil, shape{}, fmt.Errorf("broken picture: %w", err)
	}
	if look == modality.Label && p.Lossy {
		return nil, shape{}, fmt.Errorf("class ids as a %s, which stores numbers near those it was given and not these; expected a gray or palette png", strings.ToUpper(p.Format))
	}
	for _, n := range p.Notes {
		a.say("%s files of which %s", p.Format, n)
	}
	if p.Orientation > 1 {
		if a.upright {
			if a.turned != nil {
				a.turned(p.Orientation)
			}
			p = p.Upright()
			a.say("pictures turned upright as their Exif orientation says")
		} else {
			a.say("pictures with an Exif orientation, which is not applied")
		}
	}
	sh := shape{p.H, p.W}
	v, err := a.show(sh)
	if err != nil {
		return nil, sh, err
	}
	out, err := a.pixels(name, look, p, v)
	return out, sh, err
}

// many is from how many pixels on a picture is read while no other such one is:
// as many at once as there are processors would take gigabytes.
const many = 1 << 24

var large sync.Mutex

// oneAtATime waits until no other large picture is being read. What it gives is
// to be called when this one is: it gives the pixels' memory back before the next.
func oneAtATime() (done func()) {
	large.Lock()
	return func() {
		debug.FreeOSMemory()
		large.Unlock()
	}
}

// pixels reads the pixels of a view by their meaning.
func (a asked) pixels(name string, look modality.Look, p *picture.Picture, v view) (*modality.Picture, error) {
	switch {
	case p.Image == nil: // numbers of a TIFF
		q := &modality.Picture{H: p.H, W: p.W, C: 1, Pix: p.Numbers}
		if n := channelsOf(look); n > 1 {
			return nil, fmt.Errorf("one number a pixel, expected %d", n)
		}
		kind := "real numbers"
		if p.Whole {
			kind = "whole numbers"
		}
		if look != modality.Depth { // elevation is not told from depth
			if err := scaled(q, look, p.Whole, kind); err != nil {
				return nil, err
			}
		} else if p.Whole {
			for i := range q.Pix {
				q.Pix[i] /= 1000
			}
		}
		return a.settled(name, look, q, v)
	case look == modality.Color:
		return v.colours(p.Image).Picture(), nil
	case look == modality.Gray:
		return v.colours(p.Image).Gray().Picture(), nil
	}
	q, err := modality.PictureOf(look, p.Image)
	if err != nil {
		return nil, err
	}
	return v.values(q, look), nil
}

// array reads numbers on a grid that are no picture file.
func (a asked) array(name string, look modality.Look, ext string, b []byte) (any, shape, error) {
	if look >= modality.Caption && look != modality.Feature {
		return nil, shape{}, fmt.Errorf("an array (.%s), expected text", ext)
	}
	n, err := npy.Parse(b)
	if ext == "npz" {
		n, err = npy.Only(b)
	}
	if err != nil {
		return nil, shape{}, err
	}
	p, err := gridOf(n, look)
	if err != nil {
		return nil, shape{}, err
	}
	sh := shape{p.H, p.W}
	v, err := a.show(sh)
	if err != nil {
		return nil, sh, err
	}
	q, err := a.settled(name, look, p, v)
	return q, sh, err
}

// settled gives the view of numbers in which what is none is unknown.
func (a asked) settled(name string, look modality.Look, p *modality.Picture, v view) (*modality.Picture, error) {
	changed, err := settle(p, look)
	if err != nil {
		return nil, err
	}
	if changed > 0 {
		what := "not finite"
		if look == modality.Depth {
			what += " or below 0"
		}
		a.say("files of %s with values that are %s, taken for unknown", name, what)
	}
	return v.values(p, look), nil
}

// first picks the first of several texts.
func first(int) int { return 0 }

// decodeText reads the text-like files of ml-4m: .txt, .json and .json.gz
// (docs/4m.md, 1.3, 1.4).
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
	b, err := plain.UTF8(b)
	if err != nil {
		return nil, err
	}
	if at := bytes.IndexByte(b, 0); at >= 0 {
		return nil, fmt.Errorf("byte %d is 0, which no text has", at+1)
	}
	if ext == "json" || ext == "json.gz" {
		return parseOne(look, name, plain.JSON(b), pick)
	}
	if look != modality.Caption {
		return nil, fmt.Errorf("a .%s file, expected .json", ext)
	}
	lines := linesOf(b)
	if name != "caption" || len(lines) < 2 {
		return strings.Join(lines, " "), nil
	}
	return lines[pick(len(lines))], nil
}

// linesOf gives the lines of a text that are not blank.
func linesOf(b []byte) []string {
	var out []string
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// parseOne reads the JSON of a text-like value, of several captions one of one's
// choice. Boxes may come out in pixels: see pixelBoxes.
func parseOne(look modality.Look, name string, raw json.RawMessage, pick func(n int) int) (any, error) {
	switch look {
	case modality.Boxes:
		return parseBoxes(raw)
	case modality.Colors:
		return parsePalette(raw)
	}
	many, err := captionsOf(raw)
	if err != nil && name == "caption" {
		many, err = sidecar(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is %s, expected a string or a list of strings", name, clip(raw))
	}
	if name != "caption" {
		return strings.Join(many, ", "), nil
	}
	if len(many) == 0 {
		return nil, fmt.Errorf("caption is an empty list, expected one caption or more")
	}
	return many[pick(len(many))], nil
}

// captionsOf reads "a cat", ["a cat", "one cat"], or [{"caption": "a cat"}, ...].
func captionsOf(raw json.RawMessage) ([]string, error) {
	var one *string
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []string{*one}, nil
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many, nil
	}
	var said []struct{ Caption *string }
	err := json.Unmarshal(raw, &said)
	many = nil
	for _, s := range said {
		if s.Caption == nil {
			return nil, fmt.Errorf("an object without caption")
		}
		many = append(many, *s.Caption)
	}
	return many, err
}

// clip shortens JSON for an error.
func clip(raw []byte) string {
	if len(raw) > 40 {
		return string(raw[:37]) + "..."
	}
	return string(raw)
}
