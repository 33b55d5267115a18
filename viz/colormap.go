package viz

// Colour maps for one number, and colours for things without an order.

import (
	"hash/fnv"
	"image/color"
	"math"
	"strings"

	"fourmlab/fourm/modality"
)

// colormap turns a number in [0, 1] into a colour.
type colormap func(x float64) color.RGBA

// poly evaluates one polynomial a channel, constant first.
func poly(x float64, c [3][]float64) color.RGBA {
	var v [3]uint8
	for k := range v {
		s := 0.0
		for i := len(c[k]) - 1; i >= 0; i-- {
			s = s*x + c[k][i]
		}
		v[k] = uint8(min(max(s, 0), 1)*255 + 0.5)
	}
	return color.RGBA{v[0], v[1], v[2], 255}
}

// turbo is A. Mikhailov's rainbow, by the fifth-degree polynomial that he and
// R. Du published with it (Google AI blog, August 2019).
func turbo(x float64) color.RGBA {
	return poly(min(max(x, 0), 1), [3][]float64{
		{0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943},
		{0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604},
		{0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973},
	})
}

// viridis and inferno are S. van der Walt's and N. Smith's maps of Matplotlib,
// by the sixth-degree polynomials of M. Zucker (shadertoy.com/view/WlfXRN).
func viridis(x float64) color.RGBA {
	return poly(min(max(x, 0), 1), [3][]float64{
		{0.2777273272, 0.1050930431, -0.3308618287, -4.6342304990, 6.2282699363, 4.7763849977, -5.4354558559},
		{0.0054073445, 1.4046135299, 0.2148475595, -5.7991009734, 14.1799333668, -13.7451453777, 4.6458526122},
		{0.3340998053, 1.3845901626, 0.0950951630, -19.3324409563, 56.6905526007, -65.3530326334, 26.3124352496},
	})
}

func inferno(x float64) color.RGBA {
	return poly(min(max(x, 0), 1), [3][]float64{
		{0.0002189404, 0.1065134195, 11.6024930825, -41.7039961314, 77.1629356994, -71.3194282450, 25.1311262248},
		{0.0016510046, 0.5639564368, -3.9728539657, 17.4363988821, -33.4023589421, 32.6260642640, -12.2426689524},
		{-0.0194808984, 3.9327123889, -15.9423941063, 44.3541451987, -81.8073092573, 73.2095198580, -23.0703250029},
	})
}

// classes colours class ids. The first three are calm, because most sets
// number what lies behind things first.
var classes = []color.RGBA{
	{0xb9, 0xd6, 0xea, 255}, {0xb8, 0xa0, 0x84, 255}, {0x93, 0x9b, 0xb0, 255}, {0xe4, 0x57, 0x2e, 255},
	{0x2e, 0x7f, 0xb8, 255}, {0xf2, 0xb1, 0x34, 255}, {0x3f, 0xa3, 0x6b, 255}, {0x9a, 0x5f, 0xb5, 255},
	{0xdb, 0x6f, 0xa3, 255}, {0x6b, 0x8e, 0x23, 255}, {0x17, 0xa2, 0xa8, 255}, {0x8c, 0x56, 0x4b, 255},
	{0xc9, 0xb0, 0x37, 255}, {0x4a, 0x5a, 0xb8, 255}, {0xe8, 0x8c, 0x6c, 255}, {0x5f, 0x6b, 0x70, 255},
}

// classColor gives the fixed colour of a class id.
func classColor(id int) color.RGBA {
	if id >= 0 && id < len(classes) {
		return classes[id]
	}
	return spread(id, 0.55, 0.80)
}

// instanceColor gives the colour of an instance; 0 is no instance.
func instanceColor(id int) color.RGBA {
	if id <= 0 {
		return color.RGBA{0x3a, 0x40, 0x48, 255}
	}
	return spread(id-1, 0.62, 0.92)
}

// tokenColor gives a code's colour: neighbours in the codebook look different.
func tokenColor(id int) color.RGBA {
	k := float64((id*7 + id/13) % 5)
	return spread(id, 0.38+0.06*k, 0.94-0.05*float64(id%4))
}

// spread gives the i-th hue of a sequence that never repeats (golden angle).
func spread(i int, s, v float64) color.RGBA {
	_, h := math.Modf(math.Abs(float64(i))*0.618033988749895 + 0.04)
	return hsv(h, s, v)
}

func hsv(h, s, v float64) color.RGBA {
	ch := func(n float64) uint8 {
		k := math.Mod(n+6*h, 6)
		return uint8((v-v*s*max(0, min(k, 4-k, 1)))*255 + 0.5)
	}
	return color.RGBA{ch(5), ch(3), ch(1), 255}
}

// modalityColors holds one colour a modality, the same in every figure. Any two
// are at least 0.1 apart in OKLab, and from the ink of totals, too, so that
// lines of all of them can be told apart.
var modalityColors = map[string]color.RGBA{
	"rgb":      {0x6b, 0x72, 0x80, 255},
	"depth":    {0x2f, 0x74, 0xc0, 255},
	"normal":   {0x8b, 0x5c, 0xc4, 255},
	"semseg":   {0x35, 0x99, 0x56, 255},
	"instance": {0x68, 0xb0, 0xa9, 255},
	"things":   {0x10, 0x45, 0x5b, 255},
	"mask":     {0x0a, 0xb7, 0x0f, 255},
	"edge":     {0x63, 0x2e, 0x37, 255},
	"line":     {0x0c, 0x31, 0xa1, 255},
	"flat":     {0x14, 0x5e, 0x13, 255},
	"strokes":  {0x98, 0x2b, 0x6f, 255},
	"twemoji":  {0xb5, 0xb5, 0x20, 255},
	"caption":  {0xe0, 0x82, 0x1e, 255},
	"tags":     {0x29, 0xd3, 0x89, 255},
	"group":    {0x6b, 0x0d, 0x7d, 255},
	"box":      {0xd6, 0x3b, 0x3b, 255},
	"palette":  {0xd1, 0x58, 0x97, 255},
}

// colorOf gives the colour of a modality or domain. A published one has that of
// the lab's ("depth@224", "tok_depth@448"); one that is not known by name gets a
// hue of its own, always the same.
func colorOf(name string) color.RGBA {
	if m, ok := modality.Find(name); ok {
		name = m.Name
	}
	base, _, _ := strings.Cut(name, "@")
	if c, ok := modalityColors[base]; ok {
		return c
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return hsv(float64(h.Sum32()%360)/360, 0.62, 0.68)
}

// mix gives a between b (t = 0) and a (t = 1).
func mix(a, b color.RGBA, t float64) color.RGBA {
	f := func(x, y uint8) uint8 { return uint8(float64(x)*t + float64(y)*(1-t) + 0.5) }
	return color.RGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), 255}
}

// over gives the colour of text that can be read on c.
func over(c color.RGBA) color.RGBA {
	if 299*int(c.R)+587*int(c.G)+114*int(c.B) > 150*1000 {
		return ink
	}
	return white
}
