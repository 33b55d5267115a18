package datasets

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fourmlab/datasets/npy"
)

// What does not fit is an error with file and key, or a skip that is told.
func TestBrokenPreTokenised(t *testing.T) {
	const bad = "c1/s01"
	ids := func(n int, v int) []int { return slices.Repeat([]int{v}, n) }
	for name, c := range map[string]struct {
		spoil func(f map[string]file)
		words []string
	}{
		"missing tokens":  {func(f map[string]file) { delete(f, "tok_rgb@224") }, []string{"tok_rgb@224", "missing in tok_rgb@224"}},
		"missing windows": {func(f map[string]file) { delete(f, "crop_settings") }, []string{"crop_settings", "missing in crop_settings"}},
		"missing picture": {func(f map[string]file) { delete(f, "rgb") }, []string{"rgb", "missing in"}},
		"rows": {func(f map[string]file) {
			f["tok_rgb@224"] = file{bad + ".npy", npy.Table(2, nTokens, ids(2*nTokens, 1))}
		},
			[]string{"tok_rgb@224", "2 rows of tokens, but crop_settings has 3 windows"}},
		"id": {func(f map[string]file) {
			v := ids(3*nTokens, 1)
			v[200] = 16384
			f["tok_rgb@224"] = file{bad + ".npy", npy.Table(3, nTokens, v)}
		}, []string{"tok_rgb@224", "token 4 in row 1 is 16384, expected 0 to 16383"}},
		"negative id": {func(f map[string]file) {
			f["tok_rgb@224"] = file{bad + ".npy", npy.Table(3, nTokens, ids(3*nTokens, -1))}
		},
			[]string{"token 0 in row 0 is -1"}},
		"no grid": {func(f map[string]file) { f["tok_rgb@224"] = file{bad + ".npy", npy.Table(3, 195, ids(3*195, 1))} },
			[]string{"195 tokens, expected the grid of rgb@224, 14x14"}},
		"no table":   {func(f map[string]file) { f["tok_rgb@224"] = file{bad + ".npy", npy.Table(1, 1, []int{1})[:100]} }, []string{"tok_rgb@224", "cut off"}},
		"no npy":     {func(f map[string]file) { f["tok_rgb@224"] = file{bad + ".npy", []byte("PK")} }, []string{"no .npy file of 2 bytes"}},
		"a picture":  {func(f map[string]file) { f["tok_rgb@224"] = file{bad + ".png", f["rgb"].data} }, []string{"a .png file, expected tokens"}},
		"no windows": {func(f map[string]file) { f["crop_settings"] = file{bad + ".npy", npy.Table(0, 5, nil)} }, []string{"crop_settings", "shape (0, 5)"}},
		"window of 4": {func(f map[string]file) { f["crop_settings"] = file{bad + ".npy", npy.Table(1, 4, ids(4, 1))} },
			[]string{"crop_settings", "shape (1, 4)"}},
		"negative window": {func(f map[string]file) {
			f["crop_settings"] = file{bad + ".npy", npy.Table(1, 5, []int{-1, 0, 9, 9, 0})}
		}, []string{"crop_settings", "row 0", "window [-1 0 9 9 0]"}},
		"window outside": {func(f map[string]file) {
			f["crop_settings"] = file{bad + ".npy", npy.Table(3, 5, []int{0, 0, 9, 9, 0, 0, 0, 9, 9, 0, 0, 0, 9, 200, 0})}
		}, []string{"rgb", "row 2 of its crop_settings is the window [0 0 9 200 0], outside of its"}},
		"broken caption": {func(f map[string]file) { f["caption"] = file{bad + ".json.gz", []byte{0x1f, 0x8b}} }, []string{"caption"}},
	} {
		t.Run(name, func(t *testing.T) {
			raws := newRawSamples(4, 3)
			dir := lay(t, raws, 2, func(key string, f map[string]file) {
				if key == bad {
					c.spoil(f)
				}
			})
			set, err := Open(dir)
			if err == nil {
				for i := range set.Len() {
					if _, e := set.Sample(i); e != nil {
						err = e
					}
				}
			}
			says(t, err, append(c.words, fmt.Sprintf("key %q", bad))...)
			if rep, err := Check(dir); err != nil || rep.OK || rep.Samples != 3 || !strings.Contains(strings.Join(rep.Problems, "\n"), c.words[len(c.words)-1]) {
				t.Errorf("Check says %v (%v)", rep, err)
			}
			set, err = OpenWith(dir, Options{SkipBroken: true})
			if err != nil {
				t.Fatal(err)
			}
			if set.Len() != 3 || len(set.Skipped()) == 0 || slices.Contains(set.Keys(), bad) {
				t.Errorf("keys %v are left, skipped %v", set.Keys(), set.Skipped())
			}
			for i := range set.Len() {
				s := set.MustSample(i)
				n := slices.IndexFunc(raws, func(r rawSample) bool { return r.key == s.Key })
				aligned(t, s, raws[n], 0)
			}
		})
	}
}
