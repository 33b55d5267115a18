package datasets

// The exact judge of rendered scenes, for samples.

import (
	"fmt"

	"fourmlab/datasets/scenes"
	"fourmlab/fourm/modality"
)

// Verdict says what of a caption a picture shows.
type Verdict = scenes.Verdict

// Verify tells what of a caption of a rendered scene a sample shows, true or
// generated, by its rgb and semseg, and by its depth where it has one:
//
//	v, err := datasets.Verify(out.Sample, "a large red ball left of a small blue box")
//	fmt.Println(v, v.Score())
//
// Where a model has made rgb alone, let it say semseg, and depth, of that first. A
// caption that is none of such scenes is an error, and so is a sample without these
// pictures.
func Verify(s modality.Sample, caption string) (Verdict, error) {
	said, err := scenes.Read(caption)
	if err != nil {
		return Verdict{}, err
	}
	var of [3]*modality.Picture
	for i, n := range []string{"rgb", "semseg", "depth"} {
		v, has := s.Values[n]
		p, ok := v.(*modality.Picture)
		if !ok && (has || i < 2) {
			return Verdict{}, fmt.Errorf("datasets.Verify: sample %s has a %T as %s, expected a picture", s.Key, v, n)
		}
		of[i] = p
	}
	return scenes.Verify(said, of[0], of[1], of[2])
}
