package parity

// Boxes, metadata, palettes and poses as strings: the parts of a fixture of
// kind misc that fourm/text computes.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// structured compares the parts detection, metadata, color_palette and
// human_poses of a fixture, those that it has.
func structured(f *Fixture, m map[string]json.RawMessage, r *Report) error {
	for _, part := range []struct {
		name    string
		compare func(json.RawMessage, *Report) error
	}{{"detection", detections}, {"metadata", metadata}, {"color_palette", palettes}, {"human_poses", poses}} {
		raw, ok := m[part.name]
		if !ok {
			continue
		}
		if err := part.compare(raw, r); err != nil {
			return fmt.Errorf("%s: %s: %w", f.Name, part.name, err)
		}
	}
	return nil
}

func detections(raw json.RawMessage, r *Report) error {
	var cases []struct {
		Instances []struct {
			Boxes []float64 `json:"boxes"`
			Class string    `json:"class_name"`
			Score float64   `json:"score"`
		} `json:"instances"`
		Threshold  float64 `json:"det_threshold"`
		Most       *int    `json:"det_max_instances"` // null: no limit
		Order      string  `json:"bbox_order"`
		Visibility float64 `json:"min_visibility"`
		Crop       []int   `json:"crop_coords_top_left_h_w"`
		Size       []int   `json:"orig_size_h_w"`
		Flip       bool    `json:"flip"`
		After      [][]any `json:"boxes_after"`
		String     string  `json:"string"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		return err
	}
	for i, c := range cases {
		what := fmt.Sprint("case ", i)
		if len(c.Crop) != 4 || len(c.Size) != 2 {
			return fmt.Errorf("%s: crop %v and size %v, expected four numbers and two", what, c.Crop, c.Size)
		}
		choice := text.BoxChoice{MinScore: c.Threshold, MinVisible: c.Visibility, Order: c.Order}
		if c.Most != nil {
			choice.Most = *c.Most
		}
		if c.Order == "random" {
			choice.Order = "" // the order is compared of the record alone
		}
		var boxes []modality.Box
		for _, b := range c.Instances {
			if len(b.Boxes) != 4 {
				return fmt.Errorf("%s: a box of %d numbers", what, len(b.Boxes))
			}
			// 0 would stand for certain
			boxes = append(boxes, modality.Box{X0: b.Boxes[0], Y0: b.Boxes[1], X1: b.Boxes[2], Y1: b.Boxes[3], Class: b.Class, Score: max(b.Score, math.SmallestNonzeroFloat64)})
		}
		view := text.View{Top: c.Crop[0], Left: c.Crop[1], Height: c.Crop[2], Width: c.Crop[3], Rows: c.Size[0], Cols: c.Size[1], Flip: c.Flip}
		got := choice.Choose(boxes, view, nil)
		if c.Order == "random" {
			got = likeRecord(got, c.After)
		}
		r.Ints("boxes chosen", what, []int{len(got)}, []int{len(c.After)})
		for k, want := range c.After {
			if len(want) != 6 || k >= len(got) {
				continue
			}
			b := got[k]
			for at, x := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
				w, _ := want[at].(float64)
				r.Number("boxes chosen", fmt.Sprint(what, ", box ", k), x, w, 1e-6*math.Abs(w))
			}
			class, _ := want[4].(string)
			score, _ := want[5].(float64)
			r.Text("boxes chosen", what, b.Class, class)
			r.Number("boxes chosen", what+", score", b.Score, score, 1e-6*math.Abs(score)+math.SmallestNonzeroFloat64)
		}
		s := text.Style{}.Boxes(got)
		r.Text("boxes as text", what, s, c.String)
		r.Text("boxes read back", what, text.Style{}.Boxes(text.Style{}.ReadBoxes(c.String)), c.String)
	}
	return nil
}

// likeRecord puts boxes into the order of a record that was shuffled: each
// place gets the box that is nearest to what stands there.
func likeRecord(boxes []modality.Box, record [][]any) []modality.Box {
	rest := slices.Clone(boxes)
	var out []modality.Box
	for _, want := range record {
		best, least := -1, math.Inf(1)
		for i, b := range rest {
			d := 0.0
			for at, x := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
				if at < len(want) {
					w, _ := want[at].(float64)
					d += math.Abs(x - w)
				}
			}
			if d < least {
				best, least = i, d
			}
		}
		if best >= 0 {
			out = append(out, rest[best])
			rest = slices.Delete(rest, best, best+1)
		}
	}
	return append(out, rest...)
}

func metadata(raw json.RawMessage, r *Report) error {
	var cases []struct {
		Metadata json.RawMessage `json:"metadata"`
		Chunks   []string        `json:"chunks"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		return err
	}
	for i, c := range cases {
		what := fmt.Sprint("case ", i)
		var values text.Metadata
		if err := json.Unmarshal(c.Metadata, &values); err != nil {
			return err
		}
		names, err := keys(c.Metadata)
		if err != nil {
			return err
		}
		var got []string // in the order of the file
		for _, n := range names {
			one, err := text.Style{}.Metadata(text.Metadata{n: values[n]}, nil)
			if err != nil {
				return err
			}
			got = append(got, one...)
		}
		r.Text("metadata chunks", what, strings.Join(got, "|"), strings.Join(c.Chunks, "|"))
		for _, chunk := range c.Chunks {
			again, err := text.Style{}.Metadata(text.Style{}.ReadMetadata(chunk), nil)
			if err != nil {
				return err
			}
			r.Text("metadata read back", what, strings.Join(again, "|"), chunk)
		}
	}
	return nil
}

