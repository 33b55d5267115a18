package modality

import (
	"reflect"
	"slices"
	"testing"
)

// A sample's modality is found under the name that a published model has for
// it, and the other way round; names with two resolutions are two modalities.
func TestAs(t *testing.T) {
	pic := NewPicture(2, 2, 3)
	toks := Tokens{Modality: "depth", IDs: []int{1}}
	s := Sample{Key: "k", Values: map[string]any{"rgb": pic, "edge": pic, "caption": "a"}, Toks: map[string]Tokens{"depth": toks}}
	before := s.Names()
	got := s.As("rgb@224", "canny_edge@224", "depth@224", "caption", "normal@224", "det")
	if got.Values["rgb@224"] != any(pic) || got.Values["canny_edge@224"] != any(pic) || !reflect.DeepEqual(got.Toks["depth@224"], toks) {
		t.Errorf("%v with tokens of %v", got.Names(), got.Toks)
	}
	if got.Has("normal@224") || got.Has("det") || len(got.Values) != 5 || len(got.Toks) != 2 {
		t.Errorf("it has %v and %v, which the sample has not", got.Values, got.Toks)
	}
	if !slices.Equal(s.Names(), before) || len(s.Toks) != 1 {
		t.Error("the sample itself was changed")
	}
	large := Sample{Values: map[string]any{"rgb@448": pic}}
	if large.As("rgb@224").Has("rgb@224") || !large.As("rgb").Has("rgb") {
		t.Error("448 pixels are taken for 224, or not for those of any size")
	}
	two := Sample{Values: map[string]any{"rgb@448": pic, "rgb@224": "small"}}
	if two.As("rgb").Has("rgb") || two.As("rgb@224").Values["rgb@224"] != "small" {
		t.Error("of two sizes one is chosen")
	}
}
