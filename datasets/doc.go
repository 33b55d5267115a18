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
// # Layout
//
// A set on disk is laid out as ml-4m does it, so that its corpora load as
// they are: the same keys, in the same order, in the shards of every modality.
// One part of a corpus is one set ("cc12m/train"). Its ready-made tokens
// (.npy) are not read.
//
//	SET/rgb/shard-00000.tar      a.png b.png c.png ...
//	SET/depth/shard-00000.tar    a.png b.png c.png ...
//	SET/meta.jsonl               {"id": "a", "caption": "a red ball", ...}
//
// Loose files (SET/rgb/a.png) do as well. A folder may carry 4M's name of the
// modality (det, color_palette); captions, boxes and palettes may
// be files of their own (.txt, .json, .json.gz) or fields of meta.jsonl. Depth
// is a 16-bit gray png in millimetres, 0 where nothing is known; a normal is
// (n+1)/2 with x right, y up, z to the viewer; labels are gray or palette png
// files of class ids; what is transparent in a colour picture is white. In
// meta.jsonl "box" is [x0, y0, x1, y1] in pixels, whose class is the sample's
// group, or 4M's {"instances": ...} in fractions; "split" names a sample's
// part.
//
// Parts are paired by key and their order is compared. A key that one modality
// lacks, a tar cut short, a broken picture, one of another size: each is an
// error that names the file and the key. Options.SkipBroken leaves such
// samples out and says so.
//
// Nothing is read before it is needed: opening a set indexes its shards, a
// sample is decoded when it is asked for and kept while there is room.
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
