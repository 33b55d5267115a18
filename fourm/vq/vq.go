package vq

// The tokenizer: pictures to codes and back.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// VQ says how a tokenizer is made. Zero values stand for the lab's defaults. The
// official key of each field: docs/4m.md, 10.4.
type VQ struct {
	Vocab  int     `json:"vocab"`  // codes; 0 stands for the modality's
	Steps  int     `json:"steps"`  // 0 stands for 300
	Batch  int     `json:"batch"`  // pictures a step; 0 stands for 16
	Dim    int     `json:"dim"`    // width; 0 stands for 64
	Depth  int     `json:"depth"`  // Transformer blocks on either side; 0 stands for 1
	Latent int     `json:"latent"` // numbers a code; 0 stands for 16
	LR     float64 `json:"lr"`     // peak; 0 stands for 5e-3
	Seed   int64   `json:"seed"`
}

func (c VQ) resolved(m modality.Modality) VQ {
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def(&c.Vocab, m.Vocab)
	def(&c.Steps, 300)
	def(&c.Batch, 16)
	def(&c.Dim, 64)
	def(&c.Depth, 1)
	def(&c.Latent, 16)
	if c.LR == 0 {
		c.LR = 5e-3
	}
	for what, v := range map[string]int{"vocab": c.Vocab - 1, "steps": c.Steps, "batch": c.Batch, "dim": c.Dim, "depth": c.Depth, "latent": c.Latent} {
		if v < 1 {
			fault.Panic("fourm.TrainTokenizer", "%s of %s is too small", what, m.Name)
		}
	}
	if c.Dim%heads != 0 || c.Dim%4 != 0 {
		fault.Panic("fourm.TrainTokenizer", "dim %d is no multiple of %d", c.Dim, heads)
	}
	return c
}

// heads of the tokenizer's attention.
const heads = 4

// Tokenizer is a trained VQ-VAE of one modality; it is a modality.Tokenizer.
// It is safe for concurrent use.
type Tokenizer struct {
	Of     modality.Modality
	Config VQ
	// Scale maps values to what the network sees and back.
	Scale Scale
	// Params are the weights by name; the codebook is "quantize._codebook.embed".
	Params map[string]*Param
	// Loss is the reconstruction loss at the end of training.
	Loss float64
	// Err tells why there is nothing but this: the training failed.
	Err error

	mu   sync.Mutex
	nets map[string]*net
}

// Param is one tensor of the tokenizer.
type Param struct {
	Shape []int
	Data  []float32
}

const codebook = "quantize._codebook.embed"

// tokens gives the number of tokens of a picture.
func (t *Tokenizer) tokens() int { return t.Of.Grid() * t.Of.Cols() }

// Vocab gives the number of codes.
func (t *Tokenizer) Vocab() int { return t.Config.Vocab }

// Range says what values the tokenizer takes.
func (t *Tokenizer) Range() string {
	return t.scaling().takes(t.Of.Look.Spec(), t.Scale)
}

func (t *Tokenizer) String() string {
	if t.Err != nil {
		return fmt.Sprintf("no tokenizer of %s: %v", t.Of.Name, t.Err)
	}
	n := 0
	for _, p := range t.Params {
		n += len(p.Data)
	}
	return fmt.Sprintf("tokenizer of %s: %d codes of %d numbers, %dx%d tokens, %d parameters, takes %s", t.Of.Name, t.Config.Vocab, t.Config.Latent, t.Of.Grid(), t.Of.Cols(), n, t.Range())
}

// Encode gives the tokens of a picture of the modality's size.
func (t *Tokenizer) Encode(value any) (modality.Tokens, error) {
	all, err := t.EncodeAll([]any{value})
	if err != nil {
		return modality.Tokens{}, err
	}
	return all[0], nil
}

// EncodeAll gives the tokens of many pictures, several at a time.
func (t *Tokenizer) EncodeAll(values []any) ([]modality.Tokens, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	var out []modality.Tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.tokens()
	for len(values) > 0 {
		n := t.net("encode", min(32, pow2(len(values))))
		batch := values[:min(n.b, len(values))]
		values = values[len(batch):]
		for i, v := range batch {
			p, err := t.Of.Fit(v)
			if err == nil {
				err = t.put(n, i, p)
			}
			if err != nil {
				return nil, err
			}
		}
		if err := n.m.RunAll(); err != nil {
			return nil, err
		}
		ids := make([]int32, n.b*g)
		cpu.Nearest(ids, n.m.Floats(n.z), t.Params[codebook].Data, t.Config.Latent)
		for i := range batch {
			tk := modality.Tokens{Modality: t.Of.Name, Rows: t.Of.Grid(), Cols: t.Of.Cols(), IDs: make([]int, g)}
			for j := range tk.IDs {
				tk.IDs[j] = int(ids[i*g+j])
			}
			out = append(out, tk.By(t))
		}
	}
	return out, nil
}

// Decode gives the picture of tokens. What ids of -1 would show is blank, as the
// look has it: white, no depth, class 0.
func (t *Tokenizer) Decode(tk modality.Tokens) (any, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g, l := t.tokens(), t.Config.Latent
	if len(tk.IDs) != g {
		return nil, fmt.Errorf("vq: %d tokens of %s, expected %d", len(tk.IDs), t.Of.Name, g)
	}
	n := t.net("decode", 1)
	codes := t.Params[codebook].Data
	for i, id := range tk.IDs {
		dst := n.codes[i*l : i*l+l]
		switch {
		case id < 0:
			clear(dst)
		case id >= t.Config.Vocab:
			return nil, fmt.Errorf("vq: token %d of %s, expected one below %d", id, t.Of.Name, t.Config.Vocab)
		default:
			copy(dst, codes[id*l:])
		}
	}
	if err := n.m.RunAll(); err != nil {
		return nil, err
	}
	p := t.picture(n.m.Floats(n.out))
	for i, id := range tk.IDs {
		if id < 0 {
			blank(p, i/t.Of.Cols()*t.Of.Patch, i%t.Of.Cols()*t.Of.Patch, t.Of.Patch, t.Of.Look.Spec().Blank)
		}
	}
	return p, nil
}

