package modality

// The modalities that every program knows, as data. Names before "@" are 4M's
// (inventory 1.1); sizes are those of the lab's 64-pixel samples.

// SceneClasses are the classes of the rendered scenes by id; 0 is what no
// surface covers.
var SceneClasses = []string{"sky", "floor", "wall", "ball", "box", "can", "cone", "ring"}

// Things are the classes of COCO's objects, in the order of their ids; 0 is all
// that is none of them.
var Things = []string{
	"", "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
	"traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog",
	"horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag",
	"tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat",
	"baseball glove", "skateboard", "surfboard", "tennis racket", "bottle", "wine glass", "cup",
	"fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot",
	"hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table",
	"toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven",
	"toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier",
	"toothbrush",
}

func init() {
	for _, m := range []Modality{
		{Name: "rgb", Official: "tok_rgb", Look: Color, Vocab: 256, Pixels: true},
		{Name: "depth", Official: "tok_depth", Look: Depth, Vocab: 64},
		{Name: "normal", Official: "tok_normal", Look: Normal, Vocab: 64},
		{Name: "semseg", Official: "tok_semseg", Look: Label, Vocab: 64, Labels: SceneClasses},
		{Name: "instance", Official: "tok_instance", Look: Label, Vocab: 64},
		{Name: "things", Look: Label, Labels: Things},
		{Name: "mask", Look: Label, Vocab: 64, Labels: []string{"", "object"}},
		{Name: "edge", Official: "tok_canny_edge", Look: Gray, Vocab: 64},
		{Name: "flat", Look: Color, Vocab: 256},
		{Name: "line", Look: Gray, Vocab: 64},
		{Name: "strokes", Look: Color, Vocab: 256},
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
