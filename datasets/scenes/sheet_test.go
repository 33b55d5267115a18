package scenes

// The contact sheet: one row a scene, one column a modality. A small one is
// kept in testdata and compared; `go test -regen` draws it anew, and
// `go test -run Sheet -sheet FILE` draws thirty large ones to look at.

import (
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strings"
	"testing"

	"fourmlab/fourm/modality"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

var (
	regen = flag.Bool("regen", false, "draw the golden contact sheet anew")
	large = flag.String("sheet", "", "draw thirty scenes into this PNG")
)

// shown gives a picture of any modality in colours.
func shown(p *modality.Picture, name string) *modality.Picture {
	out := modality.NewPicture(p.H, p.W, 3)
	classes := [][3]float32{{0, 0, 0}, {.6, .5, .4}, {.5, .6, .7}, {.9, .2, .2}, {.2, .5, .9}, {.2, .8, .3}, {.95, .8, .2}, {.7, .3, .8}}
	for i := range p.H * p.W {
		for c := range 3 {
			var v float32
			switch name {
			case "depth":
				v = p.Pix[i] / 9
			case "normal":
				v = (p.Pix[3*i+c] + 1) / 2
			case "semseg", "instance":
				v = classes[int(p.Pix[i])%len(classes)][c]
			case "edge":
				v = p.Pix[i]
			default:
				v = p.Pix[3*i+c]
			}
			out.Pix[3*i+c] = v
		}
	}
	return out
}

func sheet(first, rows, scale int, text bool) *image.RGBA {
	names := []string{"rgb", "depth", "normal", "semseg", "instance", "edge"}
	cell, gap := 64*scale, 2*scale
	wide, tall := (len(names)+1)*(cell+gap)+8*scale, rows*(cell+gap)
	if text {
		wide += 330
	}
	im := image.NewRGBA(image.Rect(0, 0, wide, tall))
	draw.Draw(im, im.Bounds(), image.White, image.Point{}, draw.Src)
	for r := range rows {
		s := Render(int64(first+r), 64)
		y := r * (cell + gap)
		paint := func(p *modality.Picture, k int) image.Rectangle {
			at := image.Rect(k*(cell+gap), y, k*(cell+gap)+cell, y+cell)
			xdraw.NearestNeighbor.Scale(im, at, p.Image(), image.Rect(0, 0, p.W, p.H), xdraw.Src, nil)
			return at
		}
		for k, n := range names {
			paint(shown(s.Picture(n), n), k)
		}
		at := paint(s.Picture("rgb"), len(names))
		for _, b := range s.Boxes("box") {
			f := func(v float64) int { return int(v*float64(cell) + 0.5) }
			q := image.Rect(f(b.X0), f(b.Y0), f(b.X1), f(b.Y1)).Add(at.Min)
			for x := q.Min.X; x < q.Max.X; x++ {
				im.Set(x, q.Min.Y, color.RGBA{255, 0, 0, 255})
				im.Set(x, q.Max.Y-1, color.RGBA{255, 0, 0, 255})
			}
			for yy := q.Min.Y; yy < q.Max.Y; yy++ {
				im.Set(q.Min.X, yy, color.RGBA{255, 0, 0, 255})
				im.Set(q.Max.X-1, yy, color.RGBA{255, 0, 0, 255})
			}
		}
		x := at.Max.X + gap
		pal := s.Values["palette"].(modality.Palette)
		for k, c := range pal {
			draw.Draw(im, image.Rect(x, y+k*cell/7, x+6*scale, y+(k+1)*cell/7), image.NewUniform(c), image.Point{}, draw.Src)
		}
		if text {
			d := font.Drawer{Dst: im, Src: image.Black, Face: basicfont.Face7x13}
			line, n := "", 0
			for _, w := range append(strings.Fields(s.Text("caption")), "\n") {
				if w == "\n" || len(line)+len(w) > 42 {
					d.Dot = fixed.P(x+8*scale, y+20+n*16)
					d.DrawString(line)
					line, n = "", n+1
				}
				line += w + " "
			}
		}
	}
	return im
}

func TestSheet(t *testing.T) {
	write := func(path string, im image.Image) {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, im); err != nil {
			t.Fatal(err)
		}
	}
	if *large != "" {
		write(*large, sheet(0, 30, 2, true))
	}
	const golden = "testdata/contact.png"
	got := sheet(100, 4, 1, false)
	if *regen {
		write(golden, got)
	}
	f, err := os.Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != got.Bounds() {
		t.Fatalf("contact sheet is %v, expected %v", got.Bounds(), want.Bounds())
	}
	// Other processors may round a ray across an edge: a few pixels are free.
	off := 0
	b := got.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r0, g0, b0, _ := got.At(x, y).RGBA()
			r1, g1, b1, _ := want.At(x, y).RGBA()
			for _, d := range [3]int{int(r0) - int(r1), int(g0) - int(g1), int(b0) - int(b1)} {
				if d > 0x300 || d < -0x300 {
					off++
					break
				}
			}
		}
	}
	if off > b.Dx()*b.Dy()/500 {
		t.Errorf("%d pixels of the contact sheet differ from %s (go test -regen draws it anew)", off, golden)
	}
}
