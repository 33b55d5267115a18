package jupyter

// The kernel's mark in a front end: a picture's tokens, a few of them kept.

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// tokens is a grid of four by four: what is masked is pale.
var tokens = [4]string{"ab..", ".cd.", "e..a", ".b.c"}

var tokenColours = map[byte]color.RGBA{
	'a': {0x44, 0x01, 0x54, 255}, 'b': {0x31, 0x68, 0x8e, 255}, 'c': {0x1f, 0x9e, 0x89, 255},
	'd': {0x6c, 0xce, 0x59, 255}, 'e': {0xf5, 0xa6, 0x23, 255}, '.': {0xdd, 0xe1, 0xe6, 255},
}

func logoPNG(n int) []byte {
	im := image.NewRGBA(image.Rect(0, 0, n, n))
	gap := max(n/32, 1)
	for y := range n {
		for x := range n {
			if x*4%n/4 < gap || y*4%n/4 < gap {
				continue
			}
			im.SetRGBA(x, y, tokenColours[tokens[y*4/n][x*4/n]])
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func logoSVG() []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">`)
	for y, row := range tokens {
		for x := range len(row) {
			c := tokenColours[row[x]]
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="14" height="14" rx="2" fill="#%02x%02x%02x"/>`, x*16+1, y*16+1, c.R, c.G, c.B)
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
