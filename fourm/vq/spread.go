package vq

// Latents where codes are, for quantizers whose codes are fixed.

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// spread changes the map to latents (R, L) so that those of the first batch have
// mean 0 and the identity for a covariance (whitening; data-dependent beginnings
// as in Salimans and Kingma, arXiv 1602.07868, section 3). What a random map gives
// lies along a line or two, since pictures differ in brightness above all, and
// codes that no latent comes near are never learned.
func (t *Tokenizer) spread(z []float32) {
	l := t.Config.Latent
	rows := len(z) / l
	if rows < 2 {
		return
	}
	x := mat.NewDense(rows, l, nil)
	for i, v := range z {
		x.Set(i/l, i%l, float64(v))
	}
	mean := make([]float64, l)
	for c := range mean {
		mean[c] = stat.Mean(mat.Col(nil, c, x), nil)
	}
	var covariance mat.SymDense
	stat.CovarianceMatrix(&covariance, x, nil)
	var axes mat.EigenSym
	if !axes.Factorize(&covariance, true) {
		return
	}
	values := axes.Values(nil)
	var vectors mat.Dense
	axes.VectorsTo(&vectors)
	least := 1e-6 * values[l-1]
	if !(least > 0) {
		return
	}
	w, b := t.Params["quant_proj.weight"].Data, t.Params["quant_proj.bias"].Data
	in := len(w) / l
	was := append([]float32(nil), w...)
	bias := append([]float32(nil), b...)
	for r := range l { // row r is along axis r
		by := 1 / math.Sqrt(math.Max(values[r], least))
		for k := range in {
			sum := 0.0
			for c := range l {
				sum += vectors.At(c, r) * float64(was[c*in+k])
			}
			w[r*in+k] = float32(by * sum)
		}
		sum := 0.0
		for c := range l {
			sum += vectors.At(c, r) * (float64(bias[c]) - mean[c])
		}
		b[r] = float32(by * sum)
	}
}
