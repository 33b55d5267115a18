package vq

// The tensors of a network: their official names, how they lie here and in an
// official file, and with what numbers they begin (docs/4m.md, 2.2 and 9.2).

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"fourmlab/fourm/diffusion"
)

// Param is one tensor of a tokenizer.
type Param = diffusion.Param

// entry describes a tensor.
type entry struct {
	name     string
	shape    []int // here
	official []int // in a file
	turn     turn  // how the numbers of a file come to lie as they do here
	fill     func(i int) float32
	trained  bool // by a gradient
	made     bool // can be made where a file lacks it
	r        *rand.Rand
}

// turn swaps the two middle axes of (outer, x, y, inner); the zero value swaps
// nothing. Patches lie by pixels here, and by channels in official files.
type turn struct{ outer, x, y, inner int }

// back is the way from here into a file.
func (t turn) back() turn { return turn{t.outer, t.y, t.x, t.inner} }

// of gives the numbers turned; they are the caller's own where nothing is.
func (t turn) of(v []float32) []float32 {
	if t.x <= 1 || t.y <= 1 {
		return v
	}
	out := make([]float32, len(v))
	for o := range t.outer {
		for i := range t.x {
			for j := range t.y {
				copy(out[((o*t.y+j)*t.x+i)*t.inner:][:t.inner], v[((o*t.x+i)*t.y+j)*t.inner:])
			}
		}
	}
	return out
}

// layout lists the tensors of a network, but for those of its quantizer, in the
// order in which their first numbers are drawn.
func (s Spec) layout(seed int64) []entry {
	l := lister{r: rand.New(rand.NewPCG(uint64(seed), 11))}
	if s.Enc.Kind == Identity {
		return nil
	}
	if s.Labels > 0 {
		l.add(entry{name: "cls_emb.weight", shape: []int{s.Labels, s.Channels}, fill: func(int) float32 { return float32(l.r.NormFloat64()) }, trained: true})
	}
	p := s.encPatch()
	if s.Enc.mlp() {
		l.mlp("encoder", s.Enc, s.Channels, s.Enc.Dim)
	} else {
		pixels := p[0] * p[1]
		w := l.linear("encoder.proj", s.Enc.Dim, s.Channels*pixels, 1)
		w.official, w.turn = []int{s.Enc.Dim, s.Channels, p[0], p[1]}, turn{s.Enc.Dim, s.Channels, pixels, 1}
		l.body("encoder", s.Enc, s.PostMLP)
		l.positions("encoder", s.Enc, s.grid(s.EncSize, s.Patch))
	}
	pointwise := func(name string, out, in int) {
		w := l.linear(name, out, in, 1)
		w.official = []int{out, in, 1, 1}
	}
	pointwise("quant_proj", s.Latent, s.Enc.Dim)
	if s.Dec.Kind == NoDecoder {
		return l.entries()
	}
	pointwise("post_quant_proj", s.Dec.Dim, s.Latent)
	if s.Dec.mlp() {
		l.mlp("decoder", s.Dec, s.Dec.Dim, s.out())
		return l.entries()
	}
	p = s.decPatch()
	pixels, c := p[0]*p[1], s.out()
	l.body("decoder", s.Dec, s.PostMLP)
	w := l.linear("decoder.out_proj", pixels*c, s.Dec.Dim, 1)
	w.turn = turn{1, c, pixels, s.Dec.Dim}
	l.all[len(l.all)-1].turn = turn{1, c, pixels, 1}
	if s.OutConv {
		for i := range 2 {
			l.convolution(fmt.Sprintf("decoder.out_conv.%d.", i), c, 1e-6)
		}
	}
	l.positions("decoder", s.Dec, s.grid(s.DecSize, s.DecPatch))
	return l.entries()
}

// lister collects entries.
type lister struct {
	r   *rand.Rand
	all []*entry
}

func (l *lister) entries() []entry {
	out := make([]entry, len(l.all))
	for i, e := range l.all {
		if e.official == nil {
			e.official = e.shape
		}
		e.r = l.r
		out[i] = *e
	}
	return out
}

func (l *lister) add(e entry) *entry {
	l.all = append(l.all, &e)
	return &e
}

func one(int) float32  { return 1 }
func zero(int) float32 { return 0 }

