package parity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// plainBook is the official codebook in loops over float64, as its definition
// reads (docs/4m.md, 2.3). It makes fixtures of sizes and options that nobody has
// recorded.
type plainBook struct {
	D, K              int
	Cosine, Unit      bool
	Decay, Commit     float64
	Dead              float64
	Policy            string
	KMeans            bool
	B, H, W, Steps    int
	embed, avg, sizes []float64
	draws             []map[string]any
	r                 *rand.Rand
}

func length1(x []float64) []float64 {
	s := 0.0
	for _, v := range x {
		s += v * v
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v / math.Max(math.Sqrt(s), 1e-12)
	}
	return out
}

// sample draws num rows, as sample_vectors does.
func (p *plainBook) sample(rows [][]float64, num int) (out [][]float64) {
	fn, ids := "torch.randperm", p.r.Perm(len(rows))
	if len(rows) < num {
		fn, ids = "torch.randint", make([]int, num)
		for i := range ids {
			ids[i] = p.r.IntN(len(rows))
		}
	}
	p.draws = append(p.draws, map[string]any{"fn": fn, "arg": len(rows), "value": ids})
	for _, id := range ids[:num] {
		out = append(out, slices.Clone(rows[id]))
	}
	return out
}

// near gives the code of a row among codes (K, D); by direction, if unit.
func (p *plainBook) near(x, codes []float64) int {
	best, at := math.Inf(-1), 0
	for k := range p.K {
		c, s := codes[k*p.D:k*p.D+p.D], 0.0
		if p.Cosine {
			c = length1(c)
		}
		for i := range c {
			if p.Cosine {
				s += x[i] * c[i]
			} else {
				s -= (x[i] - c[i]) * (x[i] - c[i])
			}
		}
		if s > best {
			best, at = s, k
		}
	}
	return at
}

// grouped gives codes, counts and sums by code.
func (p *plainBook) grouped(rows [][]float64, codes []float64) (ids []int, count, sum []float64) {
	count, sum = make([]float64, p.K), make([]float64, p.K*p.D)
	for _, x := range rows {
		k := p.near(x, codes)
		ids = append(ids, k)
		count[k]++
		for i, v := range x {
			sum[k*p.D+i] += v
		}
	}
	return ids, count, sum
}

func (p *plainBook) kmeans(rows [][]float64) {
	p.embed = slices.Concat(p.sample(rows, p.K)...)
	for range 10 {
		_, count, sum := p.grouped(rows, p.embed)
		p.sizes = count
		for k, n := range count {
			mean := sum[k*p.D : k*p.D+p.D]
			for i := range mean {
				mean[i] /= max(n, 1)
			}
			if p.Cosine {
				mean = length1(mean)
			}
			if n > 0 {
				copy(p.embed[k*p.D:], mean)
			}
		}
	}
	p.avg = slices.Clone(p.embed)
}

// step runs a batch of rows and moves the codebook.
func (p *plainBook) step(x [][]float64) (ids []int, quant []float64, loss float64, given [][]float64) {
	for _, row := range x {
		if p.Unit {
			row = length1(row)
		}
		given = append(given, row)
	}
	rows := given
	if p.Cosine {
		rows = nil
		for _, row := range given {
			rows = append(rows, length1(row))
		}
	}
	if p.KMeans {
		p.kmeans(rows)
		p.KMeans = false
	}
	ids, count, sum := p.grouped(rows, p.embed)
	for r, k := range ids {
		for i := range p.D {
			c := p.embed[k*p.D+i]
			quant = append(quant, c)
			loss += p.Commit * (c - given[r][i]) * (c - given[r][i]) / float64(len(x)*p.D)
		}
	}
	total := 0.0
	for k := range p.K {
		p.sizes[k] = p.Decay*p.sizes[k] + (1-p.Decay)*count[k]
		total += p.sizes[k]
	}
	for k := range p.K {
		code := p.embed[k*p.D : k*p.D+p.D]
		to := length1(code)
		if count[k] > 0 {
			to = length1(sum[k*p.D : k*p.D+p.D])
		}
		for i := range code {
			if p.Cosine {
				code[i] = p.Decay*code[i] + (1-p.Decay)*to[i]
				continue
			}
			at := k*p.D + i
			p.avg[at] = p.Decay*p.avg[at] + (1-p.Decay)*sum[at]
			code[i] = p.avg[at] / ((p.sizes[k] + 1e-5) / (total + float64(p.K)*1e-5) * total)
		}
	}
	p.expire(given)
	return ids, quant, loss, given
}

