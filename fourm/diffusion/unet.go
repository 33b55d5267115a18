package diffusion

// The UNet (Dhariwal and Nichol, arXiv 2105.05233) on patches (arXiv
// 2207.04316), to whose channels the condition is appended.

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// UNet describes a UNet; its fields are the official arguments. All but Patch,
// Width, Blocks and Mult may be left out.
type UNet struct {
	Channels  int       `json:"-"`                     // numbers of a pixel
	Cond      int       `json:"-"`                     // numbers of a place of the condition
	Patch     int       `json:"patch_size"`            // pixels of its side
	Width     int       `json:"model_channels"`        // channels where Mult is 1, a multiple of 32
	Blocks    int       `json:"num_res_blocks"`        // residual blocks a level
	Mult      []float64 `json:"channel_mult"`          // by level
	Attention []int     `json:"attention_resolutions"` // how many times smaller than patches the levels with attention are
	Heads     int       `json:"num_heads"`             // 0 stands for 1
	HeadWidth int       `json:"num_head_channels"`     // more than 0: in place of Heads
	HeadsUp   int       `json:"num_heads_upsample"`    // on the way up; 0 and -1 stand for Heads
	// ScaleShift lets the step scale what it shifts; ResizeInBlocks resizes in
	// residual blocks, Plain without convolutions; NewOrder lays q, k and v before
	// heads.
	ScaleShift     bool `json:"use_scale_shift_norm"`
	ResizeInBlocks bool `json:"resblock_updown"`
	Plain          bool `json:"-"`
	NewOrder       bool `json:"use_new_attention_order"`
}

// groups of the UNet's norms.
const groups = 32

func (u UNet) check() error {
	if u.Patch < 1 || u.Width < 1 || u.Blocks < 1 || len(u.Mult) == 0 {
		return fmt.Errorf("diffusion: UNet of patch_size %d, model_channels %d, num_res_blocks %d and channel_mult %v, expected at least 1 of each", u.Patch, u.Width, u.Blocks, u.Mult)
	}
	for _, m := range u.Mult {
		c := u.level(m)
		if c < groups || c%groups != 0 {
			return fmt.Errorf("diffusion: UNet of %d channels (model_channels %d times %g), expected a multiple of %d", c, u.Width, m, groups)
		}
		for _, h := range []int{u.heads(c, false), u.heads(c, true)} {
			if h < 1 || c%h != 0 || u.HeadWidth > 0 && c%u.HeadWidth != 0 {
				return fmt.Errorf("diffusion: UNet of %d channels in %d heads, expected a multiple of them", c, h)
			}
		}
	}
	return nil
}

func (u UNet) sizes() sizes {
	return sizes{u.Channels, u.Channels, u.Cond, u.Patch << (len(u.Mult) - 1)}
}

func (u UNet) fields() layout { return layout{u.Channels, u.Patch} }

// level gives the channels of a level.
func (u UNet) level(mult float64) int { return int(mult * float64(u.Width)) }

func (u UNet) heads(c int, up bool) int {
	switch {
	case u.HeadWidth > 0:
		return c / u.HeadWidth
	case up && u.HeadsUp > 0:
		return u.HeadsUp
	}
	return max(u.Heads, 1)
}

