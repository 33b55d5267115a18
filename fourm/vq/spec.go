package vq

// The configuration of a tokenizer of the official family.

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fourmlab/fourm/quantize"
	"fourmlab/internal/fault"
)

// Spec is the configuration of a network of the official family (docs/4m.md, 2.2
// and 10.6). Pairs are rows and columns, or heights and widths in pixels.
type Spec struct {
	Size             [2]int // of the pictures that it was made for
	EncSize, DecSize [2]int // that its position tables were made for; zeros stand for Size
	Channels         int    // numbers a pixel; of a class embedding where there are Labels
	Labels           int    // classes; 0: values are numbers, not classes

	Enc, Dec Arch   // Dec.Kind NoDecoder: the file has an encoder only
	Patch    [2]int // of the encoder, in pixels
	DecPatch [2]int // of the decoder; zeros stand for Patch
	Features bool   // input is a map of features, of which each place is a token
	PostMLP  bool   // a residual MLP with tanh follows the blocks
	OutConv  bool   // two convolutional blocks follow the decoder
	Frozen   bool   // training leaves the encoder and the codes as they are
	UndoStd  bool   // input is standardised as for ImageNet, and brought to [-1, 1] first

	// Quantizer is a name of quantize.Parse, of what no official key describes;
	// empty: what the fields below say.
	Quantizer   string
	Memcodes    bool // quantize.NewMemcodes, else quantize.NewCodebook
	Codes       int
	Books       int // code numbers of a token
	Latent      int // numbers of a latent
	NormCodes   bool
	NormLatents bool
	Decay       float64
	Threshold   float64
	Policy      string
	Commitment  float64
	KMeans      bool
	Restart     bool // quantize.Codebook.Restart; no official key

	// Diffusion holds the official keys of a diffusion decoder; nil: the decoder is
	// none. One that the official code has no name for has the arguments of its class
	// under "unet" or "uvit".
	Diffusion map[string]any
	// Residual is more than 0 where a diffusion decoder draws what Dec leaves out of
	// a picture, in this unit; 0: it draws the picture, and Dec is NoDecoder.
	Residual float64
}

// Kind tells how a side of the network is built.
type Kind int

const (
	ViT           Kind = iota // a pre-norm Transformer
	BottleneckMLP             // residual blocks, place by place
	PlainMLP                  // norms and linear maps, place by place
	NoDecoder
	Conv     // blocks of ConvNeXt, without positions: of any length and size
	Identity // nothing at all: numbers go to the quantizer as they are
	Local    // the MLPs of a Transformer without its attention and positions: each patch by itself
)

// Arch is a side of the network.
type Arch struct {
	Name  string // official: "vit_b_enc", "BottleneckMLP/B_6-Wi_1024"
	Kind  Kind
	Dim   int
	Depth int // blocks
	Heads int
	Ratio float64 // of the hidden width of an MLP to Dim
	NoQKV bool    // query, key and value have no bias
}

// sizes of the official Transformers by letter.
var sizes = map[string]Arch{
	"s": {Dim: 512, Depth: 8, Heads: 8, Ratio: 4},
	"b": {Dim: 768, Depth: 12, Heads: 12, Ratio: 4},
	"l": {Dim: 1024, Depth: 24, Heads: 16, Ratio: 4},
}

var (
	unofficial  = regexp.MustCompile(`^(conv|local)/B_(\d+)-W_(\d+)$`)
	transformer = regexp.MustCompile(`^vit_([sbl])_(enc|dec)$`)
	perceptron  = regexp.MustCompile(`^(BottleneckMLP|MLP)/\w+_(\d+)-\w+_(\d+)(?:-\w+_(\d+))?$`)
)

// archNamed finds an official architecture; false where the name is none.
func archNamed(name string) (Arch, bool) {
	if m := transformer.FindStringSubmatch(name); m != nil {
		a := sizes[m[1]]
		a.Name = name
		return a, true
	}
	if name == "none" {
		return Arch{Name: name, Kind: Identity}, true
	}
	m := perceptron.FindStringSubmatch(name)
	own := unofficial.FindStringSubmatch(name)
	if m == nil && own == nil {
		return Arch{}, false
	}
	number := func(s string, def int) int {
		n, err := strconv.Atoi(s)
		if err != nil || n > 1<<20 {
			return def
		}
		return n
	}
	if own != nil {
		kind := map[string]Kind{"conv": Conv, "local": Local}[own[1]]
		return Arch{Name: name, Kind: kind, Depth: number(own[2], 0), Dim: number(own[3], 0), Ratio: 4}, true
	}
	a := Arch{Name: name, Kind: BottleneckMLP, Depth: number(m[2], 0), Dim: number(m[3], 0), Ratio: float64(number(m[4], 4))}
	if m[1] == "MLP" {
		a.Kind = PlainMLP
		a.Depth-- // the map in is the first of its blocks
	}
	return a, true
}

