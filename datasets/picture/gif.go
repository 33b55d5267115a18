package picture

// GIF: the first frame, where it lies on its screen.

import (
	"bytes"
	"image"
	"image/gif"
)

func (p *Picture) gif(b []byte, _ bool) error {
	c, err := gif.DecodeConfig(bytes.NewReader(b))
	if err == nil {
		err = room(c)
	}
	if err != nil {
		return err
	}
	im, err := gif.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	if n := frames(b); n > 1 {
		p.note("the first of %d frames is taken", n)
	}
	screen := image.Rect(0, 0, c.Width, c.Height)
	frame, ok := im.(*image.Paletted)
	if !ok || frame.Rect == screen {
		p.Image = im
		return nil
	}
	// Around the frame is what is transparent, else the first colour, as Pillow
	// has it, whatever colour the header names for the background.
	out := image.NewPaletted(screen, frame.Palette)
	for i, v := range frame.Palette {
		if _, _, _, a := v.RGBA(); a == 0 {
			for k := range out.Pix {
				out.Pix[k] = uint8(i)
			}
			break
		}
	}
	r := frame.Rect.Intersect(screen)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(out.Pix[out.PixOffset(r.Min.X, y):][:r.Dx()], frame.Pix[frame.PixOffset(r.Min.X, y):])
	}
	p.Image = out
	return nil
}

// frames counts the frames by walking over the blocks.
func frames(b []byte) int {
	at, n := 13, 0
	table := func(flags byte) {
		if flags&0x80 != 0 {
			at += 3 << (flags&7 + 1)
		}
	}
	blocks := func() {
		for at < len(b) && b[at] != 0 {
			at += 1 + int(b[at])
		}
		at++
	}
	if len(b) > 10 {
		table(b[10])
	}
	for at < len(b) {
		switch b[at] {
		case 0x21:
			at += 2
			blocks()
		case 0x2c:
			if at+10 >= len(b) {
				return n
			}
			n++
			flags := b[at+9]
			at += 10
			table(flags)
			at++ // the size of a code
			blocks()
		default:
			return n
		}
	}
	return n
}
