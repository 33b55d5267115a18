package diffusion

// The UViT (Hoogeboom et al., arXiv 2301.11093): a convolutional UNet with a
// Transformer in its middle, to which the condition is added, or which attends
// to it.

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// UViT describes a UViT; its fields are the official arguments.
type UViT struct {
	Channels int   `json:"-"` // numbers of a pixel
	Cond     int   `json:"-"` // numbers of a place of the condition
	Patch    int   `json:"patch_size"`
	Widths   []int `json:"block_out_channels"` // channels by level
	Layers   []int `json:"-"`                  // residual blocks by level, one more on the way up
	Halve    bool  `json:"downsample_before_mid"`
	Groups   int   `json:"norm_num_groups"` // of the norms; 0 stands for 32
	// of the Transformer
	Depth     int     `json:"mid_layers"`
	Heads     int     `json:"mid_num_heads"`
	Dim       int     `json:"mid_dim"`
	MLP       float64 `json:"mid_mlp_ratio"`
	NoQKV     bool    `json:"-"`             // q, k and v have no bias
	Positions int     `json:"mid_hw_posemb"` // side of the table of positions; 0 stands for 32
	LongSkip  bool    `json:"mid_use_long_skip"`
	// Cross lets the Transformer attend to the condition, in place of adding it.
	Cross bool `json:"-"`
	// ScaleShift lets the step scale what it shifts in residual blocks.
	ScaleShift bool    `json:"-"`
	TimeDim    int     `json:"time_embedding_dim"` // width of the embedded step; 0 stands for 4 Widths[0]
	SinesFirst bool    `json:"-"`
	FreqShift  float32 `json:"freq_shift"`
	Eps        float32 `json:"norm_eps"` // of the norms of convolutions; 0 stands for 1e-5
	OutScale   float32 `json:"-"`        // residual blocks are divided by it; 0 stands for 1
}

// resolved fills in what is left out.
func (u UViT) resolved() UViT {
	if u.Groups == 0 {
		u.Groups = 32
	}
	if u.Positions == 0 {
		u.Positions = 32
	}
	if u.Eps == 0 {
		u.Eps = 1e-5
	}
	if u.TimeDim == 0 && len(u.Widths) > 0 {
		u.TimeDim = 4 * u.Widths[0]
	}
	return u
}

func (u UViT) check() error {
	u = u.resolved()
	if u.Patch < 1 || len(u.Widths) == 0 || len(u.Layers) != len(u.Widths) || u.Depth < 1 || u.MLP <= 0 || u.TimeDim < 1 {
		return fmt.Errorf("diffusion: UViT of patch_size %d, block_out_channels %v, layers_per_block %v, mid_layers %d and mid_mlp_ratio %g, expected at least 1 of each", u.Patch, u.Widths, u.Layers, u.Depth, u.MLP)
	}
	if u.Heads < 1 || u.Dim < 4 || u.Dim%u.Heads != 0 || u.Dim%4 != 0 {
		return fmt.Errorf("diffusion: UViT of mid_dim %d and %d heads, expected a multiple of them and of 4", u.Dim, u.Heads)
	}
	for i, c := range u.Widths {
		if c < 1 || u.Groups < 1 || c%u.Groups != 0 || u.Layers[i] < 1 {
			return fmt.Errorf("diffusion: UViT of %d channels in %d groups and %d blocks, expected a multiple of the groups and at least 1 block", c, u.Groups, u.Layers[i])
		}
	}
	if u.LongSkip && u.Depth%2 == 0 {
		return fmt.Errorf("diffusion: UViT of %d layers with long skips, expected an odd number", u.Depth)
	}
	return nil
}

func (u UViT) sizes() sizes {
	n := len(u.Widths) - 1
	if u.Halve {
		n++
	}
	return sizes{u.Channels, u.Channels, u.Cond, u.Patch << n}
}

func (u UViT) fields() layout { return layout{u.Channels, 1} }

