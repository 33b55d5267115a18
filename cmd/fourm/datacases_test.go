package main

import (
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// The programs among the cases of data and masks say what is wrong, or give
// what is right: F18, pictures of too few numbers; F19, alphas that are all 0;
// F20, validation samples that lack a modality.
func TestDataScriptCases(t *testing.T) {
	for _, c := range []struct {
		script []string
		args   []string
		code   int
		want   []string // in what is printed
		never  []string
	}{
		{[]string{"F18_short_pix", "train.go"}, []string{"short_pix", "nan_pixel", "val_no_caption", "nothing_some"}, 0,
			[]string{`key "scene-000000": rgb: picture of 64x64x3 with 64 numbers, expected 12288`, `key "scene-000000": rgb: number 77 of the picture is NaN`, "val map[tok_rgb:"}, []string{"runtime error", "caption:0 "}},
		{[]string{"F18_short_pix", "train.go"}, []string{"alphas_all_zero", "out_alphas_zero"}, 0,
			[]string{"InAlphas are 0 for all of rgb, tok_rgb, caption", "OutAlphas are 0 for all of tok_rgb, caption"}, nil},
		{[]string{"F19_alphas", "mask.go"}, nil, 2,
			[]string{"Mask.Draw: InAlphas are 0 for all of rgb, tok_rgb, caption: nothing is left to be input"}, []string{"0 in, 28 target"}},
		{[]string{"F20_val_zero", "valno.go"}, nil, 0,
			[]string{"map[tok_rgb:"}, []string{"caption:0", "NaN"}},
	} {
		file := fixture.Path(t, append([]string{"cases", "data"}, c.script...)...)
		out, errs, code := ran(t, t.TempDir(), append([]string{"run", file, "--"}, c.args...)...)
		said := out + errs
		if code != c.code {
			t.Errorf("%v %v: exit status %d, expected %d\n%s", c.script, c.args, code, c.code, said)
		}
		for _, w := range c.want {
			if !strings.Contains(said, w) {
				t.Errorf("%v %v: no %q in\n%s", c.script, c.args, w, said)
			}
		}
		for _, w := range c.never {
			if strings.Contains(said, w) {
				t.Errorf("%v %v: %q in\n%s", c.script, c.args, w, said)
			}
		}
	}
}
