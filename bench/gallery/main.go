// Command gallery writes docs/gallery.md, the page that shows every figure of
// package viz. It reads the examples that are the figures' tests: what a figure
// is for and how it is called stands in the example's comment, and its picture is
// the golden one that the test compares with.
//
//	go run ./bench/gallery
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image/png"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fourmlab/internal/disk"
)

const (
	examples = "viz"             // the folder of the figures and their examples
	where    = "docs/gallery.md" // the page
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gallery: ")
	b, err := gallery(".")
	if err == nil {
		err = disk.Write(where, func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		})
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(where)
}

// figure is an example of a figure.
type figure struct{ name, about, call, picture string }

// gallery gives the page of the project that lies in a folder.
func gallery(root string) ([]byte, error) {
	files, err := filepath.Glob(filepath.Join(root, examples, "*_example_test.go"))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("# Gallery\n\nEvery figure of package viz, drawn from one made-up scene by the examples that are its tests: " +
		"the pictures show what a figure says, not what a model can do. `make gallery` writes this page.\n")
	n := 0
	for _, file := range files { // in alphabetical order
		all, err := figures(file)
		if err != nil {
			return nil, err
		}
		for i, f := range all {
			picture := "viz/testdata/" + f.picture + "_golden.png"
			w, err := width(filepath.Join(root, picture))
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", f.name, file, err)
			}
			if i == 0 {
				source := strings.Replace(filepath.Base(file), "_example_test.go", "", 1)
				fmt.Fprintf(&b, "\n## [%s](../%s/%s.go)\n", source, examples, source)
			}
			fmt.Fprintf(&b, "\n%s\n\n```go\n%s\n```\n\n<img src=\"../%s\" width=\"%d\" alt=\"%s\">\n", f.about, f.call, picture, w, strings.ReplaceAll(f.picture, "_", " "))
			n++
		}
	}
	if n == 0 {
		return nil, fmt.Errorf("no example in %s: run it in the project's folder", filepath.Join(root, examples))
	}
	return b.Bytes(), nil
}

// figures gives the examples of a file in its order: what their comments say, and
// the picture that a test compares them with.
func figures(file string) ([]figure, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	pictures := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 3 {
			return true
		}
		fun, _ := call.Fun.(*ast.Ident)
		of, _ := call.Args[1].(*ast.Ident)
		name, _ := call.Args[2].(*ast.BasicLit)
		if fun != nil && of != nil && name != nil && fun.Name == "golden" {
			pictures[of.Name], _ = strconv.Unquote(name.Value)
		}
		return true
	})
	var out []figure
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(fn.Name.Name, "Example") {
			continue
		}
		about, call, _ := strings.Cut(fn.Doc.Text(), "\n\n")
		about = strings.ReplaceAll(strings.TrimSpace(about), "\n", " ")
		if about == "" || call == "" || pictures[fn.Name.Name] == "" {
			return nil, fmt.Errorf("%s: %s needs a comment with a sentence and, indented, a call, and a test with its golden picture", file, fn.Name.Name)
		}
		out = append(out, figure{fn.Name.Name, about, dedented(call), pictures[fn.Name.Name]})
	}
	return out, nil
}

// dedented takes the blanks before the lines of a call away.
func dedented(call string) string {
	lines := strings.Split(strings.TrimRight(call, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, "\t"), "    ")
	}
	return strings.Join(lines, "\n")
}

// width is how wide a picture is shown: a pixel a point, since figures have two;
// small ones as they are.
func width(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	c, err := png.DecodeConfig(f)
	if err != nil || c.Width < 640 {
		return c.Width, err
	}
	return c.Width / 2, nil
}
