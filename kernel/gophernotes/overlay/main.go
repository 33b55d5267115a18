// Command overlay prints the overlay that builds gophernotes with the lab's
// packages: its files, where the module cache has them, appear in a folder of
// this module beside kernel/gophernotes/main.go.txt. One of them is copied
// with a call added where a cell begins.
//
//	go run ./kernel/gophernotes/overlay >build/overlay.json
//	go build -overlay build/overlay.json -o bin/gophernotes ./build/gophernotes
package main

import (
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	module = "github.com/gopherdata/gophernotes"
	place  = "build/gophernotes" // where the files seem to be
	source = "kernel.go"
	anchor = "displayPlace.Set(xreflect.ValueOf(receipt.PublishDisplayData))\n"
	added  = anchor + "\tbeginCell(ir, &receipt)\n"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("overlay: ")
	root := strings.TrimSpace(string(output("list", "-m", "-f", "{{.Dir}}")))
	if err := os.Chdir(root); err != nil {
		log.Fatal(err)
	}
	// go build fetches what packages import; a module that only a tool line
	// names is fetched here, at the version that go.mod gives
	var fetched struct{ Dir, Error string }
	if err := json.Unmarshal(output("mod", "download", "-json", module), &fetched); err != nil {
		log.Fatalf("go mod download -json %s: %v", module, err)
	}
	files, err := filepath.Glob(filepath.Join(fetched.Dir, "*.go"))
	if err != nil || len(files) == 0 {
		log.Fatalf("no files of %s in %q: %s", module, fetched.Dir, fetched.Error)
	}
	replace := map[string]string{filepath.Join(place, "zz_lab.go"): "kernel/gophernotes/main.go.txt"}
	for _, f := range files {
		name := filepath.Base(f)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if name == source {
			f = patched(f)
		}
		replace[filepath.Join(place, name)] = f
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(map[string]any{"Replace": replace}); err != nil {
		log.Fatal(err)
	}
}

// patched writes the copy with the added call.
func patched(f string) string {
	src, err := os.ReadFile(f)
	if err != nil {
		log.Fatal(err)
	}
	if n := strings.Count(string(src), anchor); n != 1 {
		log.Fatalf("%s has the line %q %d times, expected 1: another version?", f, strings.TrimSpace(anchor), n)
	}
	to := filepath.Join("build", "gophernotes_kernel.go.txt")
	if err := os.MkdirAll("build", 0o755); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(to, []byte(strings.Replace(string(src), anchor, added, 1)), 0o644); err != nil {
		log.Fatal(err)
	}
	return to
}

// output is what a go command prints; that one fails ends this program with
// the command's own words.
func output(args ...string) []byte {
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		log.Fatalf("go %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}
