package quantize

// One codebook that follows the latents by a moving average: the official type
// "lucid" (docs/4m.md, 2.3).

import (
	"math"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/ops"
)

// Codebook says how a codebook is made. With several heads a latent is mapped
// to Heads times Dim numbers, and each part of Dim gets a code of the one book.
type Codebook struct {
	Dim   int // numbers of a code
	Codes int
	Heads int // code numbers of a latent; 0 stands for 1

	Cosine      bool // codes are compared by their direction, else by their distance
	UnitLatents bool // latents are made as long as 1 before all else

	Commitment float64 // weight of the pull of latents towards their codes
	Decay      float64 // of the moving averages
	Threshold  float64 // a code used less often a step than this is replaced; 0: none is
	Policy     string  // what a code is replaced by: "batch_random", "linde_buzo_gray"

	// Restart is for runs of few steps: a code that is put on a latent of the
	// batch counts as used once a step, or it would be moved again at once, and
	// those that k-means made as used alike. Where distances count, it is put on
	// the latent itself, not on its direction, and the moving average begins
	// there, or the next step would pull it towards 0. The official code does
	// none of this.
	Restart bool
}

// names of a codebook's tensors.
const (
	embed   = "_codebook.embed"
	average = "_codebook.embed_avg"
	size    = "_codebook.cluster_size"
	begun   = "_codebook.initted"
)

// codebook is a quantizer; its tensors lie by their names.
type codebook struct {
	Codebook
	tensors []Tensor
	by      map[string][]float32
}

// NewCodebook makes the quantizer with zeros for numbers.
func NewCodebook(c Codebook) Quantizer {
	c.Heads = max(c.Heads, 1)
	b := &codebook{Codebook: c, by: map[string][]float32{}}
	add := func(name string, trained bool, shape ...int) {
		n := 1
		for _, s := range shape {
			n *= s
		}
		t := Tensor{Name: name, Shape: shape, Data: make([]float32, n), Trained: trained}
		b.tensors, b.by[name] = append(b.tensors, t), t.Data
	}
	if c.Heads > 1 {
		add("project_in.weight", true, c.Heads*c.Dim, c.Dim)
		add("project_in.bias", true, c.Heads*c.Dim)
		add("project_out.weight", true, c.Dim, c.Heads*c.Dim)
		add("project_out.bias", true, c.Dim)
	}
	add(begun, false, 1)
	add(size, false, c.Codes)
	if !c.Cosine {
		add(average, false, c.Codes, c.Dim)
	}
	add(embed, false, c.Codes, c.Dim)
	return b
}

func (b *codebook) Dim() int          { return b.Codebook.Dim }
func (b *codebook) Codes() int        { return b.Codebook.Codes }
func (b *codebook) Books() int        { return b.Heads }
func (b *codebook) Tensors() []Tensor { return b.tensors }

func (b *codebook) Assign(ids []int32, z []float32) { b.nearest(ids, b.parts(z)) }

// nearest finds the code of each part.
func (b *codebook) nearest(ids []int32, parts []float32) {
	if b.Cosine {
		cpu.Nearest(ids, parts, b.by[embed], b.Codebook.Dim)
	} else {
		cpu.NearestPoint(ids, parts, b.by[embed], b.Codebook.Dim)
	}
}

// parts gives what is compared with codes: the latents, a map of them where
// there are several heads, as long as 1 where the configuration says so.
func (b *codebook) parts(z []float32) []float32 {
	d := b.Codebook.Dim
	if b.Heads > 1 {
		z = affine(z, b.by["project_in.weight"], b.by["project_in.bias"])
	}
	if b.UnitLatents {
		u := make([]float32, len(z))
		for i := 0; i < len(z); i += d {
			cpu.Unit(u[i:i+d], z[i:i+d])
		}
		z = u
	}
	return z
}

// affine computes x wᵀ + b.
func affine(x, w, b []float32) []float32 {
	n := len(b)
	k := len(w) / n
	y := make([]float32, len(x)/k*n)
	cpu.GemmPlus(false, true, len(x)/k, n, k, x, k, w, k, y, n, cpu.Plus{Bias: b})
	return y
}

func (b *codebook) Embed(q []float32, ids []int32) error {
	if err := check(ids, b.Heads, b.Codebook.Codes); err != nil {
		return err
	}
	d := b.Codebook.Dim
	out := q
	if b.Heads > 1 {
		out = make([]float32, len(ids)*d)
	}
	for i, id := range ids {
		copy(out[i*d:i*d+d], b.by[embed][int(id)*d:])
	}
	if b.Heads > 1 {
		copy(q, affine(out, b.by["project_out.weight"], b.by["project_out.bias"]))
	}
	return nil
}

