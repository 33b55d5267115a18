package main

// What a table of reflect values does not know of a package: its comments, the
// names of parameters, its examples. They go as Go source, without the bodies
// of functions and without what is not exported, into one archive that is
// embedded: a folder for each package, read when a person first asks about it.

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles, CgoFiles     []string
	TestGoFiles           []string
	XTestGoFiles          []string
}

// docs makes the archive. Its comment is the header of generated files.
func docs(paths []string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.SetComment(strings.TrimSpace(header))
	args := append([]string{"list", "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"}, paths...)
	all := json.NewDecoder(strings.NewReader(run("", "go", args...)))
	for {
		var p listed
		if err := all.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		put := func(name, text string) {
			f, err := z.CreateHeader(&zip.FileHeader{Name: p.ImportPath + "/" + name, Method: zip.Deflate})
			if err == nil {
				_, err = io.WriteString(f, text)
			}
			if err != nil {
				log.Fatal(err)
			}
		}
		put("doc.go", p.declarations())
		if text := p.examples(); text != "" {
			put("example_test.go", text)
		}
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// source is a parsed file with its bytes.
type source struct {
	fset *token.FileSet
	file *ast.File
	text []byte
}

func (p listed) parse(names []string) (out []source) {
	slices.Sort(names)
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			log.Fatal(err)
		}
		s := source{fset: token.NewFileSet(), text: text}
		if s.file, err = parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			log.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// cut gives the text from one place to another, with the comment before it.
func (s source) cut(doc *ast.CommentGroup, from, to token.Pos) string {
	if doc != nil {
		from = doc.Pos()
	}
	off := func(p token.Pos) int { return s.fset.PositionFor(p, false).Offset }
	return string(s.text[off(from):off(to)])
}

// declarations is the package as one file of what it exports.
func (p listed) declarations() string {
	var b strings.Builder
	files := p.parse(append(slices.Clone(p.GoFiles), p.CgoFiles...))
	for _, s := range files {
		if s.file.Doc != nil {
			b.WriteString(s.cut(nil, s.file.Doc.Pos(), s.file.Doc.End()) + "\n")
			break
		}
	}
	fmt.Fprintf(&b, "package %s\n", p.Name)
	builtin := p.ImportPath == "builtin"
	for _, s := range files {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if builtin || d.Name.IsExported() && exportedReceiver(d) {
					b.WriteString("\n" + s.cut(d.Doc, d.Pos(), d.Type.End()) + "\n")
				}
			case *ast.GenDecl:
				if d.Tok != token.IMPORT && (builtin || exporting(d)) {
					b.WriteString("\n" + s.short(d) + "\n")
				}
			}
		}
	}
	return b.String()
}

// short cuts out a declaration; data that fills pages, a font say, is left out.
func (s source) short(d *ast.GenDecl) string {
	end := d.End()
	if d.Tok == token.VAR && len(d.Specs) == 1 && end-d.Pos() > 2000 {
		if v := d.Specs[0].(*ast.ValueSpec); len(v.Values) == 1 {
			if lit, ok := v.Values[0].(*ast.CompositeLit); ok {
				return s.cut(d.Doc, d.Pos(), lit.Lbrace) + "{}"
			}
		}
	}
	return s.cut(d.Doc, d.Pos(), end)
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	x := d.Recv.List[0].Type
	for {
		switch t := x.(type) {
		case *ast.StarExpr:
			x = t.X
		case *ast.IndexExpr:
			x = t.X
		case *ast.IndexListExpr:
			x = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return false
		}
	}
}

func exporting(d *ast.GenDecl) bool {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				return true
			}
		case *ast.ValueSpec:
			if slices.ContainsFunc(spec.Names, (*ast.Ident).IsExported) {
				return true
			}
		}
	}
	return false
}

// examples is one file of the package's example functions, or "".
func (p listed) examples() string {
	var b strings.Builder
	for _, s := range p.parse(append(slices.Clone(p.TestGoFiles), p.XTestGoFiles...)) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Example") && f.Type.Params.NumFields() == 0 {
				b.WriteString("\n" + s.cut(f.Doc, f.Pos(), f.End()) + "\n")
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("package %s_test\n%s", p.Name, b.String())
}
