package vq

// From codes to pictures: by a decoder that says them in one pass, or by one that
// draws them from noise.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/modality"
)

// Decode gives what code numbers stand for. A diffusion decoder draws it as
// Sampler says; pictures of a batch begin with the same noise, so that a seed and
// its own codes decide each, unless Sampler.Noise draws it.
func (n *Network) Decode(ctx context.Context, c Codes) (Images, error) {
	p, err := n.draw(ctx, c, nil, n.Sampler)
	if err != nil {
		return Images{}, err
	}
	return images(p.Data, p.B, p.H, p.W, p.C), nil
}

// decodes refuses what has no decoder.
func (n *Network) decodes() error {
	if n.Spec.Dec.Kind == NoDecoder && n.drawer == nil {
		return fmt.Errorf("vq: the tokenizer has no decoder; it can tokenize, but not decode")
	}
	return nil
}

// draw gives the pictures of code numbers in the network's units, which a diffusion
// decoder draws. What hidden (B, Rows, Cols) names the decoder is not told; nil: it
// is told all.
func (n *Network) draw(ctx context.Context, c Codes, hidden []bool, s diffusion.Sampler) (diffusion.Pictures, error) {
	if err := n.decodes(); err != nil {
		return diffusion.Pictures{}, err
	}
	if n.drawer == nil {
		return n.say(ctx, c, hidden)
	}
	v, err := n.vectors(c)
	if err != nil {
		return diffusion.Pictures{}, err
	}
	patch := n.Spec.decPatch()
	if s.Noise == nil {
		s.Noise = alike(s.Seed, c.B)
	}
	p, err := n.Diffusion().Sample(ctx, diffusion.Condition{B: c.B, H: c.Rows, W: c.Cols, C: n.Spec.Latent, Data: v, Hidden: hidden}, c.Rows*patch[0], c.Cols*patch[1], s)
	if err != nil || n.Spec.Residual == 0 {
		return p, err
	}
	first, err := n.say(ctx, c, hidden)
	for i, v := range first.Data {
		p.Data[i] = v + float32(n.Spec.Residual)*p.Data[i]
	}
	return p, err
}

// say gives what the decoder that needs one pass says, as draw does. The pictures
// stay until the next call.
func (n *Network) say(ctx context.Context, c Codes, hidden []bool) (diffusion.Pictures, error) {
	v, err := n.vectors(c)
	if err != nil {
		return diffusion.Pictures{}, err
	}
	g, l := n.graph(decoding, Loss{}, c.B, c.Rows, c.Cols), n.Spec.Latent
	copy(g.codes, v)
	for i, h := range hidden {
		if h {
			clear(g.codes[i*l : (i+1)*l])
		}
	}
	if err := g.m.Run(ctx); err != nil {
		return diffusion.Pictures{}, err
	}
	return g.output(), nil
}

// alike draws noise of which each of b pictures gets the same.
func alike(seed int64, b int) func(noise []float32) {
	r := rand.New(rand.NewPCG(uint64(seed), 21))
	return func(noise []float32) {
		one := len(noise) / b
		for i := range one {
			noise[i] = float32(r.NormFloat64())
		}
		for i := one; i < len(noise); i += one {
			copy(noise[i:i+one], noise)
		}
	}
}

// Decode gives the picture of tokens; a diffusion decoder draws it as Sampler
// says. What ids of -1 would show is blank, as the look has it: white, no depth,
// class 0.
func (t *Tokenizer) Decode(tk modality.Tokens) (any, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	t.net.mu.Lock()
	defer t.net.mu.Unlock()
	c, err := t.codes(tk)
	if err != nil {
		return nil, err
	}
	places := c.Rows * c.Cols
	hidden, open := make([]bool, places), []int{}
	for i, id := range c.IDs {
		switch {
		case id < 0:
			c.IDs[i] = 0
			if t.net.Spec.Enc.Kind == Identity { // each number is a book by itself
				open = append(open, i%places*c.Books+i/places)
			} else {
				hidden[i%places] = true
			}
		case int(id) >= t.net.Spec.Codes:
			return nil, fmt.Errorf("vq: token %d of %s, expected one below %d", id, t.Of.Name, t.net.Spec.Codes)
		}
	}
	all, err := t.net.draw(context.Background(), c, hidden, t.Sampler)
	if err != nil {
		return nil, err
	}
	p := t.picture(all, 0)
	for _, i := range open {
		p.Pix[i] = t.Of.Look.Spec().Blank
	}
	patch := t.net.Spec.decPatch()
	for i, h := range hidden {
		if h {
			blank(p, i/c.Cols*patch[0], i%c.Cols*patch[1], patch, t.Of.Look.Spec().Blank)
		}
	}
	return p, nil
}

// codes gives tokens as a batch of one.
func (t *Tokenizer) codes(tk modality.Tokens) (Codes, error) {
	books, rows, cols := t.net.Spec.Books, t.rows(), t.cols()
	if t.free && tk.Rows%books == 0 && tk.Rows*tk.Cols == len(tk.IDs) && len(tk.IDs) > 0 && !t.net.Spec.Enc.mlp() {
		rows, cols = tk.Rows/books, tk.Cols
	}
	if len(tk.IDs) != books*rows*cols {
		return Codes{}, fmt.Errorf("vq: %d tokens of %s, expected %d", len(tk.IDs), t.Of.Name, books*rows*cols)
	}
	c := Codes{1, books, rows, cols, make([]int32, len(tk.IDs))}
	for i, id := range tk.IDs {
		c.IDs[i] = int32(min(max(id, -1), math.MaxInt32))
	}
	return c, nil
}

// blank clears a patch of which nothing is known yet.
func blank(p *modality.Picture, y0, x0 int, n [2]int, v float32) {
	for y := y0; y < y0+n[0]; y++ {
		for x := x0; x < x0+n[1]; x++ {
			for c := range p.C {
				p.Set(y, x, c, v)
			}
		}
	}
}

// atOnce is how many codes are drawn in a batch.
const atOnce = 16

// Entries gives a picture of every code: the middle patch of a grid that shows
// it everywhere.
func (t *Tokenizer) Entries() ([]*modality.Picture, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	t.net.mu.Lock()
	defer t.net.mu.Unlock()
	var out []*modality.Picture
	rows, cols := t.rows(), t.cols()
	patch := t.net.Spec.decPatch()
	for from := 0; from < t.net.Spec.Codes; from += atOnce {
		c := Codes{B: min(atOnce, t.net.Spec.Codes-from), Books: t.net.Spec.Books, Rows: rows, Cols: cols}
		c.IDs = make([]int32, c.B*c.Books*rows*cols)
		for i := range c.IDs {
			c.IDs[i] = int32(from + i/(c.Books*rows*cols))
		}
		all, err := t.net.draw(context.Background(), c, nil, t.Sampler)
		if err != nil {
			return nil, err
		}
		for b := range c.B {
			p := t.picture(all, b)
			y0, x0 := rows/2*patch[0], cols/2*patch[1]
			q := modality.NewPicture(patch[0], patch[1], p.C)
			for y := range q.H {
				copy(q.Pix[y*q.W*p.C:(y+1)*q.W*p.C], p.Pix[((y0+y)*p.W+x0)*p.C:])
			}
			out = append(out, q)
		}
	}
	return out, nil
}
