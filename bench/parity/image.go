package parity

// Transforms of pictures and depth: the image.* and depth.* tensors of the
// fixtures of small parts.

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"fourmlab/datasets/augment"
)

// cropped names a result of cutting and resizing: its side and Pillow's filter,
// "None" where the official code leaves it to Pillow.
var cropped = regexp.MustCompile(`^image\.crop_resize(\d+)\.(\w+)$`)

var pillowFilters = map[string]augment.Filter{"None": augment.Bicubic, "bicubic": augment.Bicubic, "bilinear": augment.Bilinear, "nearest": augment.Nearest}

// pictures compares every tensor of transforms in tensors.safetensors. 8-bit
// pixels may differ by one.
func images(f *Fixture, m map[string]json.RawMessage, r *Report) error {
	var about struct {
		Crop []int `json:"crop_top_left_h_w"`
	}
	if raw, ok := m["image"]; ok {
		if err := json.Unmarshal(raw, &about); err != nil {
			return fmt.Errorf("image: %w", err)
		}
	}
	all, err := f.Tensors("tensors.safetensors")
	if err != nil {
		return err
	}
	var names []string
	for n := range all {
		if strings.HasPrefix(n, "image.") || strings.HasPrefix(n, "depth.") {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	for _, n := range names {
		want := all[n]
		switch resized := cropped.FindStringSubmatch(n); {
		case n == "image.rgb" || n == "depth.raw_i32": // what goes in
		case strings.HasPrefix(n, "image."):
			in, err := imagePixels(all["image.rgb"])
			if err != nil {
				return err
			}
			if resized != nil {
				err = cutAndResize(r, n, in, about.Crop, resized, want)
			} else {
				err = fromPixels(r, n, in, want)
			}
			if err != nil {
				return err
			}
		default:
			if err := imageDepth(r, n, all["depth.raw_i32"], want); err != nil {
				return err
			}
		}
	}
	return nil
}

// imagePixels gives an 8-bit picture.
func imagePixels(t Tensor) (augment.Bytes, error) {
	if len(t.Shape) != 3 || len(t.I) == 0 {
		return augment.Bytes{}, fmt.Errorf("image.rgb has shape %v, expected (H, W, C) of whole numbers", t.Shape)
	}
	b := augment.NewBytes(t.Shape[0], t.Shape[1], t.Shape[2])
	for i, v := range t.I {
		if b.Pix[i] = uint8(v); int(b.Pix[i]) != v {
			return b, fmt.Errorf("image.rgb: %d is no pixel of 8 bits", v)
		}
	}
	return b, nil
}

// cutAndResize compares a window brought to a square.
func cutAndResize(r *Report, name string, in augment.Bytes, crop []int, resized []string, want Tensor) error {
	filter, ok := pillowFilters[resized[2]]
	if !ok || len(crop) != 4 {
		return fmt.Errorf("%s: the filter %q and a window of %d numbers, expected one of Pillow's and 4", name, resized[2], len(crop))
	}
	side, err := strconv.Atoi(resized[1])
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	got := in.Cut(augment.Crop{Top: crop[0], Left: crop[1], H: crop[2], W: crop[3]}).Resize(side, side, filter)
	samePixels(r, "resize "+resized[2], name, got, want)
	return nil
}

// fromPixels compares what is made of a whole picture.
func fromPixels(r *Report, name string, in augment.Bytes, want Tensor) error {
	switch name {
	case "image.normal_hflip":
		samePixels(r, "normal flip", name, in.MirrorNormals(true), want)
	case "image.rgb_to_tensor_imagenet":
		r.Floats("to tensor", name, in.Tensor(augment.ImageNet), want.F, 1e-6)
	case "image.rgb_to_tensor_inception":
		r.Floats("to tensor", name, in.Tensor(augment.Inception), want.F, 1e-6)
	default:
		return fmt.Errorf("no transform is known for %s", name)
	}
	return nil
}

// samePixels compares 8-bit pictures.
func samePixels(r *Report, group, name string, got augment.Bytes, want Tensor) {
	g, w := make([]float32, len(got.Pix)), make([]float32, len(want.I))
	for i, v := range got.Pix {
		g[i] = float32(v)
	}
	for i, v := range want.I {
		w[i] = float32(v)
	}
	if shape := []int{got.H, got.W, got.C}; !slices.Equal(shape, want.Shape) {
		r.Ints(group, name+" (shape)", shape, want.Shape)
	}
	r.Floats(group, name, g, w, 1)
}

// imageDepth compares what is made of 16-bit depth.
func imageDepth(r *Report, name string, raw, want Tensor) error {
	in := make([]uint16, len(raw.I))
	for i, v := range raw.I {
		if in[i] = uint16(v); int(in[i]) != v {
			return fmt.Errorf("depth.raw_i32: %d is no depth of 16 bits", v)
		}
	}
	got := augment.Depth(in)
	switch name {
	case "depth.plain":
		r.Floats("depth", name, got, want.F, 1e-7)
	case "depth.standardized":
		r.Floats("depth standardised", name, augment.Standardise(got), want.F, 1e-5)
	default:
		return fmt.Errorf("no transform is known for %s", name)
	}
	return nil
}
