package modality

// Looks: what the numbers of a value mean. Files, tokenizers, metrics and
// figures take what they do with values from what is registered here, as
// image.Decode knows the formats that are linked in.

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"sync"

	"fourmlab/internal/fault"
)

// Look is a kind of value: what the numbers of a picture mean, or which words a
// value consists of. The zero Look is Color; RegisterLook adds one.
type Look int

// The looks that every program knows.
const (
	Color   Look = iota // C = 3, linear in [0, 1]
	Gray                // C = 1, in [0, 1]
	Depth               // C = 1, metres along the optical axis; 0 where nothing is known
	Normal              // C = 3, unit vectors, x right, y up, z to the viewer
	Label               // C = 1, class ids as whole numbers; Labels names them
	Caption             // a string
	Boxes               // []Box
	Colors              // Palette
	Feature             // numbers of a network, Channels a patch; no fixed meaning
	builtin             // how many these are
)

// Scaling is how the network of a tokenizer sees the numbers of a look.
type Scaling int

const (
	// LinearScale maps the range from Low to High, or from the least to the largest
	// number of the training pictures where Low and High are equal.
	LinearScale Scaling = iota
	// LogScale maps numbers above 0 by their logarithm, from the least to the
	// largest of the training pictures.
	LogScale
	// UnitVectors are vectors, as they are; what comes back has length 1 or 0.
	UnitVectors
	// Standardised takes each channel's mean out and divides by its deviation.
	Standardised
	// ClassIDs are ids: they are embedded, and told apart by cross-entropy.
	ClassIDs
)

// LookSpec is all that is known of a look. Of a field of functions nil stands
// for what its comment says, so that few need be set:
//
//	thermal := fourm.RegisterLook(fourm.LookSpec{Name: "thermal", Unit: "K", Steps: 100})
//	fourm.Register(fourm.Modality{Name: "heat", Look: thermal})
type LookSpec struct {
	Name     string  // a word, as it is reported and stored: "thermal"
	Noun     string  // its values in a phrase, "mean normals", "no box"; "": Name
	Words    bool    // text, boxes, palettes; all else are pictures
	Channels int     // numbers a pixel; 0: any
	Unit     string  // of the numbers and of their errors: "K"; "": they have none
	Scaling  Scaling // for the tokenizer
	Low      float64 // the range that known numbers lie in;
	High     float64 // equal to Low: it has no ends

	// Known tells whether anything is known of a pixel of finite numbers; nil:
	// always. What is unknown is written as zeros.
	Known func(pixel []float32) bool
	// Blank is the number of a pixel that is not decided yet.
	Blank float32
	// Mean and Dev, one a channel, are taken out of pixels that are a model's
	// input; nil: they stay as they are.
	Mean, Dev []float32
	// Mirror changes a pixel of a picture that was mirrored left to right; nil:
	// it stays as it is.
	Mirror func(pixel []float32)
	// Smooth tells that pixels may be mixed, as colours are: their files have 8
	// bits, and they are resized by a filter. Else the nearest pixel is taken.
	Smooth bool

	// Steps is what whole numbers in files count: so many a unit (1000:
	// millimetres). Picture files are then 16-bit gray. 0: whole numbers are as
	// they are, and files are arrays (.npy).
	Steps float64
	// FromImage reads an image, and ToImage makes one; nil: by Steps.
	FromImage func(im image.Image) (*Picture, error)
	ToImage   func(p *Picture) (image.Image, error)
	// Ext is the suffix of files in a format of its own ("raw"), which Decode
	// reads and Encode writes; "": there is none.
	Ext    string
	Decode func(b []byte) (*Picture, error)
	Encode func(p *Picture) ([]byte, error)

	// Error is the error of a pixel whose truth is known, in Unit; nil: the mean
	// absolute difference of the channels. ErrorName is what its mean is called
	// in tables; "": "mean error".
	Error     func(truth, guess []float32) float64
	ErrorName string

	// Ramp colours a number of one channel, 0 for the least of a figure and 1 for
	// the largest; nil: viridis. Draw makes the whole picture instead. Legend is
	// a line below it.
	Ramp   func(x float64) color.RGBA
	Draw   func(p *Picture, least, largest float64) image.Image
	Legend string
}

var looks = struct {
	sync.RWMutex
	all []LookSpec // by Look
}{all: []LookSpec{Color: colorLook, Gray: grayLook, Depth: depthLook, Normal: normalLook, Label: labelLook,
	Caption: {Name: "caption", Noun: "word", Words: true}, Boxes: {Name: "boxes", Noun: "box", Words: true},
	Colors: {Name: "colors", Noun: "colour", Words: true}, Feature: featureLook}}