func (p *plainBook) expire(rows [][]float64) {
	var dead []int
	for k, n := range p.sizes {
		if p.Dead != 0 && n < p.Dead {
			dead = append(dead, k)
		}
	}
	if len(dead) == 0 {
		return
	}
	var from [][]float64
	if p.Policy == "linde_buzo_gray" {
		order := make([]int, p.K)
		for k := range order {
			order[k] = k
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case p.sizes[a] > p.sizes[b]:
				return -1
			case p.sizes[a] < p.sizes[b]:
				return 1
			}
			return 0
		})
		for _, k := range order[:len(dead)] {
			from = append(from, slices.Clone(p.embed[k*p.D:k*p.D+p.D]))
		}
		p.draws = append(p.draws, map[string]any{"fn": "torch.randn_like", "value": [][]float64{{0.5}}})
	} else {
		from = p.sample(rows, len(dead))
	}
	for i, k := range dead {
		copy(p.embed[k*p.D:], length1(from[i]))
	}
}

// write makes the fixture of a case.
func (p *plainBook) write(t *testing.T, dir string) {
	t.Helper()
	p.r = rand.New(rand.NewPCG(uint64(p.D), uint64(p.K)))
	var all []checkpoint.Tensor
	put := func(name string, x []float64, shape ...int) {
		f := make([]float32, len(x))
		for i, v := range x {
			f[i] = float32(v)
		}
		all = append(all, checkpoint.Tensor{Name: "case." + name, Shape: shape, Data: f})
	}
	drawn := func(n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = float64(float32(p.r.NormFloat64()))
		}
		return out
	}
	book := func(when string, begun float64) {
		put(when+"_codebook.initted", []float64{begun}, 1)
		put(when+"_codebook.cluster_size", p.sizes, p.K)
		put(when+"_codebook.embed", p.embed, p.K, p.D)
		if !p.Cosine {
			put(when+"_codebook.embed_avg", p.avg, p.K, p.D)
		}
	}
	p.embed, p.sizes, p.avg = make([]float64, p.K*p.D), make([]float64, p.K), make([]float64, p.K*p.D)
	begun := 0.0
	if !p.KMeans {
		p.embed, begun = drawn(p.K*p.D), 1
		for k := range p.sizes {
			p.sizes[k] = float64(float32(3 * p.r.Float64()))
			for i := range p.D {
				p.avg[k*p.D+i] = float64(float32(p.embed[k*p.D+i] * p.sizes[k]))
			}
		}
	}
	book("before.", begun)
	places := p.H * p.W
	shape := []int{p.B, p.D, p.H, p.W}
	for s := range p.Steps {
		x := drawn(p.B * p.D * places)
		rows := make([][]float64, p.B*places)
		for i, v := range x {
			at := i/(p.D*places)*places + i%places
			if rows[at] == nil {
				rows[at] = make([]float64, p.D)
			}
			rows[at][i/places%p.D] = v
		}
		ids, quant, loss, given := p.step(rows)
		step := fmt.Sprintf("step%d.", s)
		put(step+"x", x, shape...)
		whole := make([]int64, len(ids))
		for i, id := range ids {
			whole[i] = int64(id)
		}
		all = append(all, checkpoint.Tensor{Name: "case." + step + "indices", Shape: []int{p.B, p.H, p.W}, Dtype: "I64", Ints: whole})
		put(step+"loss", []float64{loss}, 1)
		// by channel and place; the gradient of x/|x| is (g - u (u g)) / |x|
		out, grad := make([]float64, len(x)), make([]float64, len(x))
		for r, row := range rows {
			g, along, norm := make([]float64, p.D), 0.0, 0.0
			for c := range p.D {
				at := (r/places*p.D+c)*places + r%places
				out[at] = quant[r*p.D+c]
				g[c] = 2*float64(at)/float64(len(x)-1) - 1 + 2*p.Commit*(given[r][c]-quant[r*p.D+c])/float64(len(x))
				along += g[c] * given[r][c]
				norm += row[c] * row[c]
			}
			for c := range p.D {
				at := (r/places*p.D+c)*places + r%places
				grad[at] = g[c]
				if p.Unit {
					grad[at] = (g[c] - given[r][c]*along) / math.Sqrt(norm)
				}
			}
		}
		put(step+"quant", out, shape...)
		put(step+"grad_x", grad, shape...)
		book(step+"after.", 1)
	}
	if err := checkpoint.Write(filepath.Join(dir, "cases.safetensors"), all, nil); err != nil {
		t.Fatal(err)
	}
	config := map[string]any{"dim": p.D, "codebook_size": p.K, "decay": p.Decay, "cosine": p.Cosine, "norm_latents": p.Unit, "commit": p.Commit,
		"dead": p.Dead, "policy": p.Policy, "steps": p.Steps, "shape": shape, "random_draws": p.draws}
	b, err := json.Marshal(map[string]any{"kind": "vq_ema", "cases": map[string]any{"case": config}})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "config.json"), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Codebooks of other sizes, decays, thresholds and policies, k-means, and batches
