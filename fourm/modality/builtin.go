package modality

// The modalities that every program knows, as data. Names before "@" are 4M's
// (inventory 1.1); sizes are those of the lab's 64-pixel samples.

// SceneClasses are the classes of the rendered scenes by id; 0 is what no
// surface covers.
var SceneClasses = []string{"sky", "floor", "wall", "ball", "box", "can", "cone", "ring"}

func init() {
	for _, m := range []Modality{
		{Name: "rgb", Official: "tok_rgb", Look: Color, Vocab: 256, Pixels: true},
		{Name: "depth", Official: "tok_depth", Look: Depth, Vocab: 64},
		{Name: "normal", Official: "tok_normal", Look: Normal, Vocab: 64},
		{Name: "semseg", Official: "tok_semseg", Look: Label, Vocab: 64, Labels: SceneClasses},
		{Name: "instance", Official: "tok_instance", Look: Label, Vocab: 64},
		{Name: "edge", Official: "tok_canny_edge", Look: Gray, Vocab: 64},
		{Name: "flat", Look: Color, Vocab: 256},
		{Name: "line", Look: Gray, Vocab: 64},
		{Name: "twemoji", Look: Color, Vocab: 256},
		{Name: "caption", Kind: Sequence, Look: Caption, MaxTokens: 32},
		{Name: "box", Official: "det", Kind: Sequence, Look: Boxes, MaxTokens: 32},
		{Name: "palette", Official: "color_palette", Kind: Sequence, Look: Colors, MaxTokens: 23},
		{Name: "tags", Kind: Sequence, Look: Caption, MaxTokens: 32},
		{Name: "group", Kind: Sequence, Look: Caption, MaxTokens: 8},
	} {
		Register(m)
	}
}
