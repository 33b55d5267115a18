// Package datasets turns bytes on disk, and rendered scenes, into samples.
//
//	ds := datasets.Scenes(2000, 1)        // rendered, nothing to download
//	s := ds.Split("train").MustSample(0)  // rgb, depth, normal, caption, ...
//	fmt.Println(s.Text("caption"))
//
// A Set is what training, evaluation and figures take: a list of samples in a
// fixed order that may be asked for from many goroutines. Open gives one by
// name ("emoji64", "coco33", "cleargrasp", "omniglot5", "scenes") or by the
// path of a folder; Scenes renders one from a seed.
//
// Of the named sets, emoji64 has four renderings of each emoji (rgb, flat,
// line, twemoji); coco33 photographs with captions and boxes, whose polygons
// are drawn as classes (things) and objects (instance); cleargrasp frames of a
// depth camera with metric depth and its holes, normals and a mask of what is
// transparent; omniglot5 written characters with the pen's strokes, early ones
// blue and late ones orange.
//
// # Layout
//
// A set on disk is laid out as ml-4m does it, so that its corpora load as
// they are: the same keys, in the same order, in the shards of every modality.
// One part of a corpus is one set ("cc12m/train").
//
//	SET/rgb/shard-00000.tar      a.png b.png c.png ...
//	SET/depth/shard-00000.tar    a.png b.png c.png ...
//	SET/meta.jsonl               {"id": "a", "caption": "a red ball", ...}
//
// Loose files (SET/rgb/a.png) do as well, linked ones too, and so do shards
// that are packed with gzip, joined from several, or hold all of a sample in
// one archive, as WebDataset's do (SET/000.tar: a.jpg a.txt). A folder may carry
// 4M's name of the modality (det, color_palette), in whatever letters, or what
// people call it beside others (images, masks); captions, boxes and palettes may
// be files of their own (.txt, .json, .json.gz) or fields of meta.jsonl, whose
// modalities are those of all its lines.
//
// A picture is what its bytes say: PNG, JPEG, GIF, WebP, BMP or TIFF. Depth is
// 16 bits of gray in millimetres, 0 where nothing is known; a normal is (n+1)/2
// with x right, y up, z to the viewer; labels are gray or palette pictures of
// class ids, of a kind that loses nothing. Each may be a .npy: depth in metres
// (whole numbers: millimetres), normals from -1 to 1, whole ids. Values of a look
// that somebody registered are read by its LookSpec: 16 bits of gray in its steps,
// arrays, or files of its own. Of a modality of kind Symbols, which a program
// registers before it opens the set, values are numbers: in SET/NAME/a.npy one
// number, a vector or a signal (N), a signal of several channels (N, C), whole
// numbers (N) that are symbols, or rows of them that are ready-made tokens; in
// meta.jsonl a number, a list, or a list of lists. Depth that is
// not finite or below 0 is unknown, and so is a normal that is not finite. What
// is transparent in a colour picture is white. In meta.jsonl "box" is [x0, y0,
// x1, y1] in pixels, whose class is the sample's group, or 4M's {"instances":
// ...} in fractions; "split" names a sample's part. Of several captions of a
// sample (a list, the lines of a .txt) the first is shown, or one by seed: see
// Set.Augmented.
//
// Parts are paired by key and their order is compared. A key that one modality
// lacks, a tar cut short, a broken picture, one of another size: each is an
// error that names the file and the key; a text that is not UTF-8 one that names
// line and byte. Options.SkipBroken leaves such samples out and says so. What is
// passed over or read otherwise than it stands (a file of a kind that is not
// read, an Exif orientation, depth that is no number) Check lists by kind, with
// its count and first name.
//
// Nothing is read before it is needed: opening a set indexes its shards, a
// sample is decoded when it is asked for and kept while there is room.
//
// # Ready-made tokens
//
// A set may bring tokens that were made beforehand (docs/4m.md, 3.6), in shards or
// as loose files:
//
//	SET/tok_rgb@224/shard-00000.tar    a.npy ...   int16, (windows, tokens)
//	SET/crop_settings/shard-00000.tar  a.npy ...   (windows, 5): top, left, height, width, flip
//
// Row i of the tokens is of window i of the picture. One row is chosen for a
// sample, and all of it shows that window: pictures are cut out, resized to
// their modality's size and mirrored, boxes follow them, the tokens are in
// Sample.Toks. It is row 0, the square in the middle; Augmented draws others:
//
//	for epoch := range int64(10) {
//		part := ds.Augmented(epoch) // the same windows for the same epoch
//		...
//	}
//
// tok_rgb@224 names a domain of the published models, whose grid and vocabulary
// the tokens must fit. Options.Names tells of folders that are called otherwise.
// Windows without tokens are left alone, and tokens without crop_settings have
// one row, of the square in the middle.
//
// # Making a set
//
// Pack turns a folder of pictures and a file of captions into shards, Write
// stores any Set, and Check reads all of a set and lists what is wrong:
//
//	report, err := datasets.Pack("photos", "photos64", datasets.PackOptions{})
//	check, err := datasets.Check("photos64")
//	fmt.Println(report, check)
package datasets
