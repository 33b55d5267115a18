package train

import (
	"reflect"
	"sync"
	"testing"

	"fourmlab/fourm/modality"
)

// crops is a set that shows something else in every epoch.
type crops struct {
	set
	epoch int
	seen  *sync.Map // epochs that were read
}

func (c crops) Concurrent() bool { return true }
func (c crops) Epoch(n int) modality.Data {
	return crops{c.set, n, c.seen}
}

func (c crops) Sample(i int) (modality.Sample, error) {
	c.seen.Store(c.epoch, true)
	s := c.samples[(i+c.epoch)%len(c.samples)]
	return s, nil
}

// A set that varies is read anew in every epoch, the same for the same seed,
// and goes on where a run was left.
func TestEpochs(t *testing.T) {
	data := crops{set: things(t, 10), seen: &sync.Map{}}
	o := options(12)
	whole := small(t)
	a := fit(t, whole, data, o)
	for epoch := range (12*8 + 9) / 10 {
		if _, ok := data.seen.Load(epoch); !ok {
			t.Errorf("epoch %d was not read", epoch)
		}
	}
	o.Dir = t.TempDir()
	o.OnStep = func(p Point) bool { return p.Step < 7 }
	m := small(t)
	fit(t, m, data, o)
	o.OnStep = nil
	again := small(t)
	b := fit(t, again, data, o)
	sameRun(t, a, b, whole, again)

	fixed := fit(t, small(t), data.set, options(12))
	if reflect.DeepEqual(a.Last().Loss, fixed.Last().Loss) {
		t.Error("a set that varies trains like one that does not")
	}
}
