package symbols

import (
	"strings"
	"testing"

	"fourmlab/kernel/session"
)

// The lab's face is made of aliases: what they stand for is what a person asks
// for, behind the name and within the braces of a literal.
func TestInspectAliases(t *testing.T) {
	s := session.New()
	for code, wants := range map[string][]string{
		"fourm.Mask":                 {"type Mask = mask.Mask", "InAlpha, OutAlpha", "// concentration of the Dirichlet", "func (m Mask) Draw(s"},
		"fourm.Train{":               {"type Options struct", "peak learning rate"},
		"x := fourm.Train{Steps: 3,": {"type Options struct"},
		"[]fourm.Mask{{In: 3}, {":    {},
		"viz.Masks(":                 {"func Masks(mk fourm.Masked) *Figure"},
	} {
		got := s.Inspect(code, len(code), false)["text/plain"]
		for _, w := range wants {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", code, w, got)
			}
		}
	}
}
