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
