package commands

import (
	"os"
	"strings"
	"testing"
)

func TestCompleteCommand(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, f := range []string{"one.go", "one.md", ".hidden"} {
		if err := os.WriteFile(f, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("once", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ code, want string }{ // at |
		{"%ti|", "time timeit"},
		{"%%ti|", "time timeit"},
		{"%%w|", ""},
		{"%time 1\n%wh|", "who"},
		{"%load on|", "once/ one.go one.md"},
		{"%cd o|", "once/"},
		{"%load |", "once/ one.go one.md"},
		{"%load once/|", ""},
		{"%time fmt.Pr|", "-"},
		{"x := 1\n%ti|", "-"},
		{"x %ti|", "-"},
	} {
		at := strings.IndexByte(c.code, '|')
		found, ok := complete(c.code[:at]+c.code[at+1:], at)
		var names []string
		for _, m := range found.Matches {
			names = append(names, m.Text)
		}
		if got := strings.Join(names, " "); !ok && c.want != "-" || ok && got != c.want || ok && (found.To != at || found.From > found.To) {
			t.Errorf("%q: %q (%v) from %d to %d", c.code, got, ok, found.From, found.To)
		}
	}
}