func (u UViT) build(g *graph) {
	u = u.resolved()
	g.in = make([]float32, g.b*g.h*g.w*u.Channels)
	x := ops.Input(g.g, "noisy", []int{g.b, g.h, g.w, u.Channels}, g.in)
	x = g.convDefault(x, "conv_in", u.Widths[0], u.Patch, u.Patch, 0)

	g.waves = waves{u.Widths[0], u.SinesFirst, u.FreqShift}
	g.steps = make([]float32, g.b*u.Widths[0])
	e := ops.Input(g.g, "steps", []int{g.b, u.Widths[0]}, g.steps)
	e = ops.Silu(g.linear(e, "time_embedding.linear_1", u.TimeDim, xavier(u.TimeDim, u.Widths[0]), zero))
	g.emb = ops.Silu(g.linear(e, "time_embedding.linear_2", u.TimeDim, xavier(u.TimeDim, u.TimeDim), zero))

	kept := []*G.Node{x}
	for i, c := range u.Widths {
		pre := fmt.Sprintf("down_blocks.%d.", i)
		for k := range u.Layers[i] {
			x = u.residual(g, x, fmt.Sprintf("%sresnets.%d.", pre, k), c)
			kept = append(kept, x)
		}
		if i < len(u.Widths)-1 {
			x = g.convDefault(x, pre+"downsamplers.0.conv", c, 3, 2, 1)
			kept = append(kept, x)
		}
	}
	c := channels(x)
	if u.Halve {
		x = g.convDefault(x, "downsample_mid.conv", c, 3, 2, 1)
	}
	x = u.transformer(g, x)
	if u.Halve {
		x = g.convDefault(g.double(x), "upsample_mid.conv", c, 3, 1, 1)
	}
	for i := range u.Widths {
		level := len(u.Widths) - 1 - i
		pre := fmt.Sprintf("up_blocks.%d.", i)
		for k := range u.Layers[level] + 1 {
			x = ops.Concat(x, kept[len(kept)-1])
			kept = kept[:len(kept)-1]
			x = u.residual(g, x, fmt.Sprintf("%sresnets.%d.", pre, k), u.Widths[level])
		}
		if level > 0 {
			x = g.convDefault(g.double(x), pre+"upsamplers.0.conv", u.Widths[level], 3, 1, 1)
		}
	}
	x = ops.Silu(g.groupNorm(x, "conv_norm_out", u.Groups, u.Eps))
	first := spread(u.Channels * u.Patch * u.Patch)
	g.out = ops.ConvTranspose(x, g.param("conv_out.weight", first, []int{u.Widths[0], u.Channels, u.Patch, u.Patch}),
		g.param("conv_out.bias", first, []int{u.Channels}))
}

// residual is a residual block of convolutions, of c channels.
func (u UViT) residual(g *graph, x *G.Node, pre string, c int) *G.Node {
	h := ops.Silu(g.groupNorm(x, pre+"norm1", u.Groups, u.Eps))
	h = g.convDefault(h, pre+"conv1", c, 3, 1, 1)
	if u.ScaleShift {
		e := g.linear(g.emb, pre+"time_emb_proj", 2*c, xavier(2*c, u.TimeDim), zero)
		h = ops.Modulate(g.groupNorm(h, pre+"norm2", u.Groups, u.Eps), e, 0, c)
	} else {
		e := g.linear(g.emb, pre+"time_emb_proj", c, xavier(c, u.TimeDim), zero)
		h = g.groupNorm(ops.AddChannels(h, e, 0), pre+"norm2", u.Groups, u.Eps)
	}
	h = g.conv(ops.Silu(h), pre+"conv2", c, 3, 1, 1, zero)
	if channels(x) != c {
		x = g.convDefault(x, pre+"conv_shortcut", c, 1, 1, 0)
	}
	x = ops.Add(x, h)
	if u.OutScale != 0 && u.OutScale != 1 {
		by := make([]float32, g.b*c)
		for i := range by {
			by[i] = 1 / u.OutScale
		}
		x = ops.MulChannels(x, ops.Input(g.g, "scale", []int{g.b, c}, by), 0)
	}
	return x
}

// transformer is the middle of the network.
func (u UViT) transformer(g *graph, x *G.Node) *G.Node {
	s := x.Shape()
	rows, cols, c := s[1], s[2], s[3]
	t := rows * cols
	x = g.linear(ops.Reshape(x, g.b, t, c), "mid_block.mid_proj_in", u.Dim, xavier(u.Dim, c), zero)
	places := g.condH * g.condW
	g.cond = make([]float32, g.b*places*u.Cond)
	cond := ops.Input(g.g, "cond", []int{g.b * places, u.Cond}, g.cond)
	table := g.declare("mid_block.mid_pos_emb", initial{positions: true}, []int{1, u.Dim, u.Positions, u.Positions})
	var cross func(q *G.Node, pre string) *G.Node
	pos := positions{u.Positions, u.Dim, table.Data}
	if u.Cross {
		var span *G.Node
		cond, span = g.visibleFirst(cond, u.Cond, t)
		cross = func(q *G.Node, pre string) *G.Node {
			kv := u.linear(g, g.layerNorm(cond, pre+"context_norm"), pre+"cross_attn.kv", 2*u.Dim, 2)
			q = u.linear(g, q, pre+"cross_attn.q", u.Dim, 1)
			return g.linear(ops.CrossAttention(q, kv, span, u.Heads), pre+"cross_attn.proj", u.Dim, xavier(u.Dim, u.Dim), zero)
		}
		x = g.place(x, pos.nearest(rows, cols))
	} else {
		cond = g.linear(cond, "mid_block.mid_cond_proj", u.Dim, xavier(u.Dim, u.Cond), zero)
		mask := g.param("mid_block.mask_token", zero, []int{u.Dim}, 1, u.Dim)
		x = ops.Add(x, ops.Gather([]int{g.b, t, u.Dim}, g.hidable("cond.index", rows, cols, true), cond, mask))
		x = g.place(x, pos.bicubic(rows, cols))
	}
	var kept []*G.Node
	for i := range u.Depth {
		var skip *G.Node
		if u.LongSkip && i > u.Depth/2 {
			skip, kept = kept[len(kept)-1], kept[:len(kept)-1]
		}
		x = u.block(g, x, skip, fmt.Sprintf("mid_block.mid_block.%d.", i), cross)
		if i < u.Depth/2 {
			kept = append(kept, x)
		}
	}
	return ops.Reshape(g.linear(x, "mid_block.mid_proj_out", c, xavier(c, u.Dim), zero), s...)
}