// RegisterLook adds a kind of value, or replaces that of the same name, and
// gives the Look that stands for it. It panics with a *fault.Error when the
// description cannot be right.
func RegisterLook(s LookSpec) Look {
	const op = "fourm.RegisterLook"
	s.check(op)
	looks.Lock()
	defer looks.Unlock()
	for l, have := range looks.all {
		if have.Name != s.Name {
			continue
		}
		if Look(l) < builtin {
			fault.Panic(op, "%q is built in: choose another name", s.Name)
		}
		looks.all[l] = s
		return Look(l)
	}
	looks.all = append(looks.all, s)
	return Look(len(looks.all) - 1)
}

// check refuses what cannot be.
func (s LookSpec) check(op string) {
	if s.Name == "" || strings.ContainsAny(s.Name, " \t\n/\\\"") {
		fault.Panic(op, "name %q is not usable: it must be a word without blank, slash or quote", s.Name)
	}
	finite := !math.IsNaN(s.Low-s.High) && !math.IsInf(s.Low, 0) && !math.IsInf(s.High, 0)
	switch {
	case s.Channels < 0:
		fault.Panic(op, "%s: %d channels, expected 1 or more, or 0 for any", s.Name, s.Channels)
	case !finite || s.Low > s.High:
		fault.Panic(op, "%s: a range from %g to %g, expected finite ends, the lower one first", s.Name, s.Low, s.High)
	case !(s.Steps >= 0) || math.IsInf(s.Steps, 0):
		fault.Panic(op, "%s: %g steps a unit, expected 0 or more", s.Name, s.Steps)
	case s.Scaling < LinearScale || s.Scaling > ClassIDs:
		fault.Panic(op, "%s: scaling %d, expected LinearScale, LogScale, UnitVectors, Standardised or ClassIDs", s.Name, s.Scaling)
	case s.Scaling == ClassIDs && s.Channels > 1:
		fault.Panic(op, "%s: classes of %d channels, expected 1", s.Name, s.Channels)
	case len(s.Mean) != len(s.Dev) || len(s.Mean) > 0 && len(s.Mean) != s.Channels:
		fault.Panic(op, "%s: %d means and %d deviations for %d channels", s.Name, len(s.Mean), len(s.Dev), s.Channels)
	case (s.Ext == "") != (s.Decode == nil && s.Encode == nil):
		fault.Panic(op, "%s: Ext is the suffix of the files that Decode reads and Encode writes: it needs one of them, and they need it", s.Name)
	}
	for _, d := range s.Dev {
		if !(d > 0) {
			fault.Panic(op, "%s: a deviation of %g, expected more than 0", s.Name, d)
		}
	}
}

// Spec gives what is known of a look. One that nobody registered is a panic
// with a *fault.Error that lists those that there are.
func (l Look) Spec() LookSpec {
	if s, ok := l.spec(); ok {
		return s
	}
	fault.Panic("fourm.Look", "no look %d (have %s): fourm.RegisterLook adds one", int(l), strings.Join(LookNames(), ", "))
	return LookSpec{}
}

func (l Look) spec() (LookSpec, bool) {
	looks.RLock()
	defer looks.RUnlock()
	if l < 0 || int(l) >= len(looks.all) {
		return LookSpec{}, false
	}
	return looks.all[l], true
}

// String gives the name: "depth".
func (l Look) String() string {
	if s, ok := l.spec(); ok {
		return s.Name
	}
	return fmt.Sprintf("look %d", int(l))
}

// LookNames lists what is registered, the built-in ones first.
func LookNames() []string {
	looks.RLock()
	defer looks.RUnlock()
	var out []string
	for _, s := range looks.all {
		out = append(out, s.Name)
	}
	return out
}

// FindLook gives the look of a name.
func FindLook(name string) (Look, bool) {
	for l, n := range LookNames() {
		if n == name {
			return Look(l), true
		}
	}
	return 0, false
}

// MarshalJSON stores a built-in look by its number, as checkpoints always have,
// and others by their name, since their number is this program's own.
func (l Look) MarshalJSON() ([]byte, error) {
	if l < builtin {
		return json.Marshal(int(l))
	}
	return json.Marshal(l.String())
}

// UnmarshalJSON reads a look's number or name; one that is not registered here
// is an error that lists those that are.
func (l *Look) UnmarshalJSON(b []byte) error {
	var n int
	if json.Unmarshal(b, &n) == nil && n >= 0 && n < int(builtin) {
		*l = Look(n)
		return nil
	}
	var name string
	if json.Unmarshal(b, &name) == nil {
		if at, ok := FindLook(name); ok {
			*l = at
			return nil
		}
	}
	return fmt.Errorf("no look %s (have %s): fourm.RegisterLook adds one", b, strings.Join(LookNames(), ", "))
}

// Called gives what values are called in a phrase: "normals" in "mean normals".
func (s LookSpec) Called() string {
	if s.Noun == "" {
		return s.Name
	}
	return s.Noun
}

// KnownAt tells whether anything is known of a pixel: its numbers are finite,
// and the look says so.
func (s *LookSpec) KnownAt(pixel []float32) bool {
	for _, v := range pixel {
		if v-v != 0 {
			return false
		}
	}
	return s.Known == nil || len(pixel) < s.Channels || s.Known(pixel)
}
