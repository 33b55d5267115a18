package export

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/goplus/ixgo/pkg" // the standard library

	"fourmlab/kernel/session"
)

// As a program, what a cell embeds into stands at the top, where the compiler
// takes it.
func TestEmbedAsProgram(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("aa"), 0o644); err != nil {
		t.Fatal(err)
	}
	u, err := NewProgram(session.New(), []string{"import _ \"embed\"\nx := 1\n\n//go:embed a.txt\nvar a string", "a += fmt.Sprint(x)\nfmt.Println(a)"})
	if err != nil {
		t.Fatal(err)
	}
	if top := strings.Join(u.Decls[0], "\n"); !strings.Contains(top, "//go:embed a.txt\nvar a string") || strings.Contains(strings.Join(u.Body, "\n"), "var a") {
		t.Errorf("at the top %q, in main %q", top, u.Body)
	}
	if _, err := NewProgram(session.New(), []string{"import _ \"embed\"\n//go:embed a.txt\nvar a string", "//go:embed b.txt\nvar a string"}); err == nil || !strings.Contains(err.Error(), "declares a again, as cell 1 does") {
		t.Errorf("error %v", err)
	}
}