// block is a Transformer block on which the step acts by scales, shifts and
// gates (adaLN-zero, Peebles and Xie, arXiv 2212.09748).
func (u UViT) block(g *graph, x, skip *G.Node, pre string, cross func(q *G.Node, pre string) *G.Node) *G.Node {
	d, parts, self := u.Dim, 2, "attn."
	if cross != nil {
		parts, self = 3, "self_attn."
	}
	gates := g.linear(g.emb, pre+"adaLN_gate", parts*d, zero, zero)
	mod := g.linear(g.emb, pre+"adaLN_modulation", 2*parts*d, xavier(2*parts*d, u.TimeDim), zero)
	if skip != nil {
		x = g.linear(ops.Concat(x, skip), pre+"skip_linear", d, xavier(d, 2*d), zero)
	}
	part := 0
	branch := func(norm string, f func(h *G.Node) *G.Node) {
		h := ops.Modulate(g.layerNorm(x, pre+norm), mod, (2*part+1)*d, 2*part*d)
		x = ops.Add(x, ops.MulChannels(f(h), gates, part*d))
		part++
	}
	branch("norm1", func(h *G.Node) *G.Node {
		a := g.attend(u.linear(g, h, pre+self+"qkv", 3*d, 3), u.Heads)
		return g.linear(a, pre+self+"proj", d, xavier(d, d), zero)
	})
	if cross != nil {
		branch("query_norm", func(h *G.Node) *G.Node { return cross(h, pre) })
	}
	branch("norm2", func(h *G.Node) *G.Node {
		wide := int(float64(d) * u.MLP)
		h = ops.Gelu(g.linear(h, pre+"mlp.fc1", wide, xavier(wide, d), zero))
		return g.linear(h, pre+"mlp.fc2", d, xavier(d, wide), zero)
	})
	return x
}

// linear is a map of parts that begin each for itself; of q, k and v.
func (u UViT) linear(g *graph, x *G.Node, name string, out, parts int) *G.Node {
	first := initial{bound: math.Sqrt(6 / float64(out/parts+channels(x)))}
	if u.NoQKV {
		return ops.Linear(x, g.param(name+".weight", first, []int{out, channels(x)}))
	}
	return g.linear(x, name, out, first, zero)
}

// visibleFirst gives the conditions as (B, T, D), those that are not hidden
// first, and what each of t queries may see of them.
func (g *graph) visibleFirst(cond *G.Node, d, t int) (_, span *G.Node) {
	n := g.condH * g.condW
	index, spans := make([]int32, 2*g.b*n), make([]int32, 4*g.b*t)
	g.hide = func(hidden []bool) {
		for b := range g.b {
			at, seen := b*n, 0
			for _, want := range []bool{false, true} {
				for i := b * n; i < (b+1)*n; i++ {
					if (hidden != nil && hidden[i]) == want {
						index[2*at+1] = int32(i)
						at++
					}
				}
				if !want {
					seen = at - b*n
				}
			}
			for i := b * t; i < (b+1)*t; i++ {
				spans[4*i+1] = int32(seen)
			}
		}
	}
	g.hide(nil)
	return ops.Gather([]int{g.b, n, d}, ops.Indices(g.g, "cond.index", []int{g.b * n, 2}, index), cond), ops.Indices(g.g, "cond.span", []int{g.b, t, 4}, spans)
}

// place adds positions (T, D) to x (B, T, D).
func (g *graph) place(x *G.Node, table []float32) *G.Node {
	s := x.Shape()
	index := make([]int32, 2*s[0]*s[1])
	for i := range s[0] * s[1] {
		index[2*i+1] = int32(i % s[1])
	}
	pos := ops.Input(g.g, "positions", []int{s[1], s[2]}, table)
	return ops.Add(x, ops.Gather(s, ops.Indices(g.g, "place", []int{s[0] * s[1], 2}, index), pos))
}
