package ref

// Tables, losses, the optimiser and the codebook.

import "math"

// Gather writes row index[2i+1] of tables[index[2i]] into row i, or zeros
// where either is negative.
func Gather(out []float32, index []int32, tables [][]float32, d int) {
	for i := 0; i < len(index)/2; i++ {
		for c := range d {
			out[i*d+c] = 0
			if t, r := index[2*i], index[2*i+1]; t >= 0 && r >= 0 {
				out[i*d+c] = tables[t][int(r)*d+c]
			}
		}
	}
}

// Scatter computes the gradient of table number t.
func Scatter(dtable, dout []float32, index []int32, t int32, d int) {
	clear(dtable)
	ScatterAdd(dtable, dout, index, t, d)
}

// ScatterAdd is Scatter added to what dtable holds.
func ScatterAdd(dtable, dout []float32, index []int32, t int32, d int) {
	for i := 0; i < len(index)/2; i++ {
		if index[2*i] == t && index[2*i+1] >= 0 {
			for c := range d {
				dtable[int(index[2*i+1])*d+c] += dout[i*d+c]
			}
		}
	}
}

func logSum(row []float32) float64 {
	top, s := math.Inf(-1), 0.0
	for _, x := range row {
		top = math.Max(top, float64(x))
	}
	for _, x := range row {
		s += math.Exp(float64(x) - top)
	}
	return top + math.Log(s)
}

// HeadLoss gives the mean of -log softmax(y wᵀ)[label] over the rows whose
// label is not negative, and the gradients of weight times it.
func HeadLoss(dy, dw, y, w []float32, labels []int32, d, v int, weight float32) float32 {
	logits := make([]float32, len(labels)*v)
	Gemm(false, true, len(labels), v, d, y, d, w, d, logits, v, false)
	loss := SoftmaxLoss(logits, labels, v)
	if dw != nil {
		SoftmaxLossBack(logits, logits, labels, v, weight)
		Gemm(true, false, v, d, len(labels), logits, v, y, d, dw, d, false)
		Gemm(false, false, len(labels), d, v, logits, v, w, d, dy, d, false)
	}
	return loss
}

// SoftmaxLoss gives the mean of -log softmax(logits)[label] over the rows
// whose label is not negative.
func SoftmaxLoss(logits []float32, labels []int32, v int) float32 {
	s, n := 0.0, 0
	for r, l := range labels {
		if l >= 0 {
			s += logSum(logits[r*v:r*v+v]) - float64(logits[r*v+int(l)])
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return float32(s / float64(n))
}

// SoftmaxLossBack computes scale times the gradient of SoftmaxLoss.
func SoftmaxLossBack(d, logits []float32, labels []int32, v int, scale float32) {
	n := 0.0
	for _, l := range labels {
		if l >= 0 {
			n++
		}
	}
	for r, l := range labels {
		z := logSum(logits[r*v : r*v+v])
		for i := range v {
			p := 0.0
			if l >= 0 {
				p = math.Exp(float64(logits[r*v+i]) - z)
				if i == int(l) {
					p--
				}
				p *= float64(scale) / n
			}
			d[r*v+i] = float32(p)
		}
	}
}

// Softmax replaces each row of x (R, V) by its softmax.
func Softmax(x []float32, v int) {
	for r := 0; r < len(x); r += v {
		z := logSum(x[r : r+v])
		for i := range v {
			x[r+i] = float32(math.Exp(float64(x[r+i]) - z))
		}
	}
}

// AdamW moves p against its gradient g; see cpu.AdamW.
func AdamW(p, g, m, v []float32, step int, lr, beta1, beta2, eps, decay, scale float64) {
	for i := range p {
		gi := float64(g[i]) * scale
		mi := beta1*float64(m[i]) + (1-beta1)*gi
		vi := beta2*float64(v[i]) + (1-beta2)*gi*gi
		mh, vh := mi/(1-math.Pow(beta1, float64(step))), vi/(1-math.Pow(beta2, float64(step)))
		m[i], v[i] = float32(mi), float32(vi)
		p[i] = float32(float64(p[i])*(1-lr*decay) - lr*mh/(math.Sqrt(vh)+eps))
	}
}

// SumSquares gives the sum of the squares of x.
func SumSquares(x []float32) float64 {
	s := 0.0
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return s
}

// Nearest writes the code of the largest cosine for each row of z.
func Nearest(ids []int32, z, codes []float32, d int) {
	for r := range ids {
		best, at := math.Inf(-1), 0
		for k := 0; k < len(codes)/d; k++ {
			dot, norm := 0.0, 0.0
			for c := range d {
				dot += float64(z[r*d+c]) * float64(codes[k*d+c])
				norm += float64(codes[k*d+c]) * float64(codes[k*d+c])
			}
			if norm > 0 {
				dot /= math.Sqrt(norm)
			}
			if dot > best {
				best, at = dot, k
			}
		}
		ids[r] = int32(at)
	}
}

// NearestPoint writes the code of the least distance for each row of z.
func NearestPoint(ids []int32, z, codes []float32, d int) {
	pick(ids, z, codes, d, func(x, c float64) float64 { return -(x - c) * (x - c) })
}

// NearestProduct writes the code of the largest product for each row of z.
func NearestProduct(ids []int32, z, codes []float32, d int) {
	pick(ids, z, codes, d, func(x, c float64) float64 { return x * c })
}

// pick writes the first code with the largest sum of terms for each row of z.
func pick(ids []int32, z, codes []float32, d int, term func(x, c float64) float64) {
	for r := range ids {
		best := math.Inf(-1)
		for k := 0; k < len(codes)/d; k++ {
			s := 0.0
			for i := range d {
				s += term(float64(z[r*d+i]), float64(codes[k*d+i]))
			}
			if s > best {
				best, ids[r] = s, int32(k)
			}
		}
	}
}

// UnitBack computes the derivative of x / |x| by rows of d numbers.
func UnitBack(dx, dy, x []float32, d int) {
	for r := 0; r < len(x); r += d {
		square, along := 0.0, 0.0
		for i := r; i < r+d; i++ {
			square += float64(x[i]) * float64(x[i])
			along += float64(x[i]) * float64(dy[i])
		}
		for i := r; i < r+d; i++ {
			dx[i] = 0
			if square > 0 {
				dx[i] = float32((float64(dy[i]) - float64(x[i])*along/square) / math.Sqrt(square))
			}
		}
	}
}
