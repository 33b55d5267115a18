package parity

// Kind vq_ema: a codebook over steps of training, with its moving averages and
// the codes that are put elsewhere.

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/fourm/quantize"
	"fourmlab/internal/fault"
)

func init() { register("vq_ema", codebooks) }

// codebookCase is one codebook and its steps; what is left out is what the
// official class has by default.
type codebookCase struct {
	Dim      int      `json:"dim"`
	Codes    int      `json:"codebook_size"`
	Heads    int      `json:"heads"`
	Decay    *float64 `json:"decay"`
	Cosine   bool     `json:"cosine"`
	Unit     bool     `json:"norm_latents"`
	Commit   *float64 `json:"commit"`
	Dead     float64  `json:"dead"`
	Policy   string   `json:"policy"`
	Steps    int      `json:"steps"`
	Recorded []draw   `json:"random_draws"`
}

// draw is one call of a random function of the official code.
type draw struct {
	Fn    string          `json:"fn"`
	Value json.RawMessage `json:"value"`
}

func codebooks(f *Fixture, r *Report) error {
	var d struct {
		Cases map[string]codebookCase `json:"cases"`
	}
	if err := f.JSON("config.json", &d); err != nil {
		return err
	}
	in, err := f.Tensors("cases.safetensors")
	if err != nil {
		return err
	}
	tol, err := f.tolerances()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.Cases)) {
		x := d.Cases[name]
		if err := x.run(name+".", f, &compared{r: r, tol: tol, want: in, seen: map[string]bool{}}); err != nil {
			return fmt.Errorf("case %s: %w", name, err)
		}
	}
	return nil
}

// run takes the steps of a case: latents in, code numbers, loss and gradients,
// and the codebook after each.
func (x codebookCase) run(name string, f *Fixture, c *compared) error {
	book := quantize.Codebook{Dim: x.Dim, Codes: x.Codes, Heads: x.Heads, Cosine: x.Cosine, UnitLatents: x.Unit,
		Commitment: 1, Decay: 0.8, Threshold: x.Dead, Policy: "batch_random"}
	if x.Commit != nil {
		book.Commitment = *x.Commit
	}
	if x.Decay != nil {
		book.Decay = *x.Decay
	}
	if x.Policy != "" {
		book.Policy = x.Policy
	}
	if x.Dim < 1 || x.Codes < 1 || x.Steps < 1 {
		return fmt.Errorf("%d codes of %d numbers over %d steps, expected at least one of each", x.Codes, x.Dim, x.Steps)
	}
	if book.Policy != "batch_random" && book.Policy != "linde_buzo_gray" {
		return fmt.Errorf("unknown policy %q, expected batch_random or linde_buzo_gray", book.Policy)
	}
	q := quantize.NewCodebook(book)
	begun := true
	for _, t := range q.Tensors() {
		full := name + "before." + t.Name
		v, ok := c.want[full]
		if !ok || len(v.F) != len(t.Data) {
			return fmt.Errorf("tensor %q of shape %v, expected %v", full, v.Shape, t.Shape)
		}
		copy(t.Data, v.F)
		begun = begun && (!strings.HasSuffix(t.Name, "initted") || v.F[0] != 0)
	}
	chance := &recordedDraws{all: x.Recorded}
	for s := range x.Steps {
		step := fmt.Sprintf("%sstep%d.", name, s)
		z, ok := c.want[step+"x"]
		if !ok || len(z.Shape) != 4 || z.Shape[1] != x.Dim {
			return fmt.Errorf("tensor %q of shape %v, expected (batch, %d, height, width)", step+"x", z.Shape, x.Dim)
		}
		rows := channelsLast(z.F, z.Shape)
		if b, ok := q.(quantize.Beginner); ok && !begun {
			b.Begin(rows, chance)
			begun = true
		}
		ids := make([]int32, len(rows)/x.Dim*q.Books())
		q.Assign(ids, rows)
		if w, ok := c.want[step+"indices"]; ok {
			c.r.Ints("code numbers", step+"indices", channelsFirst(whole(ids), q.Books(), z.Shape), w.I)
		}
		out, loss, grad, err := objective(f, q, rows, z.Shape)
		if err != nil {
			return err
		}
		c.floats("code vectors", step+"quant", out)
		c.number("losses", step+"loss", float64(loss))
		c.floats("gradients", step+"grad_x", grad)
		q.Update(rows, chance)
		for _, t := range q.Tensors() {
			c.floats(t.Name, step+"after."+t.Name, t.Data)
		}
	}
	if left := chance.left(); left > 0 {
		return fmt.Errorf("%d recorded draws were not asked for", left)
	}
	return nil
}

