package ablate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fourmlab/fourm/train"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Many seeds and many values are looked at in the time that it takes to look at
// each; more cells than the memory can know of are refused, as is a model that
// it cannot hold, before anything is trained.
func TestWideExperiments(t *testing.T) {
	began := time.Now()
	e := Experiment{Modalities: []string{"caption"}, Train: train.Options{Steps: 1}}
	for i := range 300_000 {
		e.Seeds = append(e.Seeds, int64(i))
	}
	e = e.check()
	e.Seeds = e.Seeds[:1]
	var rates []any
	for i := range 60_000 {
		rates = append(rates, float64(i+1)/1e9)
	}
	e.Vary = []Factor{Vary("lr", rates...)}
	settings := e.settings()
	if names := folders(settings); len(names) != len(rates) {
		t.Errorf("%d folders", len(names))
	}
	if spent := time.Since(began); spent > time.Minute {
		t.Errorf("it took %v", spent)
	}
	if total, _ := memory.Machine(); total == 0 {
		t.Skip("the system does not tell how much memory it has")
	}
	e.Vary = nil
	for _, k := range []string{"lr", "min_lr", "decay", "clip", "mask.in_alpha"} {
		e.Vary = append(e.Vary, Vary(k, rates[:300]...))
	}
	for _, c := range []struct {
		vary []Factor
		want string
	}{
		{e.Vary, "2.43e+12 cells of 5 factors: what is known of each needs"},
		{[]Factor{Vary("dim", 64, 1<<40)}, "dim 1099511627776: the model needs"},
		{[]Factor{Vary("encoder", 1<<62)}, fmt.Sprintf("encoder %d: the model needs", 1<<62)},
	} {
		e.Vary = c.vary
		err := func() (err error) {
			defer fault.Catch(&err)
			e.settings()
			return nil
		}()
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), " are free") {
			t.Errorf("%v, expected %q", err, c.want)
		}
	}
}