// hidden is the width between the two maps of an MLP.
func (a Arch) hidden() int { return int(float64(a.Dim) * a.Ratio) }

// mlp tells whether places are mapped one by one.
func (a Arch) mlp() bool { return a.Kind == BottleneckMLP || a.Kind == PlainMLP }

// encPatch gives the pixels of a token on its way in.
func (s Spec) encPatch() [2]int {
	if s.Features || s.Enc.mlp() {
		return [2]int{1, 1}
	}
	return s.Patch
}

// decPatch gives the pixels of a token on its way out.
func (s Spec) decPatch() [2]int {
	switch {
	case s.Features || s.Dec.mlp():
		return [2]int{1, 1}
	case s.DecPatch != [2]int{}:
		return s.DecPatch
	}
	return s.Patch
}

// grid gives the rows and columns of the position table that belongs to a size
// and a patch.
func (s Spec) grid(size, patch [2]int) [2]int {
	if size == [2]int{} {
		size = s.Size
	}
	if patch == [2]int{} {
		patch = s.Patch
	}
	return [2]int{size[0] / patch[0], size[1] / patch[1]}
}

// out is the number of values a pixel has on its way out.
func (s Spec) out() int {
	if s.Labels > 0 {
		return s.Labels
	}
	return s.Channels
}

// check refuses what cannot be.
func (s Spec) check() error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("vq: configuration: "+format, args...)
	}
	for _, p := range []struct {
		key string
		v   int
	}{{"image_size", min(s.Size[0], s.Size[1])}, {"patch_size", min(s.Patch[0], s.Patch[1])}, {"n_channels", s.Channels},
		{"codebook_size", s.Codes}, {"num_codebooks", s.Books}, {"latent_dim", s.Latent}} {
		if p.v < 1 {
			return fail("%s is %d, expected at least 1", p.key, p.v)
		}
	}
	if s.Books > 1<<12 {
		return fail("num_codebooks is %d, expected at most %d", s.Books, 1<<12)
	}
	for key, a := range map[string]Arch{"enc_type": s.Enc, "dec_type": s.Dec} {
		switch {
		case a.Kind == NoDecoder:
		case a.Kind == Identity && (s.Enc.Kind != Identity || s.Dec.Kind != Identity || s.Patch != [2]int{1, 1} || s.Latent != s.Channels || s.Labels > 0):
			return fail("%s is none, expected it of both sides, of numbers of patches of 1x1, and of a latent_dim of n_channels", key)
		case a.Kind == Identity:
		case a.Dim < 1 || a.Depth < 0 || a.hidden() < 1:
			return fail("%s %q is %d wide with %d blocks", key, a.Name, a.Dim, a.Depth)
		case a.Kind == ViT && (a.Heads < 1 || a.Dim%a.Heads != 0 || a.Dim%4 != 0):
			return fail("%s %q is %d wide with %d heads, expected a multiple of them and of 4", key, a.Name, a.Dim, a.Heads)
		}
	}
	for _, at := range []struct {
		key         string
		a           Arch
		size, patch [2]int
	}{{"image_size_enc", s.Enc, s.EncSize, s.Patch}, {"image_size_dec", s.Dec, s.DecSize, s.DecPatch}} {
		size, patch := at.size, at.patch
		if size == [2]int{} {
			size = s.Size
		}
		if patch == [2]int{} {
			patch = s.Patch
		}
		if at.a.Kind == ViT && (size[0]%patch[0] != 0 || size[1]%patch[1] != 0) {
			return fail("pictures of %dx%d are no grid of patches of %dx%d", size[0], size[1], patch[0], patch[1])
		}
	}
	if s.Quantizer != "" {
		if err := s.named(); err != nil {
			return fail("quantizer: %v", err)
		}
	}
	switch {
	case s.Memcodes && s.Latent%s.Books != 0:
		return fail("latent_dim is %d, expected a multiple of the %d codebooks", s.Latent, s.Books)
	case s.UndoStd && (s.Channels != 3 || s.Labels > 0):
		return fail("undo_std with n_channels %d and n_labels %d, expected 3 channels and no labels", s.Channels, s.Labels)
	case s.Policy != "batch_random" && s.Policy != "linde_buzo_gray":
		return fail("code_replacement_policy is %q, expected batch_random or linde_buzo_gray", s.Policy)
	case s.Diffusion != nil && s.Labels > 0:
		return fail("a diffusion decoder with n_labels %d, expected pictures of numbers: classes cannot be drawn from noise", s.Labels)
	case s.Diffusion != nil && (s.Residual > 0) != (s.Dec.Kind != NoDecoder), s.Residual < 0, s.Residual > 0 && s.Diffusion == nil:
		return fail("residual_std is %g, expected more than 0 of a diffusion decoder behind another, else 0", s.Residual)
	case s.Decay < 0 || s.Decay > 1:
		return fail("ema_decay is %g, expected 0 to 1", s.Decay)
	case float64(s.Codes)*float64(s.Latent)*float64(s.Books) > 1<<31:
		return fail("%d codes of %d numbers", s.Codes, s.Latent)
	}
	if s.Diffusion != nil {
		if _, _, err := s.diffusion(); err != nil {
			return fail("%v", err)
		}
	}
	return nil
}