// blank clears a patch of which nothing is known yet.
func blank(p *modality.Picture, y0, x0, n int, v float32) {
	for y := y0; y < y0+n; y++ {
		for x := x0; x < x0+n; x++ {
			for c := range p.C {
				p.Set(y, x, c, v)
			}
		}
	}
}

// Usage counts how often each code is used for the samples of a set, those
// that have the modality. A sample that cannot be read panics with its error.
func (t *Tokenizer) Usage(ds modality.Data) []int {
	const op, chunk = "Tokenizer.Usage", 256
	if ds == nil {
		fault.Panic(op, "the set is nil")
	}
	use := make([]int, t.Config.Vocab)
	for from := 0; from < ds.Len(); from += chunk {
		samples, err := modality.Collect(ds, from, min(from+chunk, ds.Len()))
		if err != nil {
			panic(err)
		}
		var values []any
		for _, s := range samples {
			if s.Has(t.Of.Name) {
				values = append(values, t.Of.MustFit(op, s.Values[t.Of.Name]))
			}
		}
		tokens, err := t.EncodeAll(values)
		if err != nil {
			panic(fmt.Errorf("%s: %w", op, err))
		}
		for _, tk := range tokens {
			for _, id := range tk.IDs {
				use[id]++
			}
		}
	}
	return use
}

// Entries gives a picture of every code: the middle patch of a grid that shows
// it everywhere.
func (t *Tokenizer) Entries() ([]*modality.Picture, error) {
	var out []*modality.Picture
	rows, cols := t.Of.Grid(), t.Of.Cols()
	for id := range t.Config.Vocab {
		tk := modality.Tokens{Modality: t.Of.Name, Rows: rows, Cols: cols, IDs: make([]int, rows*cols)}
		for i := range tk.IDs {
			tk.IDs[i] = id
		}
		v, err := t.Decode(tk)
		if err != nil {
			return nil, err
		}
		p := v.(*modality.Picture)
		n := t.Of.Patch
		y0, x0 := rows/2*n, cols/2*n
		q := modality.NewPicture(n, n, p.C)
		for y := range n {
			copy(q.Pix[y*n*p.C:(y+1)*n*p.C], p.Pix[((y0+y)*p.W+x0)*p.C:])
		}
		out = append(out, q)
	}
	return out, nil
}

func pow2(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}

// declare makes the parameters with their initial values: Xavier uniform for
// linear maps, ones and zeros for norms and biases (docs/4m.md, 2.2).
func (t *Tokenizer) declare() {
	t.Params = map[string]*Param{}
	t.layout(func(name string, fill func(i int) float32, shape ...int) {
		n := 1
		for _, s := range shape {
			n *= s
		}
		p := &Param{shape, make([]float32, n)}
		for i := range p.Data {
			p.Data[i] = fill(i)
		}
		t.Params[name] = p
	})
	// blocks begin as the identity, so that the first steps fit the linear maps
	for _, side := range []string{"encoder", "decoder"} {
		for i := range t.Config.Depth {
			clear(t.Params[fmt.Sprintf("%s.blocks.%d.attn.proj.weight", side, i)].Data)
			clear(t.Params[fmt.Sprintf("%s.blocks.%d.mlp.fc2.weight", side, i)].Data)
		}
	}
}

// layout calls add with the name and the shape of each parameter, and with what
// gives its initial values one after the other.
func (t *Tokenizer) layout(add func(name string, fill func(i int) float32, shape ...int)) {
	r := rand.New(rand.NewPCG(uint64(t.Config.Seed), 11))
	one := func(int) float32 { return 1 }
	zero := func(int) float32 { return 0 }
	linear := func(name string, out, in, packed int) {
		bound := math.Sqrt(6 / (float64(out)/float64(packed) + float64(in)))
		add(name+".weight", func(int) float32 { return float32((2*r.Float64() - 1) * bound) }, out, in)
		add(name+".bias", zero, out)
	}
	norm := func(name string, d int) {
		add(name+".weight", one, d)
		add(name+".bias", zero, d)
	}
	d, l := t.Config.Dim, t.Config.Latent
	in := t.Of.Patch * t.Of.Patch * t.channels()
	out := t.Of.Patch * t.Of.Patch * t.outChannels()
	blocks := func(side string) {
		for i := range t.Config.Depth {
			pre := fmt.Sprintf("%s.blocks.%d.", side, i)
			norm(pre+"norm1", d)
			linear(pre+"attn.qkv", 3*d, d, 3)
			linear(pre+"attn.proj", d, d, 1)
			norm(pre+"norm2", d)
			linear(pre+"mlp.fc1", 4*d, d, 1)
			linear(pre+"mlp.fc2", d, 4*d, 1)
		}
	}
	if t.labels() {
		add("cls_emb.weight", func(int) float32 { return float32(r.NormFloat64()) }, t.Scale.Classes, t.channels())
	}
	linear("encoder.proj", d, in, 1)
	blocks("encoder")
	linear("quant_proj", l, d, 1)
	linear("post_quant_proj", d, l, 1)
	blocks("decoder")
	linear("decoder.out_proj", out, d, 1)
	add(codebook, func(int) float32 { return float32(r.NormFloat64()) }, t.Config.Vocab, l)
}
