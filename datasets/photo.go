package datasets

// A photograph as a sample.

import (
	"fmt"
	"path/filepath"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
	"fourmlab/internal/fault"
)

// Photo reads a picture file (png, jpg, gif, webp, bmp, tiff) as a sample of rgb:
// turned upright as its Exif says, cut to the square in the middle, resized to
// the size of the registered modality. Its key is the file's name.
//
//	s, err := datasets.Photo("cat.jpg")
//	m.Generate(s, fourm.Chain("rgb").Then("depth", 8), 0)
func Photo(path string) (modality.Sample, error) { return PhotoAs(path, "rgb") }

// PhotoAs is Photo of another modality: "rgb@224" of the published models, or
// "depth" of a 16-bit gray picture.
func PhotoAs(path, name string) (modality.Sample, error) {
	const op = "datasets.Photo"
	m := modality.Need(op, name)
	if m.Kind != modality.Image {
		fault.Panic(op, "%q is of kind %v, expected a modality of pictures", name, m.Kind)
	}
	b, err := disk.Read(path, mostFile)
	if err != nil {
		return modality.Sample{}, fmt.Errorf("%s: %w", op, err)
	}
	width := m.Width
	if width == 0 {
		width = m.Height
	}
	show := func(sh shape) (view, error) { return fitting(sh, m.Height, width), nil }
	ext := extOf(path)
	if look := m.Look.Spec(); !arrayExt[ext] && (look.Decode == nil || ext != look.Ext) {
		ext = "png" // what it is its bytes say
	}
	v, _, err := decoder{upright: true, show: show}.decode(m.Name, ext, b)
	if err != nil {
		return modality.Sample{}, fmt.Errorf("%s: %s: %w", op, path, err)
	}
	base := filepath.Base(path)
	return modality.Sample{Key: strings.TrimSuffix(base, filepath.Ext(base)), Values: map[string]any{m.Name: v}}, nil
}

// MustPhoto is Photo that panics with a one-line error.
func MustPhoto(path string) modality.Sample {
	s, err := Photo(path)
	must("datasets.MustPhoto", err)
	return s
}