// named refuses a quantizer's name that says something else than the other fields.
func (s Spec) named() (err error) {
	defer fault.Catch(&err)
	q := quantize.ShapeOf(s.Quantizer, s.Latent)
	if q.Codes != s.Codes || q.Books != s.Books {
		return fmt.Errorf("%s has %d books of %d codes, the configuration %d of %d", s.Quantizer, q.Books, q.Codes, s.Books, s.Codes)
	}
	return nil
}

// quantizer makes the quantizer, with zeros for numbers.
func (s Spec) quantizer() quantize.Quantizer {
	if s.Quantizer != "" {
		return quantize.Parse(s.Quantizer, s.Latent)
	}
	if s.Memcodes {
		return quantize.NewMemcodes(s.Latent, s.Books, s.Codes)
	}
	return quantize.NewCodebook(quantize.Codebook{Dim: s.Latent, Codes: s.Codes, Heads: s.Books, Cosine: s.NormCodes, UnitLatents: s.NormLatents,
		Commitment: s.Commitment, Decay: s.Decay, Threshold: s.Threshold, Policy: s.Policy, Restart: s.Restart})
}

// books gives names and shapes of the quantizer's large tensors, without making
// any: those of a file are compared with them first.
func (s Spec) books() map[string][]int {
	b, d := s.Books, s.Latent
	if s.Memcodes {
		return map[string][]int{"quantize.codes": {b, s.Codes, d / b}, "quantize.to_k.weight": {b, d / b, d / b}, "quantize.to_v.weight": {b, d / b, d / b}}
	}
	out := map[string][]int{codebook: {s.Codes, d}}
	if s.Quantizer != "" {
		out = map[string][]int{}
		switch quantize.ShapeOf(s.Quantizer, d).Kind {
		case "bins":
			out["quantize.edges"] = []int{d, s.Codes + 1}
		case "rvq":
			for i := range b {
				out[fmt.Sprintf("quantize.layers.%d._codebook.embed", i)] = []int{s.Codes, d}
			}
		}
		return out
	}
	if b > 1 {
		out["quantize.project_in.weight"], out["quantize.project_out.weight"] = []int{b * d, d}, []int{d, b * d}
	}
	return out
}

// String says what the tokenizer is, in a line.
func (s Spec) String() string {
	side := func(a Arch) string {
		if a.Kind == ViT {
			return fmt.Sprintf("%s (%d wide, %d blocks, %d heads)", a.Name, a.Dim, a.Depth, a.Heads)
		}
		return a.Name
	}
	p := s.encPatch()
	in := fmt.Sprintf("pictures of %dx%dx%d in patches of %dx%d", s.Size[0], s.Size[1], s.Channels, p[0], p[1])
	switch {
	case s.Labels > 0:
		in = fmt.Sprintf("maps of %d classes of %dx%d in patches of %dx%d", s.Labels, s.Size[0], s.Size[1], p[0], p[1])
	case s.Enc.mlp():
		in = fmt.Sprintf("vectors of %d numbers", s.Channels)
	case s.Features:
		g := s.grid(s.EncSize, s.Patch)
		in = fmt.Sprintf("feature maps of %dx%dx%d", g[0], g[1], s.Channels)
	}
	books := ""
	if s.Books > 1 {
		books = fmt.Sprintf(" in %d books", s.Books)
	}
	quant := "Euclidean codebook"
	if s.Quantizer != "" {
		quant = s.Quantizer
	} else if s.Memcodes {
		quant = "memcodes"
	} else if s.NormCodes {
		quant = "cosine codebook"
	}
	dec := "decoder " + side(s.Dec)
	if s.Diffusion != nil {
		if dec = s.drawn(); s.Residual > 0 {
			dec = "decoder " + strings.TrimSpace(side(s.Dec)) + " and " + dec
		}
	} else if s.Dec.Kind == NoDecoder {
		dec = "no decoder"
	}
	return fmt.Sprintf("tokenizer of %s: %s of %d codes of %d numbers%s; encoder %s, %s", in, quant, s.Codes, s.width(), books, side(s.Enc), strings.TrimSpace(dec))
}

// width is how many numbers a code has.
func (s Spec) width() int {
	if s.Memcodes {
		return s.Latent / s.Books
	}
	return s.Latent
}
