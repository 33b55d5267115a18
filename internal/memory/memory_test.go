package memory

import (
	"math"
	"strings"
	"testing"

	"fourmlab/internal/fault"
	"fourmlab/internal/human"
)

// What is larger than the limit or the machine is refused with its bytes; what
// fits is not.
func TestNeed(t *testing.T) {
	defer Limit(0)
	ask := func(bytes float64) (err error) {
		defer fault.Catch(&err)
		Need("fourm.New", bytes, "dim %d: the model", 7)
		return nil
	}
	for _, most := range []int64{0, 1 << 34} {
		Limit(most)
		if err := ask(1 << 20); err != nil {
			t.Errorf("limit %d: a MB is refused: %v", most, err)
		}
		for _, n := range []float64{1e15, 1e30, math.Inf(1)} {
			err := ask(n)
			if total, _ := Machine(); most == 0 && total == 0 {
				continue // the system does not tell
			}
			if err == nil || !strings.HasPrefix(err.Error(), "fourm.New: dim 7: the model needs "+human.Bytes(n)+" of memory, ") || !strings.HasSuffix(err.Error(), " are free") {
				t.Errorf("limit %d: %g bytes: %v", most, n, err)
			}
		}
	}
	Limit(Used() + 100<<20)
	if err := ask(200 << 20); err == nil {
		t.Error("200 MB fit into the 100 MB that the limit leaves")
	}
	if err := ask(50 << 20); err != nil {
		t.Error(err)
	}
}