// build makes the network's output of what g.in, g.steps and g.cond hold.
func (u UNet) build(g *graph) {
	rows, cols := g.h/u.Patch, g.w/u.Patch
	each := u.Channels * u.Patch * u.Patch
	g.in = make([]float32, g.b*rows*cols*each)
	x := ops.Input(g.g, "noisy", []int{g.b, rows, cols, each}, g.in)
	g.cond = make([]float32, g.b*g.condH*g.condW*u.Cond)
	cond := ops.Input(g.g, "cond", []int{g.b * g.condH * g.condW, u.Cond}, g.cond)
	x = ops.Concat(x, ops.Gather([]int{g.b, rows, cols, u.Cond}, g.hidable("cond.index", rows, cols, false), cond))

	g.waves = waves{dim: u.Width}
	g.steps = make([]float32, g.b*u.Width)
	wide := 4 * u.Width
	e := g.linear(ops.Input(g.g, "steps", []int{g.b, u.Width}, g.steps), "time_embed.0", wide, spread(u.Width), spread(u.Width))
	g.emb = ops.Silu(g.linear(ops.Silu(e), "time_embed.2", wide, spread(wide), spread(wide)))

	first := u.level(u.Mult[0])
	x = g.convDefault(x, "input_blocks.0.0", first, 3, 1, 1)
	kept := []*G.Node{x}
	smaller := 1
	for level, mult := range u.Mult {
		for range u.Blocks {
			pre := fmt.Sprintf("input_blocks.%d.", len(kept))
			x = u.residual(g, x, pre+"0.", u.level(mult), 0)
			if slices.Contains(u.Attention, smaller) {
				x = u.attention(g, x, pre+"1.", false)
			}
			kept = append(kept, x)
		}
		if level < len(u.Mult)-1 {
			x = u.down(g, x, fmt.Sprintf("input_blocks.%d.0.", len(kept)))
			kept = append(kept, x)
			smaller *= 2
		}
	}
	c := channels(x)
	x = u.residual(g, x, "middle_block.0.", c, 0)
	x = u.attention(g, x, "middle_block.1.", false)
	x = u.residual(g, x, "middle_block.2.", c, 0)
	block := 0
	for level := len(u.Mult) - 1; level >= 0; level-- {
		for i := range u.Blocks + 1 {
			pre := fmt.Sprintf("output_blocks.%d.", block)
			x = ops.Concat(x, kept[len(kept)-1])
			kept = kept[:len(kept)-1]
			x = u.residual(g, x, pre+"0.", u.level(u.Mult[level]), 0)
			at := 1
			if slices.Contains(u.Attention, smaller) {
				x = u.attention(g, x, pre+"1.", true)
				at = 2
			}
			if level > 0 && i == u.Blocks {
				x = u.up(g, x, fmt.Sprintf("%s%d.", pre, at))
				smaller /= 2
			}
			block++
		}
	}
	x = ops.Silu(g.groupNorm(x, "out.0", groups, 1e-5))
	g.out = g.conv(x, "out.2", each, 3, 1, 1, zero)
}

// residual is a residual block of c channels; by is 1 where it doubles the size,
// -1 where it halves it.
func (u UNet) residual(g *graph, x *G.Node, pre string, c, by int) *G.Node {
	resize := func(x *G.Node) *G.Node {
		switch by {
		case 1:
			return g.double(x)
		case -1:
			return g.halve(x)
		}
		return x
	}
	h := resize(ops.Silu(g.groupNorm(x, pre+"in_layers.0", groups, 1e-5)))
	x = resize(x)
	h = g.convDefault(h, pre+"in_layers.2", c, 3, 1, 1)
	wide := channels(g.emb)
	if u.ScaleShift {
		e := g.linear(g.emb, pre+"emb_layers.1", 2*c, spread(wide), spread(wide))
		h = ops.Modulate(g.groupNorm(h, pre+"out_layers.0", groups, 1e-5), e, 0, c)
	} else {
		e := g.linear(g.emb, pre+"emb_layers.1", c, spread(wide), spread(wide))
		h = g.groupNorm(ops.AddChannels(h, e, 0), pre+"out_layers.0", groups, 1e-5)
	}
	h = g.conv(ops.Silu(h), pre+"out_layers.3", c, 3, 1, 1, zero)
	if channels(x) != c {
		x = g.convDefault(x, pre+"skip_connection", c, 1, 1, 0)
	}
	return ops.Add(x, h)
}

func (u UNet) attention(g *graph, x *G.Node, pre string, up bool) *G.Node {
	s := x.Shape()
	c, t := s[3], s[1]*s[2]
	heads := u.heads(c, up)
	order := heads
	if u.NewOrder {
		order = 1
	}
	h := ops.Reshape(g.groupNorm(x, pre+"norm", groups, 1e-5), s[0], t, c)
	h = g.attend(g.places(h, pre+"qkv", 3*c, spread(c), order), heads)
	return ops.Add(x, ops.Reshape(g.places(h, pre+"proj_out", c, zero, 1), s...))
}

func (u UNet) down(g *graph, x *G.Node, pre string) *G.Node {
	switch {
	case u.ResizeInBlocks:
		return u.residual(g, x, pre, channels(x), -1)
	case u.Plain:
		return g.halve(x)
	}
	return g.convDefault(x, pre+"op", channels(x), 3, 2, 1)
}

func (u UNet) up(g *graph, x *G.Node, pre string) *G.Node {
	switch {
	case u.ResizeInBlocks:
		return u.residual(g, x, pre, channels(x), 1)
	case u.Plain:
		return g.double(x)
	}
	return g.convDefault(g.double(x), pre+"conv", channels(x), 3, 1, 1)
}
