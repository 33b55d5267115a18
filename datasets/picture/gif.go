package picture

// GIF: the first frame, where it lies on its screen.

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
)

func (p *Picture) gif(b []byte, numbers bool) error {
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
	if numbers { // around the frame is what is transparent, else the background
		out := image.NewPaletted(screen, frame.Palette)
		blank := b[11]
		for i, v := range frame.Palette {
			if _, _, _, a := v.RGBA(); a == 0 {
				blank = uint8(i)
			}
		}
		for i := range out.Pix {
			out.Pix[i] = blank
		}
		r := frame.Rect.Intersect(screen)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			copy(out.Pix[out.PixOffset(r.Min.X, y):out.PixOffset(r.Max.X-1, y)+1], frame.Pix[frame.PixOffset(r.Min.X, y):])
		}
		p.Image = out
		return nil
	}
	out := image.NewNRGBA(screen)
	if !transparent(frame.Palette) {
		draw.Draw(out, screen, image.NewUniform(background(c.ColorModel, b[11])), image.Point{}, draw.Src)
	}
	draw.Draw(out, frame.Rect, frame, frame.Rect.Min, draw.Over)
	p.Image = out
	return nil
}

func transparent(p color.Palette) bool {
	for _, c := range p {
		if _, _, _, a := c.RGBA(); a == 0 {
			return true
		}
	}
	return false
}

// background is the colour of the screen: that of the header's index, as Pillow
// has it.
func background(m color.Model, index byte) color.Color {
	if p, ok := m.(color.Palette); ok && int(index) < len(p) {
		return p[index]
	}
	return color.Transparent
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
