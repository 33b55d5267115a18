package quantize

import (
	"math"
	"testing"
)

// residualOf computes code numbers, sums and loss in plain loops; books are
// (n, k, d).
func residualOf(z, books []float32, n, k, d int, commitment float64) (ids []int, sum []float64, loss float64, left []float64) {
	rows := len(z) / d
	sum, left = make([]float64, len(z)), make([]float64, len(z)*n)
	for r := range rows {
		rest := make([]float64, d)
		for c := range d {
			rest[c] = float64(z[r*d+c])
		}
		for b := range n {
			at, far := 0, math.Inf(1)
			for i := range k {
				s := 0.0
				for c := range d {
					e := rest[c] - float64(books[(b*k+i)*d+c])
					s += e * e
				}
				if s < far {
					at, far = i, s
				}
			}
			ids = append(ids, at)
			loss += commitment * far / float64(len(z))
			for c := range d {
				code := float64(books[(b*k+at)*d+c])
				rest[c] -= code
				sum[r*d+c] += code
				left[(r*n+b)*d+c] = rest[c]
			}
		}
	}
	return ids, sum, loss, left
}

func TestResidual(t *testing.T) {
	const n, k, d, rows = 3, 40, 5, 31
	q := NewResidual(n, Codebook{Dim: d, Codes: k, Commitment: 0.25, Decay: 0.9})
	r := fill(q, 6)
	var books []float32
	for i, name := range []string{"layers.0._codebook.embed", "layers.1._codebook.embed", "layers.2._codebook.embed"} {
		e := tensor(q, name)
		for j := range e {
			e[j] /= float32(1 + i)
		}
		books = append(books, e...)
		sizes := tensor(q, layer(i)+"_codebook.cluster_size")
		for j := range sizes {
			sizes[j] = 1 + sizes[j]*sizes[j]
		}
	}
	z, along := normal(r, rows*d), normal(r, rows*d)
	vecs, loss, straight, own := trained(t, q, z, along)
	agrees(t, q, z, vecs)
	ids, sum, want, left := residualOf(z, books, n, k, d, 0.25)
	got := make([]int32, rows*n)
	q.Assign(got, z)
	for i, id := range got {
		if int(id) != ids[i] {
			t.Fatalf("latent %d, book %d: code %d, expected %d", i/n, i%n, id, ids[i])
		}
	}
	if math.Abs(loss-want) > 1e-6 {
		t.Errorf("loss %g, expected %g", loss, want)
	}
	for i := range z {
		if math.Abs(sum[i]-float64(vecs[i])) > 1e-5 {
			t.Fatalf("number %d is %g, expected %g", i, vecs[i], sum[i])
		}
		if straight[i] != along[i] {
			t.Fatalf("gradient %d is %g, expected it straight through, once: %g", i, straight[i], along[i])
		}
		// the codes stay as z moves a little, so the loss is (2 w / N) Σ rᵢ
		g := 0.0
		for b := range n {
			g += 0.25 * 2 * left[(i/d*n+b)*d+i%d] / float64(len(z))
		}
		if math.Abs(g-float64(own[i])) > 1e-6 {
			t.Fatalf("gradient %d of the loss is %g, expected %g", i, own[i], g)
		}
	}
	// every book moves as one alone that is given what is left
	alone := make([]Quantizer, n)
	rest := append([]float32(nil), z...)
	for b := range n {
		alone[b] = NewCodebook(Codebook{Dim: d, Codes: k, Commitment: 0.25, Decay: 0.9})
		for _, s := range alone[b].Tensors() {
			copy(s.Data, tensor(q, layer(b)+s.Name))
		}
		alone[b].Update(rest, r)
		for i := range rest {
			rest[i] = float32(left[(i/d*n+b)*d+i%d])
		}
	}
	q.Update(z, r)
	for b := range n {
		for _, s := range alone[b].Tensors() {
			for i, v := range tensor(q, layer(b)+s.Name) {
				if math.Abs(float64(v-s.Data[i])) > 1e-4*(1+math.Abs(float64(v))) {
					t.Fatalf("book %d: number %d of %s is %g after a step, expected %g", b, i, s.Name, v, s.Data[i])
				}
			}
		}
	}
}

// Books that begin by k-means and follow the latents leave less, book by book.
func TestResidualLeavesLess(t *testing.T) {
	const d, k, rows = 4, 16, 600
	var before float64
	for n := 1; n <= 4; n++ {
		q := NewResidual(n, Codebook{Dim: d, Codes: k, Decay: 0.9, Threshold: 0.5, Policy: "batch_random", Restart: true})
		r := fill(q, 11)
		z := normal(r, rows*d)
		q.(Beginner).Begin(z, r)
		for range 20 {
			q.Update(z, r)
		}
		ids, vecs := make([]int32, rows*n), make([]float32, rows*d)
		q.Assign(ids, z)
		if err := q.Embed(vecs, ids); err != nil {
			t.Fatal(err)
		}
		far := 0.0
		for i := range z {
			e := float64(z[i] - vecs[i])
			far += e * e / float64(len(z))
		}
		if n > 1 && far > 0.7*before {
			t.Errorf("%d books leave %.3f of the variance, one less leaves %.3f", n, far, before)
		}
		t.Logf("%d books leave %.3f", n, far)
		before = far
	}
}

func TestWrongBooks(t *testing.T) {
	if got := wrong(func() { NewResidual(0, Codebook{Dim: 2, Codes: 3}) }); got != "quantize.NewResidual: 0 books, expected at least one" {
		t.Error(got)
	}
	if got := wrong(func() { NewResidual(2, Codebook{Dim: 2, Codes: 3, Heads: 2}) }); got == "" {
		t.Error("books of several heads are taken")
	}
}

// A book of distances that begins by k-means with Restart stays at the means of
// its latents, and a code that is put elsewhere stays there until it is used.
func TestRestartOfPoints(t *testing.T) {
	const d, k, rows = 2, 4, 80
	q := NewCodebook(Codebook{Dim: d, Codes: k, Decay: 0.9, Threshold: 0.5, Policy: "batch_random", Restart: true})
	r := fill(q, 4)
	z := normal(r, rows*d)
	for i := range z { // three clusters for four codes
		z[i] = z[i]/100 + float32(i/d%3*10)
	}
	q.(Beginner).Begin(z, r)
	e := tensor(q, "_codebook.embed")
	for step := range 8 {
		q.Update(z, r)
		for i := range k {
			x := float64(e[i*d])
			if far := math.Abs(x - 10*math.Round(x/10)); far > 0.3 || x < -1 || x > 21 {
				t.Fatalf("step %d: code %d is at %g, which is at no cluster", step, i, x)
			}
		}
	}
}
