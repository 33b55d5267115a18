package session

// The snippets that are Go programs run as scripts, too: each engine must give
// what the cells give, yaegi with what is not known to be beyond it. (A range
// that needs only the length of an array is put right in the text of cells.)

import (
	"bytes"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"

	"fourmlab/kernel/session/cell"
	"fourmlab/kernel/session/script"
)

func TestSnippetsAsScripts(t *testing.T) {
	flags := flag.CommandLine
	defer func() { flag.CommandLine = flags }() // yaegi has its own
	s, dir := New(), t.TempDir()
	both, short := 0, testing.Short()
	for i, c := range having(compiles) {
		if short && i%4 != 0 {
			continue
		}
		src := asProgram(t, s, c, "")
		src = strings.Replace(src, "package main\n", "package main\nimport say \"fmt\"\n", 1) +
			"func values(xs ...any) []any { return xs }\n\nfunc main() {\n\tout := cells()\n\tsay.Print(\"|\")\n\tfor i, v := range out {\n\t\tif i > 0 {\n\t\t\tsay.Print(\" \")\n\t\t}\n\t\tsay.Print(v)\n\t}\n}\n"
		src = cell.Unmark(src) // yaegi takes what follows one for another file
		path := filepath.Join(dir, fmt.Sprintf("s%d.go", i))
		p, err := script.Check(path, []byte(src))
		if err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, src)
			continue
		}
		same := func(engine, out string, err error) {
			before, value, _ := strings.Cut(out, "|")
			if got := strings.TrimSpace(before) + "|" + strings.TrimSpace(value); err != nil || got != c.want {
				t.Errorf("%s: %s gives %q, %v, expected %q", c.name, engine, got, err, c.want)
			}
		}
		_, beyond := p.BeyondYaegi()
		var out string
		if i%4 == 0 && c.name != "range over the array of a nil pointer" { // the engine of the cells, which the other tests are about
			out = capture(t, func() { err = p.Run(nil, nil) })
			same("ssa", out, err)
		}
		if beyond != "" {
			continue
		}
		both++
		out = capture(t, func() { err = inYaegi(src) })
		same("yaegi", out, err)
	}
	t.Logf("%d programs, %d of them in yaegi as well", len(having(compiles)), both)
}

// inYaegi runs a program; some of what yaegi cannot run makes it panic.
func inYaegi(src string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	in := interp.New(interp.Options{Unrestricted: true, Stderr: new(bytes.Buffer)})
	if err := in.Use(stdlib.Symbols); err != nil {
		return err
	}
	_, err = in.Eval(src)
	return err
}
