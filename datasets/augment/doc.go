// Package augment turns a picture as it is stored into what a model is given:
// it cuts a window out, brings it to a size, mirrors it, and scales its numbers
// as 4M does (docs/4m.md, 1.3).
//
//	r := rand.New(rand.NewPCG(1, 0))
//	c := augment.RandomCrop(r, 480, 640, augment.Ranges{})
//	img := augment.FromImage(photo).Cut(c).Resize(224, 224, augment.Bicubic).Mirror(c.Flip)
//	x := img.Tensor(augment.ImageNet)
//
// # Windows
//
// A Crop is a window and whether what it shows is mirrored: a row of ml-4m's
// crop_settings files. One window is drawn for a sample and used for all its
// modalities, so that pixels, boxes and tokens stay aligned. RandomCrop,
// Centre, Pad and Jitter make windows, Rows those of a crop_settings file; each
// takes its chance from the source it is given, so a seed gives the same
// windows again.
//
// # Pixels
//
// Bytes holds 8-bit pixels. Its Resize computes what Pillow computes, to the
// last bit: the data sets and tokens of the published models were made with
// it. Resize does the same in float32 for what has no 8 bits.
//
// Values that must not be mixed (labels, masks, depth with holes) are resized
// by Nearest.
package augment
