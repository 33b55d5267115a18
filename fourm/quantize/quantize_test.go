package quantize

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
)

// fill gives every tensor of a quantizer random numbers.
func fill(q Quantizer, seed uint64) *rand.Rand {
	r := rand.New(rand.NewPCG(seed, 1))
	for _, t := range q.Tensors() {
		for i := range t.Data {
			t.Data[i] = float32(r.NormFloat64())
		}
	}
	return r
}

func tensor(q Quantizer, name string) []float32 {
	for _, t := range q.Tensors() {
		if t.Name == name {
			return t.Data
		}
	}
	return nil
}

func normal(r *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64())
	}
	return out
}

// best gives the index of the largest of n scores.
func best(n int, score func(i int) float64) int {
	at := 0
	for i := range n {
		if score(i) > score(at) {
			at = i
		}
	}
	return at
}

func dot(a, b []float32) (s float64) {
	for i := range a {
		s += float64(a[i]) * float64(b[i])
	}
	return s
}

// Code numbers and vectors are those of the definition, in plain loops.
func TestCodebook(t *testing.T) {
	const d, k, rows = 5, 300, 37
	for _, cosine := range []bool{true, false} {
		q := NewCodebook(Codebook{Dim: d, Codes: k, Cosine: cosine})
		r := fill(q, 3)
		z, ids, vecs := normal(r, rows*d), make([]int32, rows), make([]float32, rows*d)
		q.Assign(ids, z)
		if err := q.Embed(vecs, ids); err != nil {
			t.Fatal(err)
		}
		codes := tensor(q, "_codebook.embed")
		for i, id := range ids {
			x := z[i*d : i*d+d]
			want := best(k, func(j int) float64 {
				c := codes[j*d : j*d+d]
				if cosine {
					return dot(x, c) / math.Sqrt(dot(c, c))
				}
				return 2*dot(x, c) - dot(c, c)
			})
			if int(id) != want {
				t.Errorf("cosine %v: latent %d has code %d, expected %d", cosine, i, id, want)
			}
			for j, v := range vecs[i*d : i*d+d] {
				if v != codes[want*d+j] {
					t.Fatalf("cosine %v: number %d of code %d is %g, expected %g", cosine, j, want, v, codes[want*d+j])
				}
			}
		}
	}
}

// Several heads are mapped in and out, and share a book.
func TestHeads(t *testing.T) {
	const d, k, heads, rows = 4, 20, 3, 6
	q := NewCodebook(Codebook{Dim: d, Codes: k, Heads: heads})
	r := fill(q, 8)
	z, ids, vecs := normal(r, rows*d), make([]int32, rows*heads), make([]float32, rows*d)
	q.Assign(ids, z)
	if err := q.Embed(vecs, ids); err != nil {
		t.Fatal(err)
	}
	in, inBias := tensor(q, "project_in.weight"), tensor(q, "project_in.bias")
	out, outBias, codes := tensor(q, "project_out.weight"), tensor(q, "project_out.bias"), tensor(q, "_codebook.embed")
	for i := range rows {
		var parts, read []float32
		for j := range heads * d {
			parts = append(parts, float32(dot(z[i*d:i*d+d], in[j*d:j*d+d]))+inBias[j])
		}
		for h := range heads {
			x := parts[h*d : h*d+d]
			want := best(k, func(j int) float64 { c := codes[j*d : j*d+d]; return 2*dot(x, c) - dot(c, c) })
			if int(ids[i*heads+h]) != want {
				t.Errorf("latent %d, head %d: code %d, expected %d", i, h, ids[i*heads+h], want)
			}
			read = append(read, codes[want*d:want*d+d]...)
		}
		for j := range d {
			if want := dot(read, out[j*heads*d:(j+1)*heads*d]) + float64(outBias[j]); math.Abs(want-float64(vecs[i*d+j])) > 1e-5 {
				t.Errorf("latent %d: number %d is %g, expected %g", i, j, vecs[i*d+j], want)
			}
		}
	}
}

