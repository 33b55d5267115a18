package export_test

import (
	"strings"
	"testing"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/export"
)

// What cannot be a program is said with the cell, its line and what stands
// there, though none of the cells has run.
func TestErrors(t *testing.T) {
	s := session.New()
	for want, cells := range map[string][]string{
		"cell 2: In [2]:3:7: expected '}', found the end of the cell (if y {)": {"x := 1", "y := 2\n\nif y {\n"},
		"cell 1: In [1]:2:1: comment not terminated (/* note)":                 {"x := 1\n/* note\nx"},
		"cell 2: declares f again, as cell 1 does":                             {"func f() {}", "func f() int { return 1 }"},
		"cell 1: declares main":                                                {"func main() {}"},
		"cell 2: imports \"math/rand\" as r":                                   {"import r \"strings\"\nr.ToUpper(``)", "import r \"math/rand\"\nr.Int()"},
	} {
		_, err := export.NewProgram(s, cells)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q gives %v, expected %s", cells, err, want)
		}
	}
	if _, err := export.Definitions(s, "x := 1\ny := (\n"); err == nil || !strings.Contains(err.Error(), "In [1]:2:7:") {
		t.Errorf("definitions of half a cell: %v", err)
	}
}
