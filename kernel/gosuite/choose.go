package main

// Which programs are run, and which of them are known to fail.

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// beyond are words of programs that test the compiler's own parts, the
// runtime's or the machine's, and not the language.
var beyond = []string{
	`"unsafe"`, `"C"`, "go:linkname", "asmcheck", `"runtime/debug"`, `"os/exec"`,
	`"runtime"`, `"syscall"`, `"internal/`, "errorcheck",
}

// choose lists the programs directly in the test directory and in its folders
// one level down that are marked "// run" and say none of the words in beyond.
func choose(root string) ([]string, error) {
	var names []string
	for _, pattern := range []string{"*.go", "*/*.go"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			if !chosen(string(src)) {
				continue
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return nil, err
			}
			names = append(names, filepath.ToSlash(name))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no program starts with // run", root)
	}
	sort.Strings(names)
	return names, nil
}

func chosen(src string) bool {
	first, _, _ := strings.Cut(src, "\n")
	if first != "// run" {
		return false
	}
	for _, word := range beyond {
		if strings.Contains(src, word) {
			return false
		}
	}
	return true
}

var item = regexp.MustCompile("(?m)^\\* `([^`]+\\.go)`: (.+)$")

// reasons reads the list of programs that are known to fail.
func reasons(page string) map[string]string {
	out := map[string]string{}
	for _, m := range item.FindAllStringSubmatch(page, -1) {
		out[m[1]] = m[2]
	}
	return out
}
