package vq

// A network of the official family over arrays: pictures of any size to code
// numbers and back.

import (
	"context"
	"fmt"
	"math"
	"sync"

	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/quantize"
	"fourmlab/internal/memory"
)

// Network is a tokenizer's encoder, quantizer and decoder with their numbers. It
// is not safe for concurrent use.
type Network struct {
	Spec Spec
	// Params are the tensors by their official names but for position tables;
	// patches lie by pixels in them, not by channels (see Save for a file).
	Params map[string]*Param
	// Tape makes gorgonia's TapeMachine run the graphs.
	Tape bool
	// Sampler is how a diffusion decoder draws pictures.
	Sampler diffusion.Sampler

	entries []entry
	quant   quantize.Quantizer
	drawer  *diffusion.Decoder // of a diffusion decoder; nil: the decoder is none
	pos     map[string]table   // "encoder", "decoder"
	graphs  map[string]*graph
	mu      sync.Mutex // of the tokenizers that share the network
}

// Images are arrays as the official code has them: (B, C, H, W); of class ids C
// is 1.
type Images struct {
	B, C, H, W int
	Data       []float32
}

// Codes are code numbers (B, Books, Rows, Cols).
type Codes struct {
	B, Books, Rows, Cols int
	IDs                  []int32
}

// outline makes a network without numbers and without position tables.
func outline(s Spec, seed int64) *Network {
	return &Network{Spec: s, Params: map[string]*Param{}, entries: s.layout(seed), pos: map[string]table{}}
}

// place makes a position table as the official code does.
func (n *Network) place(e entry) {
	rows, cols, d := e.official[2], e.official[3], e.official[1]
	memory.Need("fourm.LoadTokenizer", 4*float64(rows)*float64(cols)*float64(d), "%s of %dx%d places: it", e.name, rows, cols)
	n.pos[e.side()] = officialTable(rows, cols, d)
}

// books makes the quantizer; its tensors are parameters like others.
func (n *Network) books() {
	n.quant = n.Spec.quantizer()
	for _, t := range n.quant.Tensors() {
		n.Params["quantize."+t.Name] = &Param{Shape: t.Shape, Data: t.Data}
	}
}

// numbers counts those that are learned, the codes among them.
func (n *Network) numbers() int {
	sum := 0
	for _, e := range n.entries {
		if e.trained {
			sum += count(e.shape)
		}
	}
	for _, t := range n.quant.Tensors() {
		if t.Trained || "quantize."+t.Name == codebook {
			sum += len(t.Data)
		}
	}
	if n.drawer != nil {
		for _, name := range n.drawer.Learned() {
			sum += len(n.drawer.Params[name].Data)
		}
	}
	return sum
}

// Pass is what the parts of a network give of a batch. All but Tokens are (B, C,
// H, W).
type Pass struct {
	Prepared Images // what the encoder sees
	Encoded  Images
	Latents  Images
	Quant    Images // what the decoder sees
	Tokens   Codes
	Decoded  Images // of the tokens; none where there is no decoder
}

// Encode gives the code numbers of a batch.
func (n *Network) Encode(ctx context.Context, x Images) (Codes, error) {
	g, err := n.encoded(ctx, x)
	if err != nil {
		return Codes{}, err
	}
	return n.assign(g), nil
}

// encoded runs the encoder.
func (n *Network) encoded(ctx context.Context, x Images) (*graph, error) {
	rows, cols, err := n.fits(x)
	if err != nil {
		return nil, err
	}
	g := n.graph(encoding, Loss{}, x.B, rows, cols)
	if err := g.put(x); err != nil {
		return nil, err
	}
	return g, g.m.Run(ctx)
}

func (n *Network) assign(g *graph) Codes {
	c := Codes{g.b, n.quant.Books(), g.rows, g.cols, make([]int32, g.b*g.rows*g.cols*n.quant.Books())}
	ids := make([]int32, len(c.IDs)) // (B, T, books)
	n.quant.Assign(ids, g.m.Floats(g.z))
	c.each(func(row, book, at int) { c.IDs[at] = ids[row*c.Books+book] })
	return c
}

// each calls f with the place of each code number in rows of books and in IDs.
func (c Codes) each(f func(row, book, at int)) {
	t := c.Rows * c.Cols
	for at := range c.IDs {
		f(at/(c.Books*t)*t+at%t, at/t%c.Books, at)
	}
}

// vectors gives what the decoder sees of code numbers, (B, T, L).
func (n *Network) vectors(c Codes) ([]float32, error) {
	if c.Books != n.quant.Books() || len(c.IDs) != c.B*c.Books*c.Rows*c.Cols || len(c.IDs) == 0 {
		return nil, fmt.Errorf("vq: %d code numbers of %d samples in %d books of %dx%d, expected %d books", len(c.IDs), c.B, c.Books, c.Rows, c.Cols, n.quant.Books())
	}
	ids := make([]int32, len(c.IDs))
	c.each(func(row, book, at int) { ids[row*c.Books+book] = c.IDs[at] })
	out := make([]float32, c.B*c.Rows*c.Cols*n.Spec.Latent)
	for i, id := range c.IDs {
		if id < 0 || int(id) >= n.quant.Codes() {
			return nil, fmt.Errorf("vq: sample %d: code %d at place %d, expected one below %d", i/(len(c.IDs)/c.B), id, i%(c.Rows*c.Cols), n.quant.Codes())
		}
	}
	return out, n.quant.Embed(out, ids)
}

