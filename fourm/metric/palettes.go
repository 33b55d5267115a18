package metric

// Palettes: how different their colours look.

import (
	"image/color"
	"math"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// DeltaE is the difference between the colours of two palettes as CIEDE2000: 1
// is about what one just sees, 100 what lies between black and white. Each true
// colour is compared with a predicted one of its own, so that the sum is least;
// the order of a palette does not count. One that is missing, or one too many, is
// 100. The mean is over the colours of the longer palette.
var DeltaE = perSample(Metric{
	Name: "palette ΔE", Lower: true, text: "ΔE %.1f",
	Unknown: "a palette without colours is unknown: left out of the truth, in a prediction 100",
	Source:  "Sharma, Wu, Dalal, The CIEDE2000 color-difference formula, 2005",
}, func(truth, guess any) float64 {
	const op = "metric.DeltaE"
	a, b := paletteOf(op, "truth", truth), paletteOf(op, "prediction", guess)
	if len(a) == 0 {
		return math.NaN()
	}
	n := max(len(a), len(b))
	cost := make([][]float64, n)
	for i := range cost {
		cost[i] = make([]float64, n)
		for j := range cost[i] {
			cost[i][j] = 100
			if i < len(a) && j < len(b) {
				cost[i][j] = ciede2000(labOf(a[i]), labOf(b[j]))
			}
		}
	}
	return cheapest(cost) / float64(n)
})

func paletteOf(op, what string, v any) modality.Palette {
	if v == nil {
		return nil
	}
	p, ok := v.(modality.Palette)
	if !ok {
		fault.Panic(op, "the %s is of type %T, expected fourm.Palette", what, v)
	}
	return p
}

// labOf gives CIELAB of an sRGB colour under D65; alpha does not count.
func labOf(c color.RGBA) [3]float64 {
	var l [3]float64 // linear
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		x := float64(v) / 255
		if x > 0.04045 {
			l[i] = math.Pow((x+0.055)/1.055, 2.4)
		} else {
			l[i] = x / 12.92
		}
	}
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.412453*l[0] + 0.357580*l[1] + 0.180423*l[2]) / 0.95047)
	y := f(0.212671*l[0] + 0.715160*l[1] + 0.072169*l[2])
	z := f((0.019334*l[0] + 0.119193*l[1] + 0.950227*l[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// ciede2000 gives the difference of two colours in CIELAB: Sharma et al.,
// equations 2 to 22, all weights 1.
func ciede2000(p, q [3]float64) float64 {
	const rad = math.Pi / 180
	pow7 := func(x float64) float64 { return math.Sqrt(math.Pow(x, 7) / (math.Pow(x, 7) + math.Pow(25, 7))) }
	g := 0.5 * (1 - pow7((math.Hypot(p[1], p[2])+math.Hypot(q[1], q[2]))/2))
	polar := func(lab [3]float64) (c, h float64) {
		a := (1 + g) * lab[1]
		if c = math.Hypot(a, lab[2]); c == 0 {
			return 0, 0
		}
		if h = math.Atan2(lab[2], a) / rad; h < 0 {
			h += 360
		}
		return c, h
	}
	c1, h1 := polar(p)
	c2, h2 := polar(q)
	turn, hue := h2-h1, (h1+h2)/2
	switch {
	case c1*c2 == 0:
		turn, hue = 0, h1+h2
	case turn > 180:
		turn -= 360
	case turn < -180:
		turn += 360
	}
	if c1*c2 != 0 && math.Abs(h1-h2) > 180 {
		if h1+h2 < 360 {
			hue += 180
		} else {
			hue -= 180
		}
	}
	l, c := (p[0]+q[0])/2-50, (c1+c2)/2
	t := 1 - 0.17*math.Cos((hue-30)*rad) + 0.24*math.Cos(2*hue*rad) + 0.32*math.Cos((3*hue+6)*rad) - 0.20*math.Cos((4*hue-63)*rad)
	around := (hue - 275) / 25
	rotation := -2 * pow7(c) * math.Sin(60*math.Exp(-around*around)*rad)
	dl := (q[0] - p[0]) / (1 + 0.015*l*l/math.Sqrt(20+l*l))
	dc := (c2 - c1) / (1 + 0.045*c)
	dh := 2 * math.Sqrt(c1*c2) * math.Sin(turn/2*rad) / (1 + 0.015*c*t)
	return math.Sqrt(math.Max(dl*dl+dc*dc+dh*dh+rotation*dc*dh, 0))
}

// cheapest gives the least sum of one number of each row, no two in a column, of
// a square table: the Hungarian method with potentials (Kuhn 1955), row by row.
func cheapest(cost [][]float64) float64 {
	n := len(cost)
	u, v := make([]float64, n+1), make([]float64, n+1)
	row := make([]int, n+1) // of each column, from 1; 0: none yet
	for i := 1; i <= n; i++ {
		row[0] = i
		least, from, seen := make([]float64, n+1), make([]int, n+1), make([]bool, n+1)
		for j := range least {
			least[j] = math.Inf(1)
		}
		at := 0
		for row[at] != 0 {
			seen[at] = true
			best, next := math.Inf(1), 0
			for j := 1; j <= n; j++ {
				if seen[j] {
					continue
				}
				if c := cost[row[at]-1][j-1] - u[row[at]] - v[j]; c < least[j] {
					least[j], from[j] = c, at
				}
				if least[j] < best {
					best, next = least[j], j
				}
			}
			for j := range seen {
				if seen[j] {
					u[row[j]] += best
					v[j] -= best
				} else {
					least[j] -= best
				}
			}
			at = next
		}
		for at != 0 {
			row[at], at = row[from[at]], from[at]
		}
	}
	sum := 0.0
	for j := 1; j <= n; j++ {
		sum += cost[row[j]-1][j-1]
	}
	return sum
}
