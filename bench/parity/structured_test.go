package parity

import (
	"encoding/json"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

func TestStructured(t *testing.T) {
	f := &Fixture{Dir: fixture.Path(t, "parity", "misc"), Name: "misc"}
	var m map[string]json.RawMessage
	if err := f.JSON("misc.json", &m); err != nil {
		t.Fatal(err)
	}
	r := run(t, func(r *Report) error { return structured(f, m, r) })
	if len(r.checks) != 9 {
		t.Errorf("%d groups were compared", len(r.checks))
	}
}

// What differs fails, and what cannot be read is an error with its place.
func TestStructuredDiffers(t *testing.T) {
	wrong := map[string]json.RawMessage{
		"detection": json.RawMessage(`[{"instances": [{"boxes": [0, 0, 0.5, 0.5], "class_name": "cat", "score": 0.9}], "bbox_order": "area",
			"crop_coords_top_left_h_w": [0, 0, 10, 10], "orig_size_h_w": [10, 10], "boxes_after": [[0, 0, 0.6, 0.5, "cat", 0.9]], "string": "v0=1 cat"}]`),
		"metadata":      json.RawMessage(`[{"metadata": {"n_humans": 3}, "chunks": ["v1=5 v0=4", "v1=9 v0=70"]}]`),
		"color_palette": json.RawMessage(`[{"values": [1, 2, 3], "string": "v1=1 v0=1 v0=2 v0=4 v0=9"}]`),
	}
	r := &Report{}
	if err := structured(&Fixture{Name: "x"}, wrong, r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.checks {
		if c.pass {
			t.Errorf("%s passed", c.group)
		}
	}
	for name, raw := range map[string]string{
		"detection":   `[{"bbox_order": "area", "crop_coords_top_left_h_w": [1, 2]}]`,
		"metadata":    `[{"metadata": {"weather": 1}}]`,
		"human_poses": `[{"instance": ["human", 1, 2]}]`,
	} {
		err := structured(&Fixture{Name: "x"}, map[string]json.RawMessage{name: json.RawMessage(raw)}, &Report{})
		if err == nil || !strings.Contains(err.Error(), "x: "+name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A shuffled record is compared in its own order.
func TestShuffledBoxes(t *testing.T) {
	raw := json.RawMessage(`[{"instances": [{"boxes": [0, 0, 0.5, 0.5], "class_name": "cat", "score": 0.9}, {"boxes": [0.5, 0.5, 1, 1], "class_name": "dog", "score": 0.9}],
		"bbox_order": "random", "det_max_instances": null, "crop_coords_top_left_h_w": [0, 0, 10, 10], "orig_size_h_w": [10, 10],
		"boxes_after": [[0.5, 0.5, 1, 1, "dog", 0.9], [0, 0, 0.5, 0.5, "cat", 0.9]], "string": "v0=500 v1=500 v2=999 v3=999 dog v0=0 v1=0 v2=500 v3=500 cat"}]`)
	run(t, func(r *Report) error {
		return structured(&Fixture{Name: "x"}, map[string]json.RawMessage{"detection": raw}, r)
	})
}
