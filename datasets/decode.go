package datasets

// Bytes to pictures: what a file holds, by the modality's look.

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"fourmlab/datasets/npy"
	"fourmlab/datasets/picture"
	"fourmlab/fourm/modality"
)

// specOf gives the registered look; what nobody registered is a colour
// picture or plain text.
func specOf(name string, picture bool) modality.LookSpec { return lookOf(name, picture).Spec() }

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

// decoder says what is wanted of a file beside its modality.
type decoder struct {
	pick    func(n int) int           // chooses one of several texts
	show    func(shape) (view, error) // the part of a picture that is seen
	upright bool                      // pictures are turned as Exif says
	tell    func(kind string)         // is told what was changed or passed over
	turned  func(orientation int)     // is told Exif's orientation of a picture that is turned
}

// decode turns a file into a value. Of a picture it gives the stored shape,
// too; size 0 keeps it.
func decode(name, ext string, b []byte, size int) (any, shape, error) {
	return decoder{}.sized(size).decode(name, ext, b)
}

// sized shows the square in the middle at a size; 0: all as it is.
func (a decoder) sized(size int) decoder {
	a.show = func(sh shape) (view, error) { return centred(sh, size), nil }
	return a
}

func (a decoder) say(format string, args ...any) {
	if a.tell != nil {
		a.tell(fmt.Sprintf(format, args...))
	}
}

func (a decoder) decode(name, ext string, b []byte) (any, shape, error) {
	if a.pick == nil {
		a.pick = first
	}
	at := lookOf(name, pictureExt[ext])
	look := at.Spec()
	if look.Decode != nil && ext == look.Ext {
		return a.own(name, at, b)
	}
	if arrayExt[ext] {
		return a.array(name, at, ext, b)
	}
	if !pictureExt[ext] {
		v, err := decodeText(at, name, ext, b, a.pick)
		return v, shape{}, err
	}
	if look.Words {
		return nil, shape{}, fmt.Errorf("a picture (.%s), expected text", ext)
	}
	if h, w, err := picture.Size(b); err == nil && float64(h)*float64(w) >= many {
		defer oneAtATime()()
	}
	p, err := picture.Decode(b, !look.Smooth && look.Channels == 1)
	if err != nil {
		return nil, shape{}, fmt.Errorf("broken picture: %w", err)
	}
	if look.Scaling == modality.ClassIDs && p.Lossy {
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
	out, err := a.pixels(name, at, p, v)
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
func (a decoder) pixels(name string, at modality.Look, p *picture.Picture, v view) (*modality.Picture, error) {
	look := at.Spec()
	switch {
	case p.Image == nil: // numbers of a TIFF
		q := &modality.Picture{H: p.H, W: p.W, C: 1, Pix: p.Numbers}
		if look.Channels > 1 {
			return nil, fmt.Errorf("one number a pixel, expected %d", look.Channels)
		}
		kind := "real numbers"
		if p.Whole {
			kind = "whole numbers"
		}
		if err := scaled(q, look, p.Whole, kind); err != nil {
			return nil, err
		}
		return a.settled(name, at, q, v)
	case look.Smooth && look.Channels == 1:
		return v.colors(p.Image).Gray().Picture(), nil
	case look.Smooth:
		return v.colors(p.Image).Picture(), nil
	}
	q, err := modality.PictureOf(at, p.Image)
	if err != nil {
		return nil, err
	}
	return v.values(q, at), nil
}

// own reads a file in the look's own format.
func (a decoder) own(name string, at modality.Look, b []byte) (any, shape, error) {
	look := at.Spec()
	p, err := look.Decode(b)
	switch {
	case err != nil:
		return nil, shape{}, err
	case p == nil || p.H < 1 || p.W < 1 || len(p.Pix) != p.H*p.W*p.C || look.Channels > 0 && p.C != look.Channels:
		return nil, shape{}, fmt.Errorf("the Decode of %s gave no picture of its channels", look.Name)
	}
	if err := inRange(p, look, 1); err != nil {
		return nil, shape{}, err
	}
	return a.shown(name, at, p)
}

// array reads numbers on a grid that are no picture file.
func (a decoder) array(name string, at modality.Look, ext string, b []byte) (any, shape, error) {
	look := at.Spec()
	if look.Words {
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
	return a.shown(name, at, p)
}

// shown gives the part of a picture of numbers that is asked for.
func (a decoder) shown(name string, at modality.Look, p *modality.Picture) (any, shape, error) {
	sh := shape{p.H, p.W}
	v, err := a.show(sh)
	if err != nil {
		return nil, sh, err
	}
	q, err := a.settled(name, at, p, v)
	return q, sh, err
}

// settled gives the view of numbers in which what is none is unknown.
func (a decoder) settled(name string, at modality.Look, p *modality.Picture, v view) (*modality.Picture, error) {
	look := at.Spec()
	changed, err := markUnknown(p, look)
	if err != nil {
		return nil, err
	}
	if changed > 0 {
		what := "not finite"
		if look.Scaling == modality.LogScale {
			what += " or below 0"
		}
		a.say("files of %s with values that are %s, taken for unknown", name, what)
	}
	return v.values(p, at), nil
}