// Quantize gives the code as it is stored, straight through for the gradient,
// and the commitment loss.
func (b *codebook) Quantize(z *G.Node, node func(string) *G.Node) (q, loss *G.Node) {
	if b.Heads > 1 {
		z = ops.LinearBias(z, node("project_in.weight"), node("project_in.bias"))
	}
	if b.UnitLatents {
		z = ops.Unit(z, b.Codebook.Dim)
	}
	if b.Cosine {
		q = ops.Quantize(z, node(embed))
	} else {
		q = ops.QuantizePoint(z, node(embed))
	}
	if b.Commitment > 0 {
		loss = ops.Sum([]float32{float32(b.Commitment)}, ops.MSE(ops.Detach(q), z))
	}
	if b.Heads > 1 {
		q = ops.LinearBias(q, node("project_out.weight"), node("project_out.bias"))
	}
	return q, loss
}

// Update moves every code towards the latents that it stood for.
func (b *codebook) Update(z []float32, r Chance) {
	z = b.parts(z)
	sum, count := b.sums(z)
	keep, move := float32(b.Decay), float32(1-b.Decay)
	sizes := b.by[size]
	for i := range sizes {
		sizes[i] = keep*sizes[i] + move*float32(count[i])
	}
	if b.Cosine {
		b.turn(sum, count)
	} else {
		b.shift(sum)
	}
	b.replace(z, r)
}

// sums gives by code the sum of the latents nearest to it, as long as 1 where
// directions count, and their number.
func (b *codebook) sums(z []float32) (sum []float32, count []int) {
	d := b.Codebook.Dim
	ids := make([]int32, len(z)/d)
	b.nearest(ids, z)
	sum, count = make([]float32, len(b.by[embed])), make([]int, b.Codebook.Codes)
	u := make([]float32, d)
	for r, id := range ids {
		if b.Cosine {
			cpu.Unit(u, z[r*d:r*d+d])
		} else {
			copy(u, z[r*d:r*d+d])
		}
		for i, v := range u {
			sum[int(id)*d+i] += v
		}
		count[id]++
	}
	return sum, count
}

// turn moves codes towards the mean direction of their latents.
func (b *codebook) turn(sum []float32, count []int) {
	d := b.Codebook.Dim
	keep, move := float32(b.Decay), float32(1-b.Decay)
	u := make([]float32, d)
	for i := range count {
		code := b.by[embed][i*d : i*d+d]
		cpu.Unit(u, code)
		if count[i] > 0 {
			cpu.Unit(u, sum[i*d:i*d+d])
		}
		for c := range code {
			code[c] = keep*code[c] + move*u[c]
		}
	}
}

// smooth is what is added to the sizes of a Euclidean codebook.
const smooth = 1e-5

// shift moves codes to the mean of their latents, a moving average over a
// smoothed one.
func (b *codebook) shift(sum []float32) {
	d := b.Codebook.Dim
	keep, move := float32(b.Decay), float32(1-b.Decay)
	total := 0.0
	for _, n := range b.by[size] {
		total += float64(n)
	}
	for i, n := range b.by[size] {
		smoothed := float32((float64(n) + smooth) / (total + float64(b.Codebook.Codes)*smooth) * total)
		for c := i * d; c < i*d+d; c++ {
			b.by[average][c] = keep*b.by[average][c] + move*sum[c]
			b.by[embed][c] = b.by[average][c] / smoothed
		}
	}
}

// replace puts codes that are hardly used elsewhere.
func (b *codebook) replace(z []float32, r Chance) {
	d := b.Codebook.Dim
	codes, sizes := b.by[embed], b.by[size]
	var dead []int
	for i, n := range sizes {
		if n < float32(b.Threshold) {
			dead = append(dead, i)
		}
	}
	rows := len(z) / d
	if len(dead) == 0 || rows == 0 {
		return
	}
	from := z
	if b.Policy == "linde_buzo_gray" {
		from = slices.Clone(codes)
	}
	for k, at := range b.sources(len(dead), rows, r) {
		code := codes[dead[k]*d : dead[k]*d+d]
		cpu.Unit(code, from[at*d:at*d+d])
		if b.Restart {
			sizes[dead[k]] = 1
			if !b.Cosine {
				copy(code, from[at*d:])
				copy(b.by[average][dead[k]*d:], code)
			}
		}
	}
}

// sources chooses where n replaced codes begin: the codes most in use, or rows
// of the batch, each once at most where there are enough.
func (b *codebook) sources(n, rows int, r Chance) []int {
	switch {
	case b.Policy == "linde_buzo_gray":
		return most(b.by[size], n)
	case !b.Restart && rows >= n:
		return r.Perm(rows)[:n]
	}
	out := make([]int, n)
	for i := range out {
		out[i] = r.IntN(rows)
	}
	return out
}

// most gives the places of the n largest numbers, the largest first.
func most(x []float32, n int) []int {
	out, taken := make([]int, 0, n), make([]bool, len(x))
	for range n {
		best, at := float32(math.Inf(-1)), 0
		for i, v := range x {
			if !taken[i] && v > best {
				best, at = v, i
			}
		}
		taken[at] = true
		out = append(out, at)
	}
	return out
}
