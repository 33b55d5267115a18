package notebook

// Pictures that differ by what no eye sees are the same picture.

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"strings"

	"fourmlab/internal/memory"
)

// pictureDiffers says in a line how two encoded pictures differ, or gives "".
func pictureDiffers(mime, want, got string, most float64) string {
	if want == got {
		return ""
	}
	a, err := decoded(want)
	if err != nil {
		return fmt.Sprintf("%s: the kept one cannot be read: %v", mime, err)
	}
	b, err := decoded(got)
	if err != nil {
		return fmt.Sprintf("%s: the one found cannot be read: %v", mime, err)
	}
	if a.Bounds().Size() != b.Bounds().Size() {
		x, y := a.Bounds().Size(), b.Bounds().Size()
		return fmt.Sprintf("%s: %d x %d pixels are kept, found %d x %d", mime, x.X, x.Y, y.X, y.Y)
	}
	if d := distance(a, b); d > most {
		return fmt.Sprintf("%s: differs by %.2g of the range, %.2g is allowed", mime, d, most)
	}
	return ""
}

func decoded(encoded string) (image.Image, error) {
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err == nil {
		err = memory.Picture(c.Width, c.Height, 4)
	}
	if err != nil {
		return nil, err
	}
	im, _, err := image.Decode(bytes.NewReader(data))
	return im, err
}

// distance is the mean absolute difference of all channels of two pictures of
// one size, from 0 to 1.
func distance(a, b image.Image) float64 {
	ra, rb := a.Bounds(), b.Bounds()
	sum := 0.0
	for y := range ra.Dy() {
		for x := range ra.Dx() {
			r1, g1, b1, a1 := a.At(ra.Min.X+x, ra.Min.Y+y).RGBA()
			r2, g2, b2, a2 := b.At(rb.Min.X+x, rb.Min.Y+y).RGBA()
			for _, d := range [...]int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2), int(a1) - int(a2)} {
				sum += float64(max(d, -d))
			}
		}
	}
	return sum / (4 * 0xffff) / float64(max(ra.Dx()*ra.Dy(), 1))
}
