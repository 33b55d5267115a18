package datasets

// Kinds of files: which suffix holds what, which folder holds which modality,
// and what a system leaves in a folder without anybody's wish.

import (
	"path"
	"regexp"
	"strings"

	"fourmlab/fourm/modality"
)

// pictureExt are the suffixes of pictures. What a file really is its first
// bytes say.
var pictureExt = map[string]bool{"png": true, "apng": true, "jpg": true, "jpeg": true, "jfif": true, "jpe": true, "mpo": true, "gif": true,
	"webp": true, "bmp": true, "dib": true, "tif": true, "tiff": true}

// pictureKinds names them in a message.
const pictureKinds = "png, jpg, gif, webp, bmp, tiff"

// arrayExt are the suffixes of arrays of NumPy.
var arrayExt = map[string]bool{"npy": true, "npz": true}

// numbersExt tells whether files of a suffix hold numbers on a grid and are no
// pictures: arrays, and what a look that somebody registered reads itself.
func numbersExt(ext string) bool {
	if arrayExt[ext] {
		return true
	}
	for _, n := range modality.LookNames() {
		at, _ := modality.FindLook(n)
		if look := at.Spec(); look.Decode != nil && look.Ext == ext {
			return true
		}
	}
	return false
}

// dataExt are suffixes of files that may hold what a set is made of.
var dataExt = map[string]bool{"csv": true, "tsv": true, "jsonl": true, "ndjson": true, "json": true, "parquet": true, "zip": true,
	"arrow": true, "h5": true, "hdf5": true, "mat": true, "lmdb": true, "tfrecord": true}

// captionExt are the suffixes of texts that lie beside a picture of their name.
var captionExt = map[string]bool{"txt": true, "caption": true, "json": true}

// extOf gives a file's suffix in small letters, without the dot.
func extOf(name string) string { return strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")) }

// leftovers are names of files and folders that systems leave behind.
var leftovers = map[string]bool{"__macosx": true, "@eadir": true, "thumbs.db": true, "ehthumbs.db": true, "desktop.ini": true,
	"$recycle.bin": true, "system volume information": true, "__pycache__": true, "lost+found": true}

// hidden tells whether a file or folder is none of the set's: hidden, or a
// leftover.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || leftovers[strings.ToLower(name)]
}

// hiddenIn tells whether a member of an archive lies in a folder that is hidden
// or a leftover, or is one itself.
func hiddenIn(name string) bool {
	for _, part := range strings.Split(path.Clean(name), "/") {
		if part != "." && part != ".." && hidden(part) {
			return true
		}
	}
	return false
}

// splitName cuts a path at the first dot of its last element, as WebDataset
// does. Hidden files have no key.
func splitName(name string) (key, ext string) {
	dir, base := path.Split(strings.TrimPrefix(name, "./"))
	stem, ext, _ := strings.Cut(base, ".")
	if stem == "" {
		return "", ext
	}
	return dir + stem, strings.ToLower(ext)
}

// habits are folder names that people give to modalities, in small letters.
// They count where a folder beside them holds another modality.
var habits = map[string]string{
	"images": "rgb", "image": "rgb", "imgs": "rgb", "img": "rgb", "color": "rgb", "colour": "rgb", "colors": "rgb", "photos": "rgb",
	"photo": "rgb", "pictures": "rgb", "jpegimages": "rgb", "rgbs": "rgb", "rgb_images": "rgb",
	"depths": "depth", "depth_maps": "depth", "depth_map": "depth", "depthmaps": "depth", "depthmap": "depth",
	"normals": "normal", "surface_normals": "normal", "surface_normal": "normal",
	"labels": "semseg", "label": "semseg", "annotations": "semseg", "annotation": "semseg", "semantic": "semseg", "semantics": "semseg",
	"segmentation": "semseg", "segmentations": "semseg", "segmentationclass": "semseg", "seg": "semseg", "semsegs": "semseg",
	"masks": "mask", "instances": "instance", "segmentationobject": "instance", "edges": "edge", "canny": "edge", "lines": "line",
	"captions": "caption", "texts": "caption", "text": "caption",
}

// folderHolds tells which modality a folder's name stands for; sure says that
// the name is the modality's own, in whatever letters.
func folderHolds(name string) (mod string, sure bool) {
	for _, n := range []string{name, strings.ToLower(name)} {
		if m, ok := modality.Find(n); ok && (m.Kind == modality.Image || m.Look.Spec().Words && parsers[m.Look] == nil) {
			return m.Name, true
		}
	}
	return habits[strings.ToLower(name)], false
}

// splitNames are folder names of the parts of a set, in small letters.
var splitNames = map[string]string{"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val",
	"test": "test", "testing": "test"}

// partNamed gives the part that a folder or a table is called after: train,
// val2017; "" where it is none.
func partNamed(name string) string {
	return splitNames[strings.TrimRight(strings.ToLower(name), "0123456789_-")]
}

var notLetters = regexp.MustCompile(`[^a-z]+`)

// partIn gives the part that one of the words of a name is: captions_val2017.
func partIn(stem string) string {
	for _, w := range notLetters.Split(strings.ToLower(stem), -1) {
		if p := splitNames[w]; p != "" {
			return p
		}
	}
	return ""
}
