package modality

// The modalities that every program knows, as data. Names before "@" are 4M's
// (docs/4m.md, 1.1); sizes are those of the lab's 64-pixel samples.

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

// ADE20K are the classes of ADE20K in the order of their ids; 0 is what nobody
// labelled.
var ADE20K = []string{
	"",
	"wall", "building", "sky", "floor", "tree", "ceiling", "road", "bed", "windowpane", "grass",
	"cabinet", "sidewalk", "person", "earth", "door", "table", "mountain", "plant", "curtain", "chair",
	"car", "water", "painting", "sofa", "shelf", "house", "sea", "mirror", "rug", "field", "armchair",
	"seat", "fence", "desk", "rock", "wardrobe", "lamp", "bathtub", "railing", "cushion", "base", "box",
	"column", "signboard", "chest of drawers", "counter", "sand", "sink", "skyscraper", "fireplace",
	"refrigerator", "grandstand", "path", "stairs", "runway", "case", "pool table", "pillow",
	"screen door", "stairway", "river", "bridge", "bookcase", "blind", "coffee table", "toilet", "flower",
	"book", "hill", "bench", "countertop", "stove", "palm", "kitchen island", "computer", "swivel chair",
	"boat", "bar", "arcade machine", "hovel", "bus", "towel", "light", "truck", "tower", "chandelier",
	"awning", "streetlight", "booth", "television receiver", "airplane", "dirt track", "apparel", "pole",
	"land", "bannister", "escalator", "ottoman", "bottle", "buffet", "poster", "stage", "van", "ship",
	"fountain", "conveyer belt", "canopy", "washer", "plaything", "swimming pool", "stool", "barrel",
	"basket", "waterfall", "tent", "bag", "minibike", "cradle", "oven", "ball", "food", "step", "tank",
	"trade name", "microwave", "pot", "animal", "bicycle", "lake", "dishwasher", "screen", "blanket",
	"sculpture", "hood", "sconce", "vase", "traffic light", "tray", "ashcan", "fan", "pier", "crt screen",
	"plate", "monitor", "bulletin board", "shower", "radiator", "glass", "clock", "flag",
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
