package cpu

// The loops of vector.go in plain Go: what is computed, and what runs where no
// vector unit is known.

import "math"

// plain is all of them.
var plain = vector{
	add: addGo, mul: mulGo, gate: gateGo, siluBack: siluBackGo, geluBack: geluBackGo, silu: siluGo, gelu: geluGo, gateBack: gateBackGo,
	adamw: adamwGo, zero: zeroGo,
	max: maxGo, squares: squaresGo, expRow: expRowGo, scale: scaleGo, addFour: addFourGo,
	moments: momentsGo, norm: normGo, normSums: normSumsGo, normBack: normBackGo, normParam: normParamGo,
	multiply: multiplyGo, transpose: transposeGo, copyRows: copyRowsGo, hide: hideGo, tops: topsGo, exps: expsGo, dots: dotsGo, slopes: slopesGo, points: pointsGo, mix: mixGo, best: bestGo,
}

func addGo(y, a, b []float32, _ bool) {
	for i := range y {
		y[i] = a[i] + b[i]
	}
}

func mulGo(y, a, b []float32, _ bool) {
	for i := range y {
		y[i] = a[i] * b[i]
	}
}

func sigmoid32(x float32) float32 { return 1 / (1 + exp32(-x)) }

func siluGo(y, a []float32, _ bool) {
	for i, x := range a {
		y[i] = x * sigmoid32(x)
	}
}

// siluBackGo computes y = a silu'(b).
func siluBackGo(y, a, b []float32, _ bool) {
	for i, x := range b {
		s := sigmoid32(x)
		y[i] = a[i] * s * (1 + x*(1-s))
	}
}

// gateGo computes y = silu(a) b.
func gateGo(y, a, b []float32, _ bool) {
	for i, x := range a {
		y[i] = x * sigmoid32(x) * b[i]
	}
}

// gateBackGo computes da = dy b silu'(a) and db = dy silu(a).
func gateBackGo(da, db, dy, a, b []float32) {
	for i, x := range a {
		s, g := sigmoid32(x), dy[i]
		da[i] = g * b[i] * s * (1 + x*(1-s))
		db[i] = g * x * s
	}
}

func geluGo(y, a []float32, _ bool) {
	for i, x := range a {
		phi, _ := phi32(x)
		y[i] = x * phi
	}
}

// geluBackGo computes y = a gelu'(b).
func geluBackGo(y, a, b []float32, _ bool) {
	for i, x := range b {
		phi, e := phi32(x)
		y[i] = a[i] * (phi + x*0.3989422804*e)
	}
}

// adamwGo takes a step of AdamW; w1 and w2 are 1 - beta1 and 1 - beta2.
func adamwGo(p, g, m, v []float32, scale, w1, w2, c1, c2, eps, keep float32) {
	for i := range p {
		x := g[i] * scale
		m[i] += w1 * (x - m[i])
		v[i] += w2 * (x*x - v[i])
		p[i] = p[i]*keep - c1*m[i]/(float32(math.Sqrt(float64(v[i])))*c2+eps)
	}
}

// zeroGo clears x, past the cache where the processor can.
func zeroGo(x []float32) { clear(x) }

func maxGo(x []float32) float32 {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

func sumGo(x []float32) float32 {
	s := float32(0)
	for _, v := range x {
		s += v
	}
	return s
}

func squaresGo(x []float32) float64 {
	s := 0.0
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return s
}

// expRowGo computes y = exp((x - top) scale) and gives the sum of y.
func expRowGo(y, x []float32, top, scale float32) float32 {
	sum := float32(0)
	for i, v := range x {
		y[i] = exp32((v - top) * scale)
		sum += y[i]
	}
	return sum
}

func scaleGo(y, x []float32, f float32) {
	for i := range y {
		y[i] = f * x[i]
	}
}

// addFourGo adds four rows of y to s.
func addFourGo(s, y []float32, stride uintptr) {
	d := int(stride)
	for i := range s {
		s[i] += (y[i] + y[d+i]) + (y[2*d+i] + y[3*d+i])
	}
}

// momentsGo gives the mean and 1 / sqrt(var + eps) of a row.
func momentsGo(x []float32, eps float32) (mean, rstd float32) {
	mean = sumGo(x) / float32(len(x))
	q := float32(0)
	for _, v := range x {
		q += (v - mean) * (v - mean)
	}
	return mean, float32(1 / math.Sqrt(float64(q/float32(len(x))+eps)))
}

// normGo computes y = (x - mean) rstd g + b; b may be empty.
func normGo(y, x, g, b []float32, mean, rstd float32) {
	for i := range y {
		y[i] = (x[i] - mean) * rstd * g[i]
	}
	for i := range b {
		y[i] += b[i]
	}
}

// normSumsGo gives the sums of e = dy g and of e (x - mean).
func normSumsGo(dy, x, g []float32, mean float32) (se, sh float32) {
	for i := range dy {
		e := dy[i] * g[i]
		se += e
		sh += e * (x[i] - mean)
	}
	return se, sh
}

func normBackGo(dx, dy, x, g []float32, mean, rstd, se, sh float32) {
	for i := range dx {
		dx[i] = rstd * (dy[i]*g[i] - se - (x[i]-mean)*sh)
	}
}

// normParamGo adds dy (x - mean) rstd to dg, and dy to db unless that is empty.
func normParamGo(dg, db, dy, x []float32, mean, rstd float32) {
	for i := range dg {
		dg[i] += dy[i] * (x[i] - mean) * rstd
	}
	for i := range db {
		db[i] += dy[i]
	}
}
