package cpu

// The entropy of sign bits, of each latent and of all together.

import "math"

// BitEntropy is the mean over the rows of z (R, D) of the entropy, in nats, of
// p(c|z), less diversity times the entropy of the mean of p over the rows. c are
// the signs of a group of columns, p the softmax of sharp z c; groups says how many
// columns each has, and what they give is added. Where dz is not nil, it is dl
// times the gradient by z.
//
// The bits of a latent are independent, so its entropy is the sum of theirs. The
// mean over the rows is one product of two matrices, the probabilities of either
// half of the bits: of 2ⁿ codes none is made for a row.
func BitEntropy(dz, z []float32, groups []int, sharp, diversity, dl float64) float64 {
	d := 0
	for _, n := range groups {
		d += n
	}
	from, loss := 0, 0.0
	for _, n := range groups {
		b := signBits{z: z, dz: dz, d: d, from: from, n: n, rows: len(z) / d, sharp: sharp}
		loss += b.alone(dl)
		if diversity != 0 {
			loss += b.together(diversity, dl)
		}
		from += n
	}
	return loss
}

// signBits are a group of n columns, from one on.
type signBits struct {
	z, dz   []float32
	d, from int
	n, rows int
	sharp   float64
}

// chance gives the probability that a bit is 1, and that it is 0.
func (b *signBits) chance(r, i int) (yes, no float64) {
	s := 2 * b.sharp * float64(b.z[r*b.d+b.from+i])
	return 1 / (1 + math.Exp(-s)), 1 / (1 + math.Exp(s))
}

// alone gives the mean entropy of the rows, and writes its gradient.
func (b *signBits) alone(dl float64) float64 {
	loss := 0.0
	for r := range b.rows {
		for i := range b.n {
			at := r*b.d + b.from + i
			s := 2 * b.sharp * float64(b.z[at])
			yes, no := b.chance(r, i)
			if math.IsInf(s, 0) { // sure, to which infinity times nothing adds nothing
				s = 0
			} else {
				small := math.Exp(-math.Abs(s))
				loss += math.Log1p(small) + math.Abs(s)*small/(1+small)
			}
			if b.dz != nil {
				b.dz[at] = float32(-dl * 2 * b.sharp * s * yes * no / float64(b.rows))
			}
		}
	}
	return loss / float64(b.rows)
}

// together gives diversity times the sum of m log m over the codes, m being the
// mean probability of one, and adds its gradient.
func (b *signBits) together(diversity, dl float64) float64 {
	low := b.n / 2
	na, nb := 1<<low, 1<<(b.n-low)
	pa, pb, m := borrow(b.rows*na), borrow(b.rows*nb), borrow(na*nb)
	defer func() { giveBack(pa); giveBack(pb); giveBack(m) }()
	b.half(*pa, 0, low)
	b.half(*pb, low, b.n-low)
	Gemm(true, false, nb, na, b.rows, *pb, nb, *pa, na, *m, na, false)
	loss := 0.0
	for i, sum := range (*m)[:na*nb] {
		(*m)[i] = 0
		if p := float64(sum) / float64(b.rows); p > 0 {
			loss += p * math.Log(p)
			(*m)[i] = float32(diversity * math.Log(p) / float64(b.rows))
		} else if p != p {
			loss = p
		}
	}
	if b.dz != nil {
		da, db := borrow(b.rows*na), borrow(b.rows*nb)
		Gemm(false, false, b.rows, na, nb, *pb, nb, *m, na, *da, na, false)
		Gemm(false, true, b.rows, nb, na, *pa, na, *m, na, *db, nb, false)
		b.halfBack(*da, *pa, 0, low, dl)
		b.halfBack(*db, *pb, low, b.n-low, dl)
		giveBack(da)
		giveBack(db)
	}
	return diversity * loss
}

// half writes the probabilities (R, 2ⁿ) of the signs of n bits of the group.
func (b *signBits) half(p []float32, first, n int) {
	For(b.rows, 1+grain>>n, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row := p[r<<n : (r+1)<<n]
			row[0] = 1
			for i := range n {
				yes, no := b.chance(r, first+i)
				for u := range 1 << i {
					row[u|1<<i] = row[u] * float32(yes)
					row[u] *= float32(no)
				}
			}
		}
	})
}

// halfBack adds the gradient by z, dp being that by the probabilities of half.
func (b *signBits) halfBack(dp, p []float32, first, n int, dl float64) {
	For(b.rows, 1+grain>>n, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			row, d := p[r<<n:(r+1)<<n], dp[r<<n:(r+1)<<n]
			for i := range n {
				yes, no := b.chance(r, first+i)
				sum := 0.0
				for u, v := range row {
					if u>>i&1 == 1 {
						sum += float64(v) * float64(d[u]) * no
					} else {
						sum -= float64(v) * float64(d[u]) * yes
					}
				}
				b.dz[r*b.d+b.from+first+i] += float32(dl * 2 * b.sharp * sum)
			}
		}
	})
}
