package vq

// Vectors that say what a picture looks like as a whole, for distances between
// sets of pictures.

import (
	"context"
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
)

// Statistics names the features that need no weights: of each channel, at full,
// half and quarter size, the mean, the deviation, and the mean sizes of slopes
// and of curvature. They tell blurred pictures from sharp ones, and pale ones from
// strong ones; what is in a picture they do not tell.
const Statistics = "statistics of channels at 3 sizes"

// describer gives the vector of a picture.
type describer func(ctx context.Context, p *modality.Picture) ([]float64, error)

// describer finds features for the tokenizer's pictures: those of a file, else
// statistics, else, of classes, none.
func (t *Tokenizer) describer(path string) (describer, string, error) {
	if path == "" {
		if t.labels() || t.rows() == 1 {
			return nil, "", nil
		}
		return func(_ context.Context, p *modality.Picture) ([]float64, error) { return statistics(p), nil }, Statistics, nil
	}
	f, err := readFeatures(path, t)
	if err != nil {
		return nil, "", err
	}
	in := map[[2]int]*eye{}
	return func(ctx context.Context, p *modality.Picture) ([]float64, error) {
		size := [2]int{p.H, p.W}
		if in[size] == nil {
			e, err := t.eye(f, p)
			if err != nil {
				return nil, err
			}
			in[size] = e
		}
		return in[size].see(ctx, p)
	}, f.name, nil
}

// eye is a network of features for pictures of one size.
type eye struct {
	t   *Tokenizer
	m   exec.VM
	in  []float32
	out *G.Node
}

func (t *Tokenizer) eye(f *features, p *modality.Picture) (*eye, error) {
	g := &graph{b: 1, n: t.net, g: G.NewGraph(), nodes: map[string]*G.Node{}}
	e := &eye{t: t, in: make([]float32, len(p.Pix))}
	all := f.in(g).layers(ops.Input(g.g, "picture", []int{1, p.H, p.W, p.C}, e.in))
	e.out = all[len(all)-1]
	var err error
	e.m, err = exec.New(g.g, e.out)
	return e, err
}

// see gives the mean over places.
func (e *eye) see(ctx context.Context, p *modality.Picture) ([]float64, error) {
	in := e.t.scaling().in(e.t.Scale)
	for i, v := range p.Pix {
		e.in[i] = in(i%p.C, v)
	}
	if err := e.m.Run(ctx); err != nil {
		return nil, err
	}
	x, s := e.m.Floats(e.out), e.out.Shape()
	d := s[len(s)-1]
	out := make([]float64, d)
	for i, v := range x {
		out[i%d] += float64(v) / float64(len(x)/d)
	}
	return out, nil
}

// statistics of a picture.
func statistics(p *modality.Picture) (out []float64) {
	for range 3 {
		for c := range p.C {
			out = append(out, moments4(p, c)...)
		}
		if p.H < 4 || p.W < 4 {
			break
		}
		p = halved(p)
	}
	return out
}

// moments4 gives the mean, the deviation, the mean slope and the mean curvature of
// a channel.
func moments4(p *modality.Picture, c int) []float64 {
	at := func(y, x int) float64 { return float64(p.At(min(y, p.H-1), min(x, p.W-1), c)) }
	n := float64(p.H * p.W)
	var mean, square, slope, bend float64
	for y := range p.H {
		for x := range p.W {
			v, right, below := at(y, x), at(y, x+1), at(y+1, x)
			mean += v / n
			square += v * v / n
			slope += math.Hypot(right-v, below-v) / n
			bend += math.Abs(at(y, x+2)-2*right+v+at(y+2, x)-2*below+v) / n
		}
	}
	return []float64{mean, math.Sqrt(math.Max(square-mean*mean, 0)), slope, bend}
}

// halved gives the means of 2x2 places.
func halved(p *modality.Picture) *modality.Picture {
	q := modality.NewPicture(p.H/2, p.W/2, p.C)
	for y := range q.H {
		for x := range q.W {
			for c := range q.C {
				q.Set(y, x, c, (p.At(2*y, 2*x, c)+p.At(2*y, 2*x+1, c)+p.At(2*y+1, 2*x, c)+p.At(2*y+1, 2*x+1, c))/4)
			}
		}
	}
	return q
}

// distance is Fréchet's, in deviations of the true vectors: each number is divided
// by how much it varies among them.
func distance(features string, truths, guesses [][]float64) float64 {
	if len(truths) < 2 {
		return math.NaN()
	}
	d := len(truths[0])
	scale := make([]float64, d)
	for i := range d {
		mean, square := 0.0, 0.0
		for _, x := range truths {
			mean += x[i] / float64(len(truths))
			square += x[i] * x[i] / float64(len(truths))
		}
		if dev := math.Sqrt(math.Max(square-mean*mean, 0)); dev > 1e-6*(1+math.Abs(mean)) {
			scale[i] = 1 / dev // what never changes tells nothing
		}
	}
	t := metric.Frechet(features).Tally()
	scaled := func(x []float64) []float64 {
		y := make([]float64, d)
		for i, v := range x {
			y[i] = v * scale[i]
		}
		return y
	}
	for i := range truths {
		t.Add(scaled(truths[i]), scaled(guesses[i]))
	}
	return t.Value()
}
