package assist_test

import (
	"maps"
	"testing"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/assist"
)

// Whatever is typed, wherever the cursor stands: nothing panics, what is to be
// replaced lies in the text, and the session stays as it was.
func FuzzComplete(f *testing.F) {
	for _, c := range completions {
		f.Add(c.code)
	}
	for _, c := range []string{"func (p *Point) f() {}\np.", "type T = Point\nfunc (t T) g() { t. }", "goto", "import (", "\xff\x00ä", "var (\n\ta = b\n\tb = a\n)", "type T [len(x)]T\nvar x T\nx.", "func f[T f[T]]() {}"} {
		f.Add(c)
	}
	s := prepared(f)
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 400 {
			return
		}
		before := known(s)
		for at := range len(code) + 1 {
			c := s.Complete(code, at)
			if c.From < 0 || c.From > c.To || c.To > len(code) {
				t.Fatalf("%q at %d: replaces %d to %d", code, at, c.From, c.To)
			}
			if forms := s.Inspect(code, at, at%2 == 0); forms != nil && forms["text/plain"] == "" {
				t.Fatalf("%q at %d: a page without text", code, at)
			}
		}
		if !maps.Equal(before, known(s)) {
			t.Fatalf("%q changed what names mean", code)
		}
	})
}

// known is what names mean in a session.
func known(s *session.Session) map[string]assist.Meaning {
	scope, out := s.Scope(), map[string]assist.Meaning{}
	for _, name := range scope.Names() {
		out[name], _ = scope.Lookup(name)
	}
	return out
}