// Inspect gives all that the parts of the network give of a batch.
func (n *Network) Inspect(ctx context.Context, x Images) (Pass, error) {
	g, err := n.encoded(ctx, x)
	if err != nil {
		return Pass{}, err
	}
	p := Pass{Tokens: n.assign(g), Prepared: g.prepared(), Encoded: g.planes(g.m.Floats(g.encoded)), Latents: g.planes(g.m.Floats(g.z))}
	v, err := n.vectors(p.Tokens)
	if err != nil {
		return Pass{}, err
	}
	p.Quant = g.planes(v)
	if n.decodes() == nil {
		p.Decoded, err = n.Decode(ctx, p.Tokens)
	}
	return p, err
}

// fits gives the grid of tokens of a batch, or says why it is none.
func (n *Network) fits(x Images) (rows, cols int, err error) {
	p, c := n.Spec.encPatch(), n.Spec.Channels
	if n.Spec.Labels > 0 {
		c = 1
	}
	switch {
	case x.B < 1 || len(x.Data) != x.B*x.C*x.H*x.W || len(x.Data) == 0:
		return 0, 0, fmt.Errorf("vq: %d numbers for %d samples of %dx%dx%d", len(x.Data), x.B, x.H, x.W, x.C)
	case x.C != c:
		return 0, 0, fmt.Errorf("vq: samples of %d numbers a place, expected %d", x.C, c)
	case x.H%p[0] != 0 || x.W%p[1] != 0:
		return 0, 0, fmt.Errorf("vq: pictures of %dx%d, expected multiples of the patch of %dx%d", x.H, x.W, p[0], p[1])
	}
	rows, cols = x.H/p[0], x.W/p[1]
	need := 4 * float64(x.B*rows*cols) * float64(n.Spec.Enc.Dim*8+p[0]*p[1]*n.Spec.Channels)
	if free, ok := memory.Fits(need); !ok {
		return 0, 0, fmt.Errorf("vq: %d pictures of %dx%d need %.3g bytes of memory, %.3g are free", x.B, x.H, x.W, need, free)
	}
	return rows, cols, nil
}

// mean and deviation of ImageNet's pixels, which undo_std takes back.
var imageNet = [2][3]float64{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}}

// put writes a batch into the graph's input, patch by patch.
func (g *graph) put(x Images) error {
	s := g.n.Spec
	p := s.encPatch()
	grid := cpu.PatchGrid{B: x.B, Rows: g.rows, Cols: g.cols, H: p[0], W: p[1], C: x.C}
	pix := x.pixels()
	for i, v := range pix {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("vq: sample %d has the number %g at row %d, column %d", i/(x.H*x.W*x.C), v, i/(x.W*x.C)%x.H, i/x.C%x.W)
		}
	}
	if s.Labels > 0 {
		ids := make([]float32, len(pix))
		cpu.Patch(ids, pix, grid)
		for i, v := range ids {
			if v < 0 || v >= float32(s.Labels) || v != float32(math.Trunc(float64(v))) {
				return fmt.Errorf("vq: class %g in sample %d, expected a whole number below %d", v, i/(x.H*x.W), s.Labels)
			}
			g.index[2*i+1] = int32(v)
		}
		return nil
	}
	if s.UndoStd {
		for i, v := range pix {
			c := i % 3
			pix[i] = float32(2*(float64(v)*imageNet[1][c]+imageNet[0][c]) - 1)
		}
	}
	cpu.Patch(g.in, pix, grid)
	return nil
}

// pixels gives (B, H, W, C).
func (x Images) pixels() []float32 {
	out := turn{x.B, x.C, x.H * x.W, 1}.of(x.Data)
	if x.C == 1 || x.H*x.W == 1 {
		out = append([]float32(nil), x.Data...)
	}
	return out
}

// images gives (B, C, H, W) of (B, H, W, C).
func images(pix []float32, b, h, w, c int) Images {
	return Images{b, c, h, w, append([]float32(nil), turn{b, h * w, c, 1}.of(pix)...)}
}

// planes gives tokens (B, T, C) as images.
func (g *graph) planes(v []float32) Images {
	return images(v, g.b, g.rows, g.cols, len(v)/(g.b*g.rows*g.cols))
}

// prepared gives what the encoder sees.
func (g *graph) prepared() Images {
	s, x := g.n.Spec, g.in
	if s.Labels > 0 {
		x = make([]float32, len(g.index)/2*s.Channels)
		cpu.Gather(x, g.index, [][]float32{g.n.Params["cls_emb.weight"].Data}, s.Channels)
	}
	return g.unpatched(x, s.encPatch(), s.Channels)
}

// output gives what came out of the decoder.
func (g *graph) output() diffusion.Pictures {
	s := g.n.Spec
	p, v := s.decPatch(), g.m.Floats(g.out)
	out := diffusion.Pictures{B: g.b, H: g.rows * p[0], W: g.cols * p[1], C: s.out(), Data: make([]float32, len(v))}
	if s.OutConv && !s.Dec.mlp() { // pictures already
		copy(out.Data, v)
	} else {
		cpu.Unpatch(out.Data, v, cpu.PatchGrid{B: g.b, Rows: g.rows, Cols: g.cols, H: p[0], W: p[1], C: out.C})
	}
	return out
}

func (g *graph) unpatched(x []float32, p [2]int, c int) Images {
	pix := make([]float32, len(x))
	cpu.Unpatch(pix, x, cpu.PatchGrid{B: g.b, Rows: g.rows, Cols: g.cols, H: p[0], W: p[1], C: c})
	return images(pix, g.b, g.rows*p[0], g.cols*p[1], c)
}