// smaller than what is to be drawn from them.
func TestCodebookCases(t *testing.T) {
	for name, p := range map[string]plainBook{
		"cosine of any length": {D: 5, K: 20, Cosine: true, Decay: 0.7, Commit: 0.5, B: 3, H: 2, W: 5, Steps: 4},
		"cosine of unit":       {D: 3, K: 11, Cosine: true, Unit: true, Decay: 0.99, Commit: 1, B: 1, H: 4, W: 3, Steps: 2},
		"few rows":             {D: 6, K: 30, Cosine: true, Decay: 0.5, Commit: 1, Dead: 1.5, Policy: "batch_random", B: 1, H: 2, W: 3, Steps: 3},
		"euclid, dead":         {D: 4, K: 24, Decay: 0.8, Commit: 0.25, Dead: 1, Policy: "batch_random", B: 2, H: 5, W: 4, Steps: 3},
		"euclid of unit":       {D: 7, K: 9, Unit: true, Decay: 0.9, Commit: 2, B: 2, H: 2, W: 2, Steps: 2},
		// one step: of codes of one direction the nearest is a matter of rounding
		"split":           {D: 4, K: 16, Cosine: true, Decay: 0.8, Commit: 1, Dead: 0.8, Policy: "linde_buzo_gray", B: 2, H: 3, W: 3, Steps: 1},
		"euclid, split":   {D: 5, K: 17, Decay: 0.8, Commit: 1, Dead: 0.8, Policy: "linde_buzo_gray", B: 2, H: 3, W: 3, Steps: 2},
		"k-means":         {D: 4, K: 8, Cosine: true, Decay: 0.9, Commit: 1, KMeans: true, B: 2, H: 5, W: 6, Steps: 2},
		"euclid, k-means": {D: 3, K: 6, Decay: 0.9, Commit: 0, KMeans: true, B: 2, H: 5, W: 5, Steps: 2},
		"k-means of few":  {D: 3, K: 12, Cosine: true, Decay: 0.9, Commit: 1, KMeans: true, B: 1, H: 2, W: 4, Steps: 2},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if p.Policy == "" {
				p.Policy = "batch_random"
			}
			p.write(t, dir)
			for _, tape := range []bool{false, true} {
				var out bytes.Buffer
				if sum, err := Run([]string{dir}, Options{Tape: tape}, &out); err != nil || sum.Passed != 1 {
					t.Errorf("%v, %v\n%s", sum, err, &out)
				}
			}
		})
	}
}
