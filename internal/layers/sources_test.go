package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources is the page that comments cite for what 4M computes.
const sources = "docs/4m.md"

// cited gives the sections of the page that a text cites, with the lines they
// are cited at: "docs/4m.md, 4.3", and behind it further numbers with commas,
// "and" and "to", over the ends of comment lines. A page that is named without
// a section gives "".
func cited(src string) (sections []string, lines []int) {
	breaks := regexp.MustCompile(`\n[ \t]*(//|#)?[ \t]*`)
	cite := regexp.MustCompile(`^` + regexp.QuoteMeta(sources) + `,\s+(\d+(?:\.\d+)?(?:(?:,| and| to) \d+(?:\.\d+)?)*)`)
	number := regexp.MustCompile(`\d+(?:\.\d+)?`)
	for at := 0; ; {
		i := strings.Index(src[at:], sources)
		if i < 0 {
			return sections, lines
		}
		at += i
		end := min(len(src), at+200)
		numbers := []string{""}
		if m := cite.FindStringSubmatch(breaks.ReplaceAllString(src[at:end], " ")); m != nil {
			numbers = number.FindAllString(m[1], -1)
		}
		for _, n := range numbers {
			sections = append(sections, n)
			lines = append(lines, 1+strings.Count(src[:at], "\n"))
		}
		at += len(sources)
	}
}

// headings gives the numbers of the page's headings, in order, and the text
// under each.
func headings(t *testing.T) (order []string, under map[string]string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(sources)))
	if err != nil {
		t.Fatal(err)
	}
	head := regexp.MustCompile(`^#{2,3} (\d+(?:\.\d+)?) \S`)
	under = map[string]string{}
	at := ""
	for _, line := range strings.SplitAfter(string(page), "\n") {
		if m := head.FindStringSubmatch(line); m != nil {
			at = m[1]
			if _, twice := under[at]; twice {
				t.Errorf("%s: section %s is there twice", sources, at)
			}
			order = append(order, at)
		}
		under[at] += line
	}
	return order, under
}

