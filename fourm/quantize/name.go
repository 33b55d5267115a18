package quantize

import (
	"fmt"
	"strings"
)

// String gives the name by which Parse makes it.
func (q *fsq) String() string {
	kind := "fsq"
	if q.TerraMind {
		kind = "fsq-terramind"
	}
	return kind + ":" + strings.ReplaceAll(strings.Trim(fmt.Sprint(q.Levels), "[]"), " ", ",")
}

func (q *lfq) String() string { return fmt.Sprintf("lfq:%d", q.Bits) }

func (q *residual) String() string { return fmt.Sprintf("rvq:%dx%d", q.Books(), q.Codes()) }
