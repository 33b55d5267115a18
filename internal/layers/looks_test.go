package layers

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Nothing asks which look a value has: what differs between looks is a field of
// LookSpec or a row of a table, so that a look of one's own needs no edit.
func TestNoSwitchOverLooks(t *testing.T) {
	const names = `(Color|Gray|Depth|Normal|Label|Caption|Boxes|Colors|Feature)\b`
	asks := regexp.MustCompile(`(case|==|!=|<=?|>=?)\s*(modality|fourm)\.` + names)
	inside := regexp.MustCompile(`(case|==|!=|<=?|>=?)\s*` + names) // of package modality
	for _, line := range []string{"	case modality.Depth:", "if m.Look == fourm.Label {", "look >= modality.Caption"} {
		if !asks.MatchString(line) {
			t.Errorf("%q is not found", line)
		}
	}
	files := 0
	for _, dir := range []string{"fourm", "datasets", "viz", "bench", "cmd"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			src, err := os.ReadFile(path)
			files++
			for i, line := range strings.Split(string(src), "\n") {
				code, _, _ := strings.Cut(line, "//")
				if asks.MatchString(code) || filepath.Base(filepath.Dir(path)) == "modality" && inside.MatchString(code) {
					t.Errorf("%s:%d asks for a look: %s", path, i+1, strings.TrimSpace(line))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 200 {
		t.Errorf("%d files read, expected 200 or more", files)
	}
}
