package modality

// The modalities of the published models, as data (docs/4m.md, 1.2). Sequences
// of these models have tokens of the 30,000-piece vocabulary and lengths of
// their own, so a model is told of them by domain, not by the short names that
// a lab's own modalities have.

import (
	"fmt"
	"sort"
	"strings"
)

// images are the grids: what they are called, what their token domain's
// vocabulary is, and the pixels a side of a token.
var images = []struct {
	name     string
	look     Look
	size     int
	patch    int
	channels int
	vocab    int
	pixels   bool
}{
	{"rgb", Color, 224, 16, 3, 16384, true},
	{"depth", Depth, 224, 16, 1, 8192, false},
	{"normal", Normal, 224, 16, 3, 8192, false},
	{"semseg", Label, 224, 16, 1, 4096, false},
	{"clip", Feature, 224, 16, 512, 8192, false},
	{"canny_edge", Gray, 224, 16, 1, 8192, false},
	{"sam_edge", Gray, 224, 16, 1, 8192, false},
	{"dinov2", Feature, 224, 14, 768, 8192, false},
	{"imagebind", Feature, 224, 14, 1280, 8192, false},
	{"rgb", Color, 448, 16, 3, 16384, true},
	{"depth", Depth, 448, 16, 1, 8192, false},
	{"normal", Normal, 448, 16, 3, 8192, false},
	{"semseg", Label, 448, 16, 1, 4096, false},
	{"clip", Feature, 448, 16, 512, 8192, false},
}

// whole are the features of a whole picture: sixteen tokens with learned
// positions, registered as a grid of 4x4.
var whole = []struct {
	name     string
	channels int
}{{"dinov2_global", 768}, {"imagebind_global", 1280}}

// sequences are the text-like ones. sincos is the length of their sine tables;
// human_poses has fewer positions than tokens (docs/4m.md, 11.3).
var sequences = []struct {
	name      string
	kind      Kind
	most      int
	positions int
	width     int
}{
	{"caption", Sequence, 256, 256, 0},
	{"det", Sequence, 256, 256, 0},
	{"t5_caption", Vectors, 77, 77, 4096},
	{"metadata", Sequence, 40, 40, 0},
	{"human_poses", Sequence, 275, 263, 0},
	{"color_palette", Sequence, 23, 23, 0},
	{"sam_instance", Sequence, 290, 290, 0},
}

// Sizes of the published models' text.
const (
	PublishedVocab = 30000 // pieces of the text vocabulary
	sineTable      = 512   // rows of a sequence's sine table (docs/4m.md, 4.4)
)

// published are the modalities by name; official the domains by official name.
var published, official = func() (map[string]Modality, map[string]Domain) {
	mods, doms := map[string]Modality{}, map[string]Domain{}
	for _, x := range images {
		m := Modality{Name: fmt.Sprintf("%s@%d", x.name, x.size), Look: x.look, Height: x.size, Patch: x.patch, Channels: x.channels, Vocab: x.vocab, Pixels: x.pixels}
		m = m.resolved("modality")
		mods[m.Name] = m
		doms[m.Domain()] = m.TokenDomain(m.Vocab)
		if m.Pixels {
			doms[m.Name] = m.PixelDomain()
		}
	}
	for _, x := range whole {
		m := Modality{Name: x.name, Look: Feature, Height: 224, Patch: 56, Channels: x.channels, Vocab: 8192, Learned: true, exact: true}
		m = m.resolved("modality")
		mods[m.Name] = m
		doms[m.Domain()] = m.TokenDomain(m.Vocab)
	}
	for _, x := range sequences {
		m := Modality{Name: x.name, Kind: x.kind, MaxTokens: x.most, Positions: x.positions, Dim: x.width}
		switch x.name {
		case "det":
			m.Look = Boxes
		case "color_palette":
			m.Look = Colors
		}
		m = m.resolved("modality")
		mods[m.Name] = m
		vocab := PublishedVocab
		if x.kind == Vectors {
			vocab = 0
		}
		d := m.TokenDomain(vocab)
		d.Table = sineTable
		if short, ok := map[string]string{"det": "box", "color_palette": "palette"}[x.name]; ok {
			d.Modality = short // values go by the lab's name
		}
		doms[d.Name] = d
	}
	return mods, doms
}()

