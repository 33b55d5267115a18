package metric

// Two sets of vectors, compared as wholes: do generated samples have the
// features of real ones?

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"fourmlab/internal/fault"
)

// Frechet is the Fréchet distance between two normal distributions that have the
// means and covariances of the true and the predicted features:
// |m1-m2|² + tr(C1 + C2 - 2 (C1 C2)^½). features names whose they are ("encoder
// of run 7", "Inception, pool 3"): numbers of different features cannot be
// compared. Truths and predictions are vectors ([]float64 or []float32) and need
// not be pairs: nil stands for none. Fewer samples than numbers in a vector make
// the distance too large; the bootstrap shares that.
func Frechet(features string) Metric {
	return setMetric("metric.Frechet", Metric{Name: "Fréchet distance of " + features, text: "Fréchet distance %.3g",
		Source: "Heusel et al., arXiv 1706.08500, equation 6"}, features, frechet)
}

// KID is the kernel distance of two sets of features: the unbiased estimate of
// the squared maximum mean discrepancy with the kernel (x·y/d + 1)³, over all
// pairs at once. It suits small sets; around 0, and then also below it, for sets
// of one distribution. For features see Frechet.
func KID(features string) Metric {
	return setMetric("metric.KID", Metric{Name: "KID of " + features, text: "KID %.3g",
		Source: "Bińkowski et al., Demystifying MMD GANs, arXiv 1801.01401"}, features, kid)
}

// vectors are those of one Add.
type vectors struct{ truth, guess []float64 }

func setMetric(op string, m Metric, features string, distance func(a, b [][]float64) float64) Metric {
	if features == "" {
		fault.Panic(op, `no name of the features, expected one, as "encoder of run 7"`)
	}
	m.Lower, m.Whole = true, "the distance between all true and all predicted vectors; NaN with fewer than two of either"
	m.Unknown = "nil is none; vectors with a number that is not finite are refused"
	m.measure = func(truth, guess any) part {
		v := vectors{vectorOf(op, truth), vectorOf(op, guess)}
		if v.truth == nil && v.guess == nil {
			return nil
		}
		return v
	}
	m.value = func(parts []part) float64 {
		var a, b [][]float64
		d := 0
		for _, p := range parts {
			v := p.(vectors)
			for _, x := range [][]float64{v.truth, v.guess} {
				if x != nil && d == 0 {
					d = len(x)
				}
				if x != nil && len(x) != d {
					fault.Panic(op, "a vector of %d numbers among those of %d", len(x), d)
				}
			}
			if v.truth != nil {
				a = append(a, v.truth)
			}
			if v.guess != nil {
				b = append(b, v.guess)
			}
		}
		if len(a) < 2 || len(b) < 2 {
			return math.NaN()
		}
		return distance(a, b)
	}
	return m
}

func vectorOf(op string, v any) []float64 {
	var out []float64
	switch v := v.(type) {
	case nil:
		return nil
	case []float64:
		out = append(out, v...)
	case []float32:
		for _, x := range v {
			out = append(out, float64(x))
		}
	default:
		fault.Panic(op, "a value of type %T, expected []float64 or []float32", v)
	}
	if len(out) == 0 {
		fault.Panic(op, "a vector without numbers")
	}
	for i, x := range out {
		if x-x != 0 {
			fault.Panic(op, "number %d of a vector is %g, expected a finite one", i, x)
		}
	}
	return out
}

func frechet(a, b [][]float64) float64 {
	m1, c1 := moments(a)
	m2, c2 := moments(b)
	d := 0.0
	for i, v := range m1 {
		d += (v - m2[i]) * (v - m2[i])
	}
	// tr (C1 C2)^½ is the sum of the roots of the eigenvalues of R C2 R, R = C1^½,
	// which is symmetric.
	var e mat.EigenSym
	if !e.Factorize(c1, true) {
		return math.NaN()
	}
	var q, r, x mat.Dense
	e.VectorsTo(&q)
	values := e.Values(nil)
	for i, v := range values {
		values[i] = math.Sqrt(math.Max(v, 0))
	}
	r.Mul(&q, mat.NewDiagDense(len(values), values))
	root := mat.NewDense(len(values), len(values), nil)
	root.Mul(&r, q.T())
	x.Mul(root, c2)
	r.Reset()
	r.Mul(&x, root)
	sym := mat.NewSymDense(len(values), nil)
	for i := range values {
		for j := i; j < len(values); j++ {
			sym.SetSym(i, j, (r.At(i, j)+r.At(j, i))/2)
		}
	}
	if !e.Factorize(sym, false) {
		return math.NaN()
	}
	d += mat.Trace(c1) + mat.Trace(c2)
	for _, v := range e.Values(nil) {
		d -= 2 * math.Sqrt(math.Max(v, 0))
	}
	return math.Max(d, 0)
}

// moments gives the mean and the unbiased covariance.
func moments(rows [][]float64) ([]float64, *mat.SymDense) {
	x := mat.NewDense(len(rows), len(rows[0]), nil)
	mean := make([]float64, len(rows[0]))
	for i, r := range rows {
		x.SetRow(i, r)
		for j, v := range r {
			mean[j] += v / float64(len(rows))
		}
	}
	c := mat.NewSymDense(len(rows[0]), nil)
	stat.CovarianceMatrix(c, x, nil)
	return mean, c
}

func kid(a, b [][]float64) float64 {
	within := func(x [][]float64) float64 {
		sum := 0.0
		for i := range x {
			for j := range i {
				sum += 2 * cubic(x[i], x[j])
			}
		}
		n := float64(len(x))
		return sum / (n * (n - 1))
	}
	between := 0.0
	for _, x := range a {
		for _, y := range b {
			between += cubic(x, y)
		}
	}
	return within(a) + within(b) - 2*between/float64(len(a)*len(b))
}

func cubic(x, y []float64) float64 {
	dot := 0.0
	for i, v := range x {
		dot += v * y[i]
	}
	k := dot/float64(len(x)) + 1
	return k * k * k
}