// keys lists the names of an object in their order.
func keys(raw json.RawMessage) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var out []string
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil || !ok {
			return nil, fmt.Errorf("an object with the name %v (%v)", t, err)
		}
		out = append(out, name)
	}
	return out, nil
}

func palettes(raw json.RawMessage, r *Report) error {
	var cases []struct {
		Values []int  `json:"values"`
		String string `json:"string"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		return err
	}
	for i, c := range cases {
		what := fmt.Sprint("case ", i)
		p := modality.Palette{}
		for v := c.Values; len(v) >= 3; v = v[3:] {
			p = append(p, color.RGBA{R: uint8(v[0]), G: uint8(v[1]), B: uint8(v[2]), A: 255})
		}
		r.Text("palettes as text", what, text.Style{}.Palette(p), c.String)
		var got []int
		for _, x := range (text.Style{}).ReadPalette(c.String) {
			got = append(got, int(x.R), int(x.G), int(x.B))
		}
		r.Ints("palettes read back", what, got, c.Values)
	}
	return nil
}

func poses(raw json.RawMessage, r *Report) error {
	var cases []struct {
		Instance []any  `json:"instance"`
		Order    []int  `json:"randperm4"`
		String   string `json:"string"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		return err
	}
	style := text.Style{Compat: true}
	for i, c := range cases {
		what := fmt.Sprint("case ", i)
		p, err := person(c.Instance)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		got, err := style.Poses([]text.Person{p}, [][]int{c.Order})
		if err != nil {
			return err
		}
		r.Text("poses as text", what, got, c.String)
		again, err := style.Poses(style.ReadPoses(c.String), [][]int{c.Order})
		if err != nil {
			return err
		}
		r.Text("poses read back", what, again, c.String)
	}
	return nil
}

// person reads a list of words, each followed by its numbers.
func person(list []any) (p text.Person, err error) {
	parts := map[string][]float64{}
	name := ""
	for _, x := range list {
		switch v := x.(type) {
		case string:
			name = v
		case float64:
			parts[name] = append(parts[name], v)
		}
	}
	var pose [8]float64
	for name, to := range map[string][]float64{"global": p.Global[:], "camera": p.Camera[:], "shape": p.Shape[:], "pose": pose[:]} {
		if copy(to, parts[name]) != len(to) || len(parts[name]) != len(to) {
			return p, fmt.Errorf("%s has %d numbers, expected %d", name, len(parts[name]), len(to))
		}
	}
	for i, x := range pose {
		p.Pose[i] = int(x)
	}
	box := parts["human"]
	if len(box) != 4 {
		return p, fmt.Errorf("a box of %d numbers", len(box))
	}
	p.X0, p.Y0, p.X1, p.Y1 = box[0], box[1], box[2], box[3]
	return p, nil
}
