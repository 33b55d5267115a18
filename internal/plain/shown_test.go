package plain

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"runs/a 1_b-c.png":        "runs/a 1_b-c.png",
		"größe ☕ 表 👩\u200d💻":      "größe ☕ 表 👩\u200d💻",
		"نمی\u200cخواهم":          "نمی\u200cخواهم",
		"\x1b[2J\x1b]0;title\x07": `\x1b[2J\x1b]0;title\a`,
		"a\nb\tc\r\x00\x7f":       `a\nb\tc\r\x00\x7f`,
		"photo\u202egnp.exe":      `photo\u202egnp.exe`,
		"\u2066x\u2069\u200f":     `\u2066x\u2069\u200f`,
		"a\u200bb\ufeff":          `a\u200bb\ufeff`,
		"one\u2028two\u0085":      `one\u2028two\u0085`,
		"caf\xe9":                 `caf\xe9`,
	} {
		if got := Shown(in); got != want {
			t.Errorf("%q: %q, expected %q", in, got, want)
		}
	}
	if got, want := ShownLines("a\tb\n\x1b[31mc\r\n"), "a\tb\n\\x1b[31mc\\r\n"; got != want {
		t.Errorf("%q, expected %q", got, want)
	}
}

// FuzzShown: what comes out is one line of UTF-8 without anything active.
func FuzzShown(f *testing.F) {
	f.Add("a\x1b[0m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Shown(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q becomes %q", s, got)
		}
		if again := Shown(got); again != got {
			t.Errorf("%q becomes %q, and that %q", s, got, again)
		}
	})
}