func TestMemcodes(t *testing.T) {
	const dim, books, k, rows, c = 12, 3, 50, 9, 4
	q := NewMemcodes(dim, books, k)
	r := fill(q, 5)
	z, ids, vecs := normal(r, rows*dim), make([]int32, rows*books), make([]float32, rows*dim)
	q.Assign(ids, z)
	if err := q.Embed(vecs, ids); err != nil {
		t.Fatal(err)
	}
	codes, toK, toV := tensor(q, "codes"), tensor(q, "to_k.weight"), tensor(q, "to_v.weight")
	mapped := func(w []float32, h, id int) (out []float32) {
		for j := range c {
			s := 0.0
			for i := range c {
				s += float64(codes[(h*k+id)*c+i]) * float64(w[(h*c+i)*c+j])
			}
			out = append(out, float32(s))
		}
		return out
	}
	for i := range rows {
		for h := range books {
			x := z[i*dim+h*c : i*dim+h*c+c]
			want := best(k, func(id int) float64 { return dot(x, mapped(toK, h, id)) })
			if int(ids[i*books+h]) != want {
				t.Errorf("latent %d, book %d: code %d, expected %d", i, h, ids[i*books+h], want)
			}
			for j, v := range mapped(toV, h, want) {
				if math.Abs(float64(v-vecs[i*dim+h*c+j])) > 1e-5 {
					t.Errorf("latent %d, book %d: number %d is %g, expected %g", i, h, j, vecs[i*dim+h*c+j], v)
				}
			}
		}
	}
}

// The gradient of what the decoder sees goes straight to the latents, and that
// of the commitment is 2 w (z - q) over the count.
func TestStraightThrough(t *testing.T) {
	const d, rows = 3, 4
	q := NewCodebook(Codebook{Dim: d, Codes: 7, Commitment: 0.25})
	r := fill(q, 2)
	z := normal(r, rows*d)
	g := G.NewGraph()
	x := ops.Input(g, "z", []int{rows, d}, z)
	out, loss := q.Quantize(x, func(name string) *G.Node {
		for _, s := range q.Tensors() {
			if s.Name == name {
				return ops.Input(g, name, s.Shape, s.Data)
			}
		}
		t.Fatalf("no tensor %q", name)
		return nil
	})
	total := ops.Sum([]float32{1, 1}, ops.MSE(out, ops.Input(g, "zeros", []int{rows, d}, make([]float32, rows*d))), loss)
	grads, err := G.Grad(total, x)
	if err != nil {
		t.Fatal(err)
	}
	m, err := exec.New(g, out, grads[0])
	if err == nil {
		err = m.RunAll()
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range m.Floats(out) {
		want := (2*c + 0.25*2*(z[i]-c)) / (rows * d)
		if got := m.Floats(grads[0])[i]; math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("gradient %d is %g, expected %g", i, got, want)
		}
	}
}

// k-means begins at latents and ends with every code at the mean of its own.
func TestBegin(t *testing.T) {
	const d, k, rows = 2, 3, 60
	r := rand.New(rand.NewPCG(4, 4))
	z := normal(r, rows*d)
	for i := range z {
		z[i] = z[i]/10 + float32(i/d%k*10)
	}
	q := NewCodebook(Codebook{Dim: d, Codes: k, Decay: 0.9})
	q.(Beginner).Begin(z, r)
	ids := make([]int32, rows)
	q.Assign(ids, z)
	sum, n := make([]float64, k*d), make([]float64, k)
	for i, id := range ids {
		n[id]++
		for c := range d {
			sum[int(id)*d+c] += float64(z[i*d+c])
		}
	}
	for i, v := range tensor(q, "_codebook.embed") {
		if want := sum[i] / n[i/d]; math.Abs(want-float64(v)) > 1e-4 {
			t.Errorf("number %d of the codes is %g, expected the mean %g", i, v, want)
		}
	}
	if tensor(q, "_codebook.initted")[0] != 1 {
		t.Error("the codebook does not know that it has begun")
	}
}

func TestNoSuchCode(t *testing.T) {
	for want, q := range map[string]Quantizer{
		"code 9 at latent 1, expected one below 9":         NewCodebook(Codebook{Dim: 2, Codes: 9}),
		"code 9 at latent 0, book 1, expected one below 9": NewMemcodes(2, 2, 9),
	} {
		if err := q.Embed(make([]float32, 4), []int32{8, 9}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
}
