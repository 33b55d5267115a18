package viz

// The sheet of paper under every figure made of pictures: rectangles, lines,
// text and enlarged pictures on RGBA pixels, two to a point.

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The few colours of text and rules; the rest belongs to the data.
var (
	ink   = color.RGBA{0x1f, 0x23, 0x28, 255}
	gray  = color.RGBA{0x6b, 0x73, 0x7c, 255}
	rule  = color.RGBA{0xcf, 0xd4, 0xda, 255}
	faint = color.RGBA{0xee, 0xf0, 0xf2, 255}
	white = color.RGBA{255, 255, 255, 255}
	red   = color.RGBA{0xd6, 0x2f, 0x2f, 255}
)

type canvas struct{ *image.RGBA }

func newCanvas(w, h int) canvas {
	c := canvas{image.NewRGBA(image.Rect(0, 0, w, h))}
	c.rect(c.Rect, white)
	return c
}

func (c canvas) rect(r image.Rectangle, col color.Color) {
	draw.Draw(c.RGBA, r, image.NewUniform(col), image.Point{}, draw.Over)
}

// frame draws a line of so many pixels along the inside of r.
func (c canvas) frame(r image.Rectangle, w int, col color.Color) {
	c.rect(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), col)
	c.rect(image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), col)
	c.rect(image.Rect(r.Min.X, r.Min.Y+w, r.Min.X+w, r.Max.Y-w), col)
	c.rect(image.Rect(r.Max.X-w, r.Min.Y+w, r.Max.X, r.Max.Y-w), col)
}

// grid draws the lines between rows and columns of r, and around it.
func (c canvas) grid(r image.Rectangle, rows, cols, w int, col color.Color) {
	for i := 1; i < rows; i++ {
		y := r.Min.Y + i*r.Dy()/rows - w/2
		c.rect(image.Rect(r.Min.X, y, r.Max.X, y+w), col)
	}
	for j := 1; j < cols; j++ {
		x := r.Min.X + j*r.Dx()/cols - w/2
		c.rect(image.Rect(x, r.Min.Y, x+w, r.Max.Y), col)
	}
	c.frame(r, w, col)
}

// cellOf gives the rectangle of one cell of a grid over r.
func cellOf(r image.Rectangle, rows, cols, i, j int) image.Rectangle {
	return image.Rect(r.Min.X+j*r.Dx()/cols, r.Min.Y+i*r.Dy()/rows, r.Min.X+(j+1)*r.Dx()/cols, r.Min.Y+(i+1)*r.Dy()/rows)
}

// fill paints the polygon of x, y pairs with smooth edges.
func (c canvas) fill(col color.Color, xy ...float64) {
	lo, hi := image.Pt(math.MaxInt, math.MaxInt), image.Pt(math.MinInt, math.MinInt)
	for i := 0; i < len(xy); i += 2 {
		lo.X, hi.X = min(lo.X, int(math.Floor(xy[i]))), max(hi.X, int(math.Ceil(xy[i])))
		lo.Y, hi.Y = min(lo.Y, int(math.Floor(xy[i+1]))), max(hi.Y, int(math.Ceil(xy[i+1])))
	}
	r := image.Rectangle{Min: lo, Max: hi}
	v := vector.NewRasterizer(r.Dx(), r.Dy())
	for i := 0; i < len(xy); i += 2 {
		x, y := float32(xy[i]-float64(lo.X)), float32(xy[i+1]-float64(lo.Y))
		if i == 0 {
			v.MoveTo(x, y)
		} else {
			v.LineTo(x, y)
		}
	}
	v.ClosePath()
	v.Draw(c.RGBA, r, image.NewUniform(col), image.Point{})
}

// round paints a rectangle whose corners have the radius rad.
func (c canvas) round(r image.Rectangle, rad float64, col color.Color) {
	var xy []float64
	corners := [][2]float64{
		{float64(r.Max.X) - rad, float64(r.Min.Y) + rad}, {float64(r.Max.X) - rad, float64(r.Max.Y) - rad},
		{float64(r.Min.X) + rad, float64(r.Max.Y) - rad}, {float64(r.Min.X) + rad, float64(r.Min.Y) + rad},
	}
	for q, o := range corners {
		for i := 0; i <= 6; i++ {
			a := (float64(q-1) + float64(i)/6) * math.Pi / 2
			xy = append(xy, o[0]+rad*math.Cos(a), o[1]+rad*math.Sin(a))
		}
	}
	c.fill(col, xy...)
}

// line draws a straight stroke.
func (c canvas) line(x0, y0, x1, y1, w float64, col color.Color) {
	l := math.Hypot(x1-x0, y1-y0)
	if l == 0 {
		return
	}
	nx, ny := -(y1-y0)/l*w/2, (x1-x0)/l*w/2
	c.fill(col, x0+nx, y0+ny, x1+nx, y1+ny, x1-nx, y1-ny, x0-nx, y0-ny)
}

// arrow draws an arrow to the right.
func (c canvas) arrow(x0, x1, y int, col color.Color) {
	const head = 13
	fx, fy := float64(x1), float64(y)
	c.line(float64(x0), fy, fx-head+2, fy, 3, col)
	c.fill(col, fx, fy, fx-head, fy-head*0.62, fx-head, fy+head*0.62)
}

// hatch draws diagonals over r: nothing is known there.
func (c canvas) hatch(r image.Rectangle, col color.RGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if d := (x + y) % 12; d < 2 {
				c.SetRGBA(x, y, col)
			}
		}
	}
}

// picture enlarges or reduces src into r. A whole multiple keeps every pixel
// a sharp square, as does sharp for pictures whose values must not be mixed.
func (c canvas) picture(r image.Rectangle, src image.Image, sharp bool) {
	b := src.Bounds()
	var k xdraw.Scaler = xdraw.CatmullRom
	if sharp || r.Dx() >= 3*b.Dx() || r.Dx()%b.Dx() == 0 && r.Dy()%b.Dy() == 0 {
		k = xdraw.NearestNeighbor
	}
	k.Scale(c.RGBA, r, src, b, draw.Over, nil)
}

// text writes one line whose top left corner is at x, y.
func (c canvas) text(x, y int, s string, t typeface) {
	t.draw(c.RGBA, fixed.P(x, y+t.ascent()), s)
}

// lines writes lines below each other and gives the y below the last.
func (c canvas) lines(x, y int, ls []string, t typeface) int {
	for _, l := range ls {
		c.text(x, y, l, t)
		y += t.height()
	}
	return y
}

// centred writes one line around the middle of r.
func (c canvas) centred(r image.Rectangle, s string, t typeface) {
	c.text(r.Min.X+(r.Dx()-t.width(s))/2, r.Min.Y+(r.Dy()-t.ascent()-t.descent())/2, s, t)
}
