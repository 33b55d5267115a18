package quantize

import (
	"math/rand/v2"
	"runtime"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
)

// latents are of the size of ten pictures of ViT-B/16 at 224 pixels, and a few.
const latents = 2000

func BenchmarkAssign(b *testing.B) {
	for _, name := range []string{"cosine:16384x32", "euclid:16384x32", "rvq:4x4096", "memcodes:8x2048", "fsq:8,8,8,6,5", "lfq:14"} {
		b.Run(name, func(b *testing.B) {
			q := Parse(name, map[string]int{"rvq:4x4096": 32, "memcodes:8x2048": 32}[name])
			r := fill(q, 1)
			z, ids := normal(r, latents*q.Dim()), make([]int32, latents*q.Books())
			for b.Loop() {
				q.Assign(ids, z)
			}
			b.ReportMetric(float64(b.N)*latents/b.Elapsed().Seconds(), "latents/s")
		})
	}
}

// A step of training of what the graph does beyond assignment: the loss of all
// codes' use, and its gradient.
func BenchmarkLFQ18(b *testing.B) {
	q := NewLFQ(LFQ{Bits: 18, Entropy: 1, Diversity: 1})
	z := normal(rand.New(rand.NewPCG(1, 1)), latents*q.Dim())
	g := G.NewGraph()
	x := ops.Input(g, "z", []int{latents, q.Dim()}, z)
	_, loss := q.Quantize(x, nil)
	grads, err := G.Grad(loss, x)
	if err != nil {
		b.Fatal(err)
	}
	m, err := exec.New(g, loss, grads[0])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := m.RunAll(); err != nil {
			b.Fatal(err)
		}
	}
}

// The nearest code is found without the distances to all of them in memory.
func TestAssignKeepsNoDistances(t *testing.T) {
	const all = 4 * latents * 16384
	for _, name := range []string{"cosine:16384x32", "euclid:16384x32"} {
		q := Parse(name, 0)
		r := fill(q, 1)
		z, ids := normal(r, latents*q.Dim()), make([]int32, latents)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		q.Assign(ids, z)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > all/10 {
			t.Errorf("%s: %d bytes for %d latents, all distances are %d", name, took, latents, all)
		}
	}
}
