package quantize

import (
	"math"
	"math/rand/v2"
	"testing"
)

// lfqLoss is the loss of the definition, code by code, as a function of z; the
// signs are those of fixed. groups are those that count as independent.
func lfqLoss(f LFQ, groups []int, z []float64, fixed []float32) float64 {
	d := f.Bits
	rows, from, loss := len(z)/d, 0, 0.0
	h := func(p []float64) (s float64) {
		for _, x := range p {
			if x > 0 {
				s -= x * math.Log(x)
			}
		}
		return s
	}
	for _, n := range groups {
		mean, each := make([]float64, 1<<n), 0.0
		for r := range rows {
			p, sum := make([]float64, 1<<n), 0.0
			for c := range p {
				far := 0.0 // the squared distance
				for i := range n {
					e := z[r*d+from+i] - float64(2*(c>>i&1)-1)
					far += e * e
				}
				p[c] = math.Exp(-far / f.Temperature)
				sum += p[c]
			}
			for c := range p {
				p[c] /= sum
				mean[c] += p[c] / float64(rows)
			}
			each += h(p) / float64(rows)
		}
		loss += f.Entropy * (each - f.Diversity*h(mean))
		from += n
	}
	for i, x := range z {
		e := float64(fixed[i]) - x
		loss += f.Commitment * e * e / float64(len(z))
	}
	return loss
}

func TestLFQ(t *testing.T) {
	const rows = 9
	for _, c := range []struct {
		f      LFQ
		groups []int
	}{
		{LFQ{Bits: 4, Entropy: 0.1, Diversity: 1, Temperature: 1, Commitment: 0.25}, []int{4}},
		{LFQ{Bits: 7, Entropy: 2, Diversity: 0.5, Temperature: 2}, []int{7}},
		{LFQ{Bits: 1, Entropy: 1, Diversity: 1, Temperature: 0.5, Commitment: 1}, []int{1}},
		{LFQ{Bits: 7, Entropy: 1, Diversity: 1.5, Temperature: 1, Group: 3}, []int{3, 2, 2}},
		{LFQ{Bits: 20, Entropy: 1, Diversity: 1, Temperature: 4}, []int{7, 7, 6}},
	} {
		q := NewLFQ(c.f)
		r := rand.New(rand.NewPCG(2, uint64(c.f.Bits)))
		z, along := normal(r, rows*q.Dim()), normal(r, rows*q.Dim())
		vecs, loss, straight, own := trained(t, q, z, along)
		agrees(t, q, z, vecs)
		ids := make([]int32, rows)
		q.Assign(ids, z)
		wide := make([]float64, len(z))
		for i, x := range z {
			wide[i] = float64(x)
			sign, bit := float32(-1), int32(0)
			if x > 0 {
				sign, bit = 1, 1
			}
			if vecs[i] != sign || ids[i/c.f.Bits]>>(i%c.f.Bits)&1 != bit {
				t.Fatalf("%v: %g becomes %g, code %b", q, x, vecs[i], ids[i/c.f.Bits])
			}
			if straight[i] != along[i] {
				t.Fatalf("%v: gradient %d is %g, expected it straight through: %g", q, i, straight[i], along[i])
			}
		}
		want := lfqLoss(c.f, c.groups, wide, vecs)
		if math.Abs(loss-want) > 1e-5*(1+math.Abs(want)) {
			t.Errorf("%v: loss %g, expected %g", q, loss, want)
		}
		for i := range wide {
			const h = 1e-5
			keep := wide[i]
			wide[i] = keep + h
			up := lfqLoss(c.f, c.groups, wide, vecs)
			wide[i] = keep - h
			down := lfqLoss(c.f, c.groups, wide, vecs)
			wide[i] = keep
			if w := (up - down) / (2 * h); math.Abs(w-float64(own[i])) > 1e-5 {
				t.Fatalf("%v: gradient %d of the loss is %g, difference quotient %g", q, i, own[i], w)
			}
		}
	}
}

// At MAGVIT-v2's 18 bits the use of codes is exact; latents at codes each of their
// own are sure, and use as much as can be.
func TestLFQOfManyBits(t *testing.T) {
	q := NewLFQ(LFQ{Bits: 18, Entropy: 1, Diversity: 1})
	const rows = 64
	z := make([]float32, rows*18)
	for i := range z {
		z[i] = float32(2*(i/18*4093>>(i%18)&1) - 1)
	}
	_, loss, _, own := trained(t, q, z, make([]float32, len(z)))
	if math.Abs(loss+math.Log(rows)) > 1e-4 {
		t.Errorf("loss %g, expected -log %d", loss, rows)
	}
	for i, g := range own {
		if g != 0 {
			t.Fatalf("gradient %d is %g of a latent that is sure", i, g)
		}
	}
	if q := NewLFQ(LFQ{Bits: 31}); q.Codes() != 1<<31 {
		t.Errorf("%d codes", q.Codes())
	}
	ids, vecs := make([]int32, 1), make([]float32, 31)
	for i := range vecs {
		vecs[i] = 1
	}
	all := NewLFQ(LFQ{Bits: 31})
	all.Assign(ids, vecs)
	if err := all.Embed(vecs, ids); err != nil || ids[0] != math.MaxInt32 || vecs[30] != 1 {
		t.Errorf("all signs positive: code %d, %v (%v)", ids[0], vecs, err)
	}
}

func TestWrongBits(t *testing.T) {
	for want, f := range map[string]LFQ{
		"quantize.NewLFQ: 0 bits, expected 1 to 31":                  {},
		"quantize.NewLFQ: 32 bits, expected 1 to 31":                 {Bits: 32},
		"quantize.NewLFQ: groups of 19 bits, expected 1 to 18":       {Bits: 20, Group: 19},
		"quantize.NewLFQ: a temperature of -1, expected one above 0": {Bits: 20, Temperature: -1},
	} {
		if got := wrong(func() { NewLFQ(f) }); got != want {
			t.Errorf("%+v: %q, expected %q", f, got, want)
		}
	}
}
