package session

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/kernel/session/script"
)

// The programs of testdata/recover print what the compiler's do, as scripts
// and as cells.
func TestRecoverIsGo(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command")
	}
	flags := flag.CommandLine // programs have their own
	defer func() { flag.CommandLine = flags }()
	files, err := filepath.Glob("testdata/recover/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		want, err := exec.Command("go", "run", file).Output()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		same := func(as, got string) {
			g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
			for i := range w {
				if i >= len(g) || g[i] != w[i] {
					t.Errorf("%s as a %s: got %q, compiled Go gives %q", file, as, g[min(i, len(g)-1)], w[i])
				}
			}
		}
		p, err := script.Check(file, src)
		if err != nil {
			t.Fatal(err)
		}
		same("script", capture(t, func() { err = p.Run(nil, nil) }))
		if err != nil {
			t.Error(err)
		}
		same("cell", capture(t, func() {
			if r := New().Run(context.Background(), 1, string(src)); r.Err != nil {
				t.Errorf("%s as a cell: %v", file, r.Err)
			}
		}))
	}
}