// objective runs a quantizer's graph by latents (R, Dim) and gives its results
// as the official code lays them out, channels before places: what the decoder
// sees, the loss, and the gradient of that loss plus the sum of what the decoder
// sees weighed by numbers from -1 to 1.
func objective(f *Fixture, q quantize.Quantizer, rows []float32, shape []int) (out []float32, loss float32, grad []float32, err error) {
	g := G.NewGraph()
	z := ops.Input(g, "z", []int{len(rows) / q.Dim(), q.Dim()}, rows)
	nodes := map[string]*G.Node{}
	y, lost := q.Quantize(z, func(name string) *G.Node {
		for _, t := range q.Tensors() {
			if t.Name == name && nodes[name] == nil {
				nodes[name] = ops.Input(g, name, t.Shape, t.Data)
			}
		}
		return nodes[name]
	})
	along := ops.Input(g, "along", y.Shape(), channelsLast(ramp(len(rows)), shape))
	sides, seeds := G.Nodes{y}, G.Nodes{along}
	if lost != nil {
		sides, seeds = append(sides, lost), append(seeds, G.NewScalar(g, G.Float32, G.WithName("one"), G.WithValue(float32(1))))
	}
	grads, err := G.Backpropagate(sides, seeds, G.Nodes{z})
	if err != nil {
		return nil, 0, nil, err
	}
	vm, err := f.machine(g, append(sides, grads...)...)
	if err == nil {
		err = vm.Run(context.Background())
	}
	if err != nil {
		return nil, 0, nil, err
	}
	if lost != nil {
		loss = vm.Floats(lost)[0]
	}
	return channelsFirst(vm.Floats(y), q.Dim(), shape), loss, channelsFirst(vm.Floats(grads[0]), q.Dim(), shape), vm.Close()
}

// machine compiles a graph for the machine that the run asks for.
func (f *Fixture) machine(g *G.ExprGraph, outputs ...*G.Node) (exec.VM, error) {
	if f.tape {
		return exec.NewTape(g, outputs...)
	}
	return exec.New(g, outputs...)
}

// ramp gives n numbers from -1 to 1 in even steps.
func ramp(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(2*float64(i)/float64(max(n-1, 1)) - 1)
	}
	return out
}

// channelsLast turns (B, C, H, W) into (B, H, W, C).
func channelsLast(x []float32, shape []int) []float32 {
	c := shape[1]
	places := len(x) / shape[0] / c
	out := make([]float32, len(x))
	for i := range out {
		b, p, k := i/(places*c), i/c%places, i%c
		out[i] = x[(b*c+k)*places+p]
	}
	return out
}

// channelsFirst turns (B, H, W, C) into (B, C, H, W), shape being that of
// whatever has as many places.
func channelsFirst[T any](x []T, c int, shape []int) []T {
	places := len(x) / shape[0] / c
	out := make([]T, len(x))
	for i := range x {
		b, p, k := i/(places*c), i/c%places, i%c
		out[(b*c+k)*places+p] = x[i]
	}
	return out
}

func whole(ids []int32) []int {
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = int(id)
	}
	return out
}

// recordedDraws is chance by a recording.
type recordedDraws struct {
	all  []draw
	rest []int // of torch.randint
}

// next gives the numbers of the next call of a function. The noise on codes that
// are split is passed over: it vanishes in float32.
func (d *recordedDraws) next(fn string, below int) []int {
	for len(d.all) > 0 && strings.Contains(d.all[0].Fn, "randn") {
		d.all = d.all[1:]
	}
	var v []int
	switch {
	case len(d.all) == 0:
		fault.Panic("parity", "%s of %d: no draw is left", fn, below)
	case !strings.Contains(d.all[0].Fn, fn):
		fault.Panic("parity", "%s of %d: the next draw is of %s", fn, below, d.all[0].Fn)
	case json.Unmarshal(d.all[0].Value, &v) != nil:
		fault.Panic("parity", "%s of %d: the draw holds no list of whole numbers", fn, below)
	case len(v) == 0 || slices.Max(v) >= below || slices.Min(v) < 0:
		fault.Panic("parity", "%s of %d: the draw holds %v", fn, below, v)
	}
	d.all = d.all[1:]
	return v
}

func (d *recordedDraws) Perm(n int) []int {
	v := d.next("randperm", n)
	if len(v) != n {
		fault.Panic("parity", "randperm of %d: the draw holds %d numbers", n, len(v))
	}
	return v
}

func (d *recordedDraws) IntN(n int) int {
	if len(d.rest) == 0 {
		d.rest = d.next("randint", n)
	}
	v := d.rest[0]
	d.rest = d.rest[1:]
	return v
}

// left counts the draws that nobody asked for.
func (d *recordedDraws) left() int {
	n := len(d.rest)
	for _, x := range d.all {
		if !strings.Contains(x.Fn, "randn") {
			n++
		}
	}
	return n
}
