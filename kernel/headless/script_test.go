package headless

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script runs a program in a process of its own and gives what it prints.
func script(t *testing.T, engine, src string, args ...string) (out, errs string, code int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.go")
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], append([]string{"run", engine, path}, args...)...)
	var o, e strings.Builder
	c.Stdout, c.Stderr = &o, &e
	err := c.Run()
	if x, ok := err.(*exec.ExitError); ok {
		code = x.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), code
}

func TestScripts(t *testing.T) {
	hello := "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() { fmt.Println(\"hello\", os.Args[1:]) }\n"
	for _, engine := range []string{"", "yaegi", "ssa"} {
		if out, errs, code := script(t, engine, hello, "a", "b"); out != "hello [a b]\n" || engine != "" && errs != "" || engine == "" && !strings.HasSuffix(errs, ": in yaegi\n") || code != 0 {
			t.Errorf("%q: %q, %q, %d", engine, out, errs, code)
		}
	}
	body := func(s string) string { return "package main\n\nimport \"fmt\"\n\nfunc main() {\n" + s + "\n}\n" }
	for src, want := range map[string]string{
		"for i := range 3 { fmt.Print(i) }": "012",
		"fmt.Print(min(3, 2))":              "2",
		"var f []func()\nfor i := 0; i < 3; i++ { f = append(f, func() { fmt.Print(i) }) }\nfor _, g := range f { g() }": "012",
		"for i := 0; i < 3; i++ { defer fmt.Print(i) }":                                                                  "210",
	} {
		out, errs, code := script(t, "", body(src))
		if out != want || code != 0 || !strings.HasSuffix(errs, ": on the session's engine\n") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: %q, %q, %d", src, out, errs, code)
		}
	}
	if _, errs, code := script(t, "", body("x := nope")); code == 0 || !strings.Contains(errs, "script.go:6:6: undefined: nope") {
		t.Errorf("compile error: %q, %d", errs, code)
	}
	for _, engine := range []string{"yaegi", "ssa"} {
		if _, errs, code := script(t, engine, body("var m map[string]int\nm[\"a\"] = 1\nfmt.Println()")); code == 0 || !strings.Contains(errs, "nil map") {
			t.Errorf("%s: panic: %q, %d", engine, errs, code)
		}
		if _, _, code := script(t, engine, strings.Replace(body("fmt.Print()\nos.Exit(7)"), "\"fmt\"", "(\"fmt\"; \"os\")", 1)); code != 7 {
			t.Errorf("%s: exit code %d", engine, code)
		}
	}
}

func TestScriptInterrupt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loop.go")
	os.WriteFile(path, []byte("package main\n\nfunc main() {\n\tfor {\n\t}\n}\n"), 0o644)
	for _, engine := range []string{"yaegi", "ssa"} {
		c := exec.Command(os.Args[0], "run", engine, path)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		begun := time.Now()
		c.Process.Signal(syscall.SIGINT)
		c.Wait()
		end, _ := c.ProcessState.Sys().(syscall.WaitStatus)
		if d := time.Since(begun); d > time.Second || !end.Signaled() || end.Signal() != syscall.SIGINT { // as a compiled program
			t.Errorf("%s: ended after %v: %v", engine, d, c.ProcessState)
		}
	}
}
