package picture

// PNG: what image/png refuses or colours in, mended in the chunks before it
// reads them.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
)

// end is the last chunk of every file.
var end = []byte{0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82}

func (p *Picture) png(b []byte, numbers bool) error {
	b, gray := p.chunks(b, numbers)
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err == nil {
		err = room(c)
	}
	if err == nil {
		p.Image, err = png.Decode(bytes.NewReader(b))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("cut off after %d bytes: %w", len(b), err)
	}
	if err != nil {
		return err
	}
	if p.Depth = gray; numbers && gray > 0 && gray < 8 {
		if g, ok := p.Image.(*image.Gray); ok {
			for i := range g.Pix { // what was spread over 8 bits to be seen
				g.Pix[i] /= uint8(255 / (1<<gray - 1))
			}
		}
	}
	return nil
}

// chunks walks over a file: it gives the end that is missing, takes the
// transparency of numbers out, and reads the orientation. gray is the depth in
// bits of a gray picture, else 0.
func (p *Picture) chunks(b []byte, numbers bool) (out []byte, gray int) {
	const head = 8
	ended, pixels := false, false
	at := head
	var cut [][2]int // what is taken out
	for at+12 <= len(b) && !ended {
		n := int64(binary.BigEndian.Uint32(b[at:]))
		if n > int64(len(b)-at-12) {
			break
		}
		body, next := b[at+8:at+8+int(n)], at+12+int(n)
		switch string(b[at+4 : at+8]) {
		case "IHDR":
			if len(body) >= 13 && body[9] == 0 {
				gray = int(body[8])
			}
		case "tRNS":
			if numbers && gray > 0 {
				cut = append(cut, [2]int{at, next})
			}
		case "eXIf":
			p.exif(body)
		case "acTL":
			if len(body) >= 4 && binary.BigEndian.Uint32(body) > 1 {
				p.note("the first of %d frames is taken", binary.BigEndian.Uint32(body))
			}
		case "IDAT":
			pixels = true
		case "IEND":
			ended = true
		}
		at = next
	}
	for i := len(cut) - 1; i >= 0; i-- {
		b = append(b[:cut[i][0]:cut[i][0]], b[cut[i][1]:]...)
		at -= cut[i][1] - cut[i][0]
	}
	if !ended && pixels && at <= len(b) && len(b)-at < 12 {
		p.note("its last chunk (IEND) is missing")
		b = append(b[:at:at], end...)
	}
	return b, gray
}
