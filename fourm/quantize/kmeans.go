package quantize

// Where the codes of a codebook begin.

import "fourmlab/fourm/kernels/cpu"

// Beginner is a quantizer that can begin where the first latents lie.
type Beginner interface {
	// Begin places the codes by the latents z (R, Dim) of a first batch.
	Begin(z []float32, r Chance)
}

// Expecting is a quantizer whose books replace codes that are hardly used.
type Expecting interface {
	// Expect says how many latents a step gives: a code that is used less often
	// than an eighth of its share is replaced from then on.
	Expect(latents int)
}

func (b *codebook) Expect(latents int) {
	b.Threshold = float64(latents) / float64(b.Codebook.Codes) / 8
}

const rounds = 10 // of k-means

// Begin sets the codes to random latents, refined by ten rounds of k-means. A
// code that no latent is nearest to stays where it is.
func (b *codebook) Begin(z []float32, r Chance) {
	z = b.parts(z)
	d, k := b.Codebook.Dim, b.Codebook.Codes
	codes, rows := b.by[embed], len(z)/d
	for i, at := range b.first(k, rows, r) {
		code, latent := codes[i*d:i*d+d], z[at*d:at*d+d]
		if b.Cosine {
			cpu.Unit(code, latent)
		} else {
			copy(code, latent)
		}
	}
	var count []int
	for range rounds {
		var sum []float32
		sum, count = b.sums(z)
		for i, n := range count {
			code := codes[i*d : i*d+d]
			switch {
			case n == 0:
			case b.Cosine:
				cpu.Unit(code, sum[i*d:i*d+d])
			default:
				for c := range code {
					code[c] = sum[i*d+c] / float32(n)
				}
			}
		}
	}
	for i := range count {
		b.by[size][i] = float32(count[i])
		if b.Restart {
			b.by[size][i] = float32(rows) / float32(k)
		}
	}
	if !b.Cosine {
		copy(b.by[average], codes)
		if b.Restart {
			for i := range codes {
				b.by[average][i] *= b.by[size][i/d]
			}
		}
	}
	b.by[begun][0] = 1
}

// first chooses the latents at which k codes begin.
func (b *codebook) first(k, rows int, r Chance) []int {
	out := make([]int, k)
	if rows >= k || b.Restart {
		perm := r.Perm(rows)
		for i := range out {
			out[i] = perm[i%rows]
		}
		return out
	}
	for i := range out {
		out[i] = r.IntN(rows)
	}
	return out
}