// families are the domains that a published family of models takes and
// predicts, in the alphabetical order that their configurations have.
var families = map[string]struct{ in, out []string }{
	"4M-7":    {seven("224", true), seven("224", false)},
	"4M-21":   {twentyOne(true), twentyOne(false)},
	"4M-7-SR": {append(seven("224", true), high(true)...), high(false)},
}

// seven are the domains of 4M-7.
func seven(size string, in bool) []string {
	out := []string{"caption", "det"}
	if in {
		out = append(out, "rgb@"+size)
	}
	return append(out, grids(size, "tok_clip", "tok_depth", "tok_normal", "tok_rgb", "tok_semseg")...)
}

// high are the domains that super-resolution adds.
func high(in bool) []string {
	out := grids("448", "tok_clip", "tok_depth", "tok_normal", "tok_rgb", "tok_semseg")
	if in {
		out = append([]string{"rgb@448"}, out...)
	}
	return out
}

// twentyOne are the domains of 4M-21.
func twentyOne(in bool) []string {
	out := append(seven("224", in), "color_palette", "human_poses", "metadata", "sam_instance", "tok_dinov2_global", "tok_imagebind_global")
	out = append(out, grids("224", "tok_canny_edge", "tok_sam_edge", "tok_dinov2", "tok_imagebind")...)
	if in {
		out = append(out, "t5_caption")
	}
	sort.Strings(out)
	return out
}

func grids(size string, names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n+"@"+size)
	}
	return out
}

// Published gives the domains of a published family of models: "4M-7",
// "4M-21", "4M-7-SR". It is false where there is no such family.
func Published(family string) (in, out []Domain, ok bool) {
	f, ok := families[family]
	for _, n := range f.in {
		in = append(in, official[n])
	}
	for _, n := range f.out {
		out = append(out, official[n])
	}
	return in, out, ok
}

// Families lists the published families.
func Families() []string {
	var out []string
	for n := range families {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// PublishedDomain gives a domain of the published models by its official name,
// "tok_rgb@224" or "det"; for other resolutions of their image domains the
// grid follows from the number behind the @.
func PublishedDomain(name string) (Domain, bool) {
	if d, ok := official[name]; ok {
		return d, true
	}
	base, res, ok := strings.Cut(name, "@")
	var size int
	if n, err := fmt.Sscanf(res, "%d", &size); !ok || err != nil || n != 1 || fmt.Sprint(size) != res {
		return Domain{}, false
	}
	m, ok := published[strings.TrimPrefix(base, "tok_")+"@224"]
	if !ok || size < m.Patch || size%m.Patch != 0 || size > 1<<14 {
		return Domain{}, false
	}
	m.Name, m.Official = strings.TrimPrefix(name, "tok_"), ""
	m.Height = size
	m = m.resolved("modality")
	if strings.HasPrefix(base, "tok_") {
		return m.TokenDomain(m.Vocab), true
	}
	return m.PixelDomain(), m.Pixels
}

// Source is what a tokenizer of the published models is trained on: pixels or
// the features of a network, before they are tokens.
type Source struct {
	Name     string
	Features bool // numbers of a network, not pixels
	Channels int
	Labels   int // classes of a map of labels, which are embedded in Channels numbers; 0: no labels
}

// Sources lists what the published tokenizers are trained on (docs/4m.md, 1.1,
// 2.5).
func Sources() []Source {
	return []Source{
		{Name: "rgb", Channels: 3}, {Name: "depth", Channels: 1}, {Name: "normal", Channels: 3},
		{Name: "semseg_coco", Channels: 64, Labels: 134}, {Name: "canny_edge", Channels: 1}, {Name: "sam_mask", Channels: 1},
		{Name: "human_poses", Channels: 207},
		{Name: "CLIP-B16", Features: true, Channels: 512}, {Name: "DINOv2-B14", Features: true, Channels: 768}, {Name: "ImageBind-H14", Features: true, Channels: 1280},
		{Name: "DINOv2-B14-global", Features: true, Channels: 768}, {Name: "ImageBind-H14-global", Features: true, Channels: 1280},
	}
}

// IsPublished tells whether a name is a modality of the published models that
// nobody has registered anew.
func IsPublished(name string) bool {
	registry.RLock()
	defer registry.RUnlock()
	_, own := registry.by[name]
	_, known := published[name]
	return known && !own
}