// linear adds a map, whose weight it gives, and its bias: Xavier uniform, packed
// ones counted by their parts, and zeros.
func (l *lister) linear(name string, out, in, packed int) *entry {
	bound := math.Sqrt(6 / (float64(out)/float64(packed) + float64(in)))
	w := l.add(entry{name: name + ".weight", shape: []int{out, in}, fill: func(int) float32 { return float32((2*l.r.Float64() - 1) * bound) }, trained: true})
	l.add(entry{name: name + ".bias", shape: []int{out}, fill: zero, trained: true})
	return w
}

func (l *lister) norm(name string, d int) {
	l.add(entry{name: name + ".weight", shape: []int{d}, fill: one, trained: true})
	l.add(entry{name: name + ".bias", shape: []int{d}, fill: zero, trained: true})
}

// body adds the blocks of a side: a Transformer's, or ConvNeXt's, whose share in
// the sum begins larger than the official 1e-6, since runs here are short.
func (l *lister) body(side string, a Arch, post bool) {
	for i := range a.Depth {
		switch pre := fmt.Sprintf("%s.blocks.%d.", side, i); a.Kind {
		case Conv:
			l.convolution(pre, a.Dim, 0.1)
		case Local:
			l.feedForward(pre, a)
		default:
			l.attention(pre, a)
			l.feedForward(pre, a)
		}
	}
	if post && a.Kind == ViT {
		l.norm(side+".norm_mlp", a.Dim)
		l.linear(side+".post_mlp.fc1", a.hidden(), a.Dim, 1)
		l.linear(side+".post_mlp.fc2", a.Dim, a.hidden(), 1)
	}
}

// attention adds the first half of a Transformer's block.
func (l *lister) attention(pre string, a Arch) {
	l.norm(pre+"norm1", a.Dim)
	l.linear(pre+"attn.qkv", 3*a.Dim, a.Dim, 3)
	if a.NoQKV {
		l.all = l.all[:len(l.all)-1]
	}
	l.linear(pre+"attn.proj", a.Dim, a.Dim, 1)
}

// feedForward adds the second half.
func (l *lister) feedForward(pre string, a Arch) {
	l.norm(pre+"norm2", a.Dim)
	l.linear(pre+"mlp.fc1", a.hidden(), a.Dim, 1)
	l.linear(pre+"mlp.fc2", a.Dim, a.hidden(), 1)
}

// positions adds a Transformer's table, as the official code makes it.
func (l *lister) positions(side string, a Arch, grid [2]int) {
	if a.Kind != ViT {
		return
	}
	n, d := grid[0]*grid[1], a.Dim
	l.add(entry{name: side + ".pos_emb", shape: []int{n, d}, official: []int{1, d, grid[0], grid[1]}, turn: turn{1, d, n, 1}, made: true})
}

// mlp adds a network that maps places one by one.
func (l *lister) mlp(side string, a Arch, in, out int) {
	l.linear(side+".linear_in", a.Dim, in, 1)
	for i := range a.Depth {
		if a.Kind == PlainMLP {
			l.linear(fmt.Sprintf("%s.layers.%d", side, i), a.Dim, a.Dim, 1)
		} else {
			l.linear(fmt.Sprintf("%s.blocks.%d.block.0", side, i), a.hidden(), a.Dim, 1)
			l.linear(fmt.Sprintf("%s.blocks.%d.block.2", side, i), a.Dim, a.hidden(), 1)
		}
		l.norm(fmt.Sprintf("%s.layernorms.%d", side, i), a.Dim)
	}
	l.linear(side+".linear_out", out, a.Dim, 1)
}

const convSide = 7 // pixels of a convolution's kernel

// convolution adds a block of ConvNeXt (Liu et al., arXiv 2201.03545).
func (l *lister) convolution(pre string, c int, gamma float32) {
	l.add(entry{name: pre + "gamma", shape: []int{c}, fill: func(int) float32 { return gamma }, trained: true})
	w := l.linear(pre+"dwconv", c, convSide*convSide, 1)
	w.official = []int{c, 1, convSide, convSide}
	l.norm(pre+"norm", c)
	l.linear(pre+"pwconv1", 4*c, c, 1)
	l.linear(pre+"pwconv2", c, 4*c, 1)
}

// count gives the numbers of a shape.
func count(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// side gives the side that a position table is of.
func (e entry) side() string { return strings.TrimSuffix(e.name, ".pos_emb") }

// fits tells whether a shape is the one that an official file has. A position
// table may be of any grid.
func (e entry) fits(shape []int) bool {
	if e.made && len(shape) == 4 {
		return shape[0] == 1 && shape[1] == e.official[1] && shape[2] > 0 && shape[3] > 0
	}
	return slices.Equal(shape, e.official)
}
