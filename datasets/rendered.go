package datasets

// Rendered scenes as a set: no files, a sample is a function of its number.

import (
	"fmt"

	"fourmlab/datasets/scenes"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Scenes gives n rendered scenes of 64x64 pixels; sample i depends on seed and
// i alone. They are drawn when they are asked for, about a millisecond or two
// each.
func Scenes(n int, seed int64) *Set { return ScenesWith(n, seed, scenes.Options{}) }

// ScenesWith is Scenes with another size or number of objects.
func ScenesWith(n int, seed int64, opt scenes.Options) *Set {
	if n < 0 {
		fault.Panic("datasets.Scenes", "%d scenes, expected 0 or more", n)
	}
	return &Set{name: "scenes", src: &rendered{n: n, seed: seed, opt: opt.Checked("datasets.Scenes"), kept: newCache(cacheBytes)}}
}

// openScenes is what the name "scenes" stands for.
func openScenes(size int) *Set { return ScenesWith(10000, 0, scenes.Options{Size: size}) }

type rendered struct {
	n    int
	seed int64
	opt  scenes.Options
	kept *cache
}

func (r *rendered) len() int           { return r.n }
func (r *rendered) key(i int) string   { return fmt.Sprintf("scene-%06d", i) }
func (r *rendered) splitOf(int) string { return "" }
func (r *rendered) skipped() []string  { return nil }
func (r *rendered) modalities() []string {
	return []string{"rgb", "depth", "normal", "semseg", "instance", "edge", "box", "caption", "palette"}
}

func (r *rendered) sample(i int) (modality.Sample, error) {
	if s, ok := r.kept.get(i); ok {
		return s, nil
	}
	s := r.opt.Render(int64(mix(uint64(r.seed)*0x9e3779b97f4a7c15 + uint64(i) + 1)))
	s.Key = r.key(i)
	r.kept.put(i, s)
	return s, nil
}
