package yaegi_test

// What yaegi is given it must run as Go does: programs made by chance out of
// exactly what the list admits are run by both.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/goplus/ixgo/pkg" // the standard library
	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"

	"fourmlab/kernel/session/script"
)

func TestWhatYaegiGetsIsGo(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command")
	}
	dir := t.TempDir()
	const n = 60
	for seed := range uint64(3) {
		text := plainProgram(seed, n)
		file := filepath.Join(dir, "main.go")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := script.Check(file, []byte(text))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if at, what := p.BeyondYaegi(); what != "" {
			t.Fatalf("%v: %s is not admitted: %s", p.Position(at), what, strings.Split(text, "\n")[p.Position(at).Line-1])
		}
		bin := filepath.Join(dir, "program")
		if msg, err := exec.Command("go", "build", "-o", bin, file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, msg)
		}
		want, err := exec.Command(bin).Output()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got, err := inYaegi(text)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		in := ""
		for i, line := range w {
			if strings.HasPrefix(line, "p") {
				in = line
			}
			if i >= len(g) || g[i] != line {
				t.Errorf("seed %d, %s: got %q, compiled Go gives %q", seed, in, g[min(i, len(g)-1)], line)
				os.WriteFile(filepath.Join(os.TempDir(), fmt.Sprintf("admit%d.go", seed)), []byte(text), 0o644)
				break
			}
		}
		if len(w) < n {
			t.Errorf("seed %d prints %d lines", seed, len(w))
		}
	}
}

// inYaegi runs a program, and gives what it prints; some of what yaegi cannot
// run makes it panic.
func inYaegi(src string) (out string, err error) {
	var printed bytes.Buffer
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		out = printed.String()
	}()
	in := interp.New(interp.Options{Unrestricted: true, Stdout: &printed, Stderr: new(bytes.Buffer)})
	if err := in.Use(stdlib.Symbols); err != nil {
		return "", err
	}
	_, err = in.Eval(src)
	return "", err
}