// Every section that a comment cites is a heading of the page, and nothing
// cites the lists that the project was begun from, which it does not hold.
func TestSourcesAreThere(t *testing.T) {
	_, under := headings(t)
	absent := regexp.MustCompile(`\b[Ii]nvent` + `ory\b|README of the fix` + `tures|\bsummary B\d`)
	n, files := 0, 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		rel := filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case d.IsDir() && (rel == "build" || rel == "out" || rel == "bin" || strings.HasPrefix(d.Name(), ".") && path != "../.."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".py") && !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, ".yaml"):
			return nil
		case rel == "internal/layers/sources_test.go":
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, at := range absent.FindAllStringIndex(string(src), -1) {
			t.Errorf("%s:%d: %q is not in the project: cite a section of %s", rel, 1+strings.Count(string(src[:at[0]]), "\n"), src[at[0]:at[1]], sources)
		}
		sections, lines := cited(string(src))
		n += len(sections)
		for i, s := range sections {
			switch {
			case s == "" && strings.HasSuffix(path, ".md"): // a link to the page
				n--
			case s == "":
				t.Errorf("%s:%d: names no section, expected %s, 4.3 or the like", rel, lines[i], sources)
			case under[s] == "":
				t.Errorf("%s:%d: cites %s, %s, which is no heading there", rel, lines[i], sources, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Errorf("%d citations found, expected 100 or more", n)
	}
	t.Logf("%d citations in %d files", n, files)
}

// What reads as a citation, over the end of a line too.
func TestCited(t *testing.T) {
	for src, want := range map[string]string{
		"// (docs/4m.md, 4.3).":                         "4.3",
		"// (docs/4m.md, 9): 32652 of them":             "9",
		"// docs/4m.md, 3.1 to 3.5, say":                "3.1 3.5",
		"\t// see docs/4m.md,\n\t// 1.1, 2.5 and 11.3)": "1.1 2.5 11.3",
		"# docs/4m.md,\n# 4.6; 7.7":                     "4.6",
		"[docs](docs/4m.md), page 3":                    "",
		"x docs/4m.md, 4.1, \"path\" docs/4m.md, 6.2":   "4.1 6.2",
	} {
		got, lines := cited(src)
		if strings.Join(got, " ") != want {
			t.Errorf("%q cites %v, expected %s", src, got, want)
		}
		for _, l := range lines {
			if l != 1 {
				t.Errorf("%q: line %d, expected 1", src, l)
			}
		}
	}
}

// The sections of the page count up: 1, 1.1, 1.2, 2 ...
func TestSectionsInOrder(t *testing.T) {
	order, _ := headings(t)
	for i, s := range order {
		chapter, part, sub := strings.Cut(s, ".")
		if i == 0 {
			if s != "1" {
				t.Errorf("the first section is %s, expected 1", s)
			}
			continue
		}
		before, last, _ := strings.Cut(order[i-1], ".")
		switch {
		case sub && !(before == chapter && follows(last, part)):
			t.Errorf("section %s stands behind %s", s, order[i-1])
		case !sub && !follows(before, chapter):
			t.Errorf("section %s stands behind %s", s, order[i-1])
		}
	}
}

// follows tells whether b is the number behind a; "" is 0.
func follows(a, b string) bool {
	value := func(s string) (n int) {
		for _, c := range s {
			n = 10*n + int(c-'0')
		}
		return n
	}
	return value(b) == value(a)+1
}

// Each option has its line beside the official key, and no line speaks of an
// option that is gone.
func TestOptionsBesideOfficialKeys(t *testing.T) {
	_, under := headings(t)
	row := regexp.MustCompile("(?m)^\\| ((?:`[A-Z]\\w*`(?:, )?)+) \\|")
	name := regexp.MustCompile("`(\\w+)`")
	for _, o := range []struct{ section, file, of string }{
		{"10.1", "fourm/model/config.go", "Config"},
		{"10.2", "fourm/mask/mask.go", "Mask"},
		{"10.3", "fourm/train/options.go", "Options"},
		{"10.4", "fourm/vq/config.go", "VQ"},
		{"10.5", "fourm/generate/plan.go", "Stage"},
		{"10.6", "fourm/vq/spec.go", "Spec"},
	} {
		listed := map[string]bool{}
		for _, m := range row.FindAllStringSubmatch(under[o.section], -1) {
			for _, f := range name.FindAllStringSubmatch(m[1], -1) {
				listed[f[1]] = true
			}
		}
		fields := exported(t, o.file, o.of)
		for _, f := range fields {
			if !listed[f] {
				t.Errorf("%s, %s has no line for %s.%s (%s)", sources, o.section, o.of, f, o.file)
			}
			delete(listed, f)
		}
		for f := range listed {
			t.Errorf("%s, %s has a line for %s, which is no field of %s (%s)", sources, o.section, f, o.of, o.file)
		}
		if len(fields) == 0 {
			t.Errorf("%s declares no %s with fields", o.file, o.of)
		}
	}
}

// exported gives the exported fields of a struct that a file declares.
func exported(t *testing.T, file, of string) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", filepath.FromSlash(file)), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(x ast.Node) bool {
		spec, ok := x.(*ast.TypeSpec)
		if !ok || spec.Name.Name != of {
			return true
		}
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range s.Fields.List {
				for _, n := range field.Names {
					if n.IsExported() {
						out = append(out, n.Name)
					}
				}
			}
		}
		return false
	})
	return out
}

// Every official key that a configuration is read from stands beside an option,
// or among those without effect.
func TestOfficialKeysAreListed(t *testing.T) {
	_, under := headings(t)
	src, err := os.ReadFile(filepath.Join("..", "..", "fourm", "model", "official.go"))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range regexp.MustCompile(`r\.(?:Names|Int|Number|Bool|Text)\("(\w+)"`).FindAllStringSubmatch(string(src), -1) {
		keys = append(keys, m[1])
	}
	for _, m := range regexp.MustCompile(`passed = \[\]string\{([^}]*)\}`).FindAllStringSubmatch(string(src), -1) {
		for _, k := range strings.Split(m[1], ", ") {
			keys = append(keys, strings.Trim(k, `"`))
		}
	}
	if len(keys) < 20 {
		t.Errorf("%d official keys found in fourm/model/official.go, expected 20 or more", len(keys))
	}
	for _, k := range keys {
		if !strings.Contains(under["10.1"], "`"+k+"`") {
			t.Errorf("%s, 10.1 does not name the official key %s", sources, k)
		}
	}
	tok, err := os.ReadFile(filepath.Join("..", "..", "fourm", "vq", "official.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`k\.(?:Pair|Int|Number|Bool|Text|Value)\("(\w+)"`).FindAllStringSubmatch(string(tok), -1)
	for _, m := range found {
		if !strings.Contains(under["10.6"], "`"+m[1]+"`") {
			t.Errorf("%s, 10.6 does not name the official key %s", sources, m[1])
		}
	}
	if len(found) < 20 {
		t.Errorf("%d official keys found in fourm/vq/official.go, expected 20 or more", len(found))
	}
}
