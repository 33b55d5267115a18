// Package recipes follows the recipes of docs/architecture.md, "Adding things",
// in a copy of the module, so that the page says what is true.
package recipes

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const root = "../.."

// recipe is how a test follows an item of the page.
type recipe struct {
	x     string            // what stands for the x of the page's files
	tree  string            // folder of testdata whose files are laid over the module
	rows  map[string]row    // lines that are added to files that are there
	made  []string          // files that a command makes
	calls []string          // what a person types in a cell or a script
	runs  map[string]string // commands of the page, and how they are carried out; "": they are not
}

// row is a line that goes behind another.
type row struct{ behind, line string }

// recipes by the name that the page has for what is added.
var recipes = map[string]recipe{
	"an op": {x: "softplus", tree: "op", rows: map[string]row{
		"fourm/ops/ops_test.go": {"var cases = []testCase{",
			"\t{\"softplus\", [][]int{{3, 5}}, func(g *G.ExprGraph, x []*G.Node) *G.Node { return mix(g, ops.Softplus(x[0])) }},"},
		"fourm/kernels/elementwise_test.go": {"var elementwises = []elementwise{",
			"\tone(\"softplus\", cpu.Softplus, ref.Softplus, 1e-6), two(\"softplus back\", cpu.SoftplusBack, ref.SoftplusBack, 2e-6),"},
	}},
	"an activation": {rows: map[string]row{
		"fourm/model/activation.go": {"var activations = []activation{",
			"\t{name: \"softplus\", official: \"Softplus\", op: ops.Softplus, kernel: cpu.Softplus},"},
	}},
	"a modality":      {calls: []string{"fourm.Register", "fourm.TrainTokenizer"}},
	"a kind of value": {calls: []string{"fourm.RegisterLook"}},
	"a figure": {x: "profile", tree: "figure", made: []string{"viz/testdata/profile_golden.png", "docs/gallery.md"}, runs: map[string]string{
		"go test ./viz -run X -regen": "go test ./viz -run TestProfile -regen",
		"make gallery":                "go run ./bench/gallery",
		"make symbols":                "", // takes minutes; kernel/symbols tests that it was done
	}},
	"an ablation": {x: "depth", tree: "ablation"},
}

// files gives the files that a recipe writes, changes and makes, but for
// docs/gallery.md, which the page names by its command.
func (r recipe) files(t *testing.T) []string {
	t.Helper()
	out := append(slices.Collect(maps.Keys(r.rows)), r.made...)
	if r.tree != "" {
		out = append(out, tree(t, filepath.Join("testdata", r.tree))...)
	}
	slices.Sort(out)
	return slices.DeleteFunc(out, func(f string) bool { return f == "docs/gallery.md" })
}

// item is an item of the page's list.
type item struct{ files, calls, commands []string }

// page reads the list "Adding things" of docs/architecture.md: of each item the
// files, calls and commands that it names in backquotes.
func page(t *testing.T) map[string]item {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(b), "\n## Adding things\n")
	if !ok {
		t.Fatal("docs/architecture.md has no section \"Adding things\"")
	}
	list, _, _ = strings.Cut(list, "\n## ")
	out := map[string]item{}
	for _, m := range regexp.MustCompile(`(?m)^\* ([^:]+):(.*)$`).FindAllStringSubmatch(list, -1) {
		var it item
		for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(m[2], -1) {
			switch c := code[1]; {
			case strings.HasPrefix(c, "go ") || strings.HasPrefix(c, "make "):
				it.commands = append(it.commands, c)
			case strings.HasPrefix(c, "fourm."):
				it.calls = append(it.calls, c)
			case strings.Contains(c, "/") && filepath.Ext(c) != "":
				it.files = append(it.files, c)
			}
		}
		out[m[1]] = it
	}
	return out
}

// The page names what the test does: each recipe, and of each the files, calls
// and commands.
func TestPageNamesTheRecipes(t *testing.T) {
	listed := page(t)
	for name := range listed {
		if _, ok := recipes[name]; !ok {
			t.Errorf("docs/architecture.md says how %s is added, which no test follows", name)
		}
	}
	for name, r := range recipes {
		it, ok := listed[name]
		if !ok {
			t.Errorf("docs/architecture.md does not say how %s is added", name)
			continue
		}
		var files []string
		for _, f := range it.files {
			dir, base := filepath.Split(f)
			if base == "x"+filepath.Ext(base) || strings.HasPrefix(base, "x_") {
				base = r.x + base[1:]
			}
			files = append(files, dir+base)
		}
		slices.Sort(files)
		if want := r.files(t); !slices.Equal(files, want) {
			t.Errorf("%s: the page names the files %v, the test writes %v", name, files, want)
		}
		if !slices.Equal(it.calls, r.calls) {
			t.Errorf("%s: the page names the calls %v, the test has %v", name, it.calls, r.calls)
		}
		commands := slices.Sorted(maps.Keys(r.runs))
		slices.Sort(it.commands)
		if !slices.Equal(it.commands, commands) {
			t.Errorf("%s: the page names the commands %v, the test %v", name, it.commands, commands)
		}
	}
}

// What is added by the recipes passes the tests that guard it, and what is left
// out of one is found.
func TestRecipes(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a copy of the module is built and tested, in a minute or less")
	}
	began := time.Now()
	c := module{t, t.TempDir()}
	c.copy()
	t.Logf("copied in %.1f s", time.Since(began).Seconds())

	op, figure := recipes["an op"], recipes["a figure"]
	c.lay(op)
	c.fails("go test ./fourm/ops -run TestEveryOp", "ops.Softplus (softplus.go) has no row in the cases of ops_test.go")
	c.fails("go test ./fourm/kernels -run TestEveryKernel", "cpu.Softplus and ref.Softplus are in no table of cases")
	c.insert(op)
	c.insert(recipes["an activation"])
	c.passes("go test ./fourm/ops ./fourm/kernels -run TestEvery|TestGradients|TestTape|TestElementwise$|TestElementwiseOdd")

	c.lay(figure)
	c.fails("go test ./viz -run TestFigures", "ExampleProfile (profile_example_test.go): no testdata/profile_golden.png")
	c.passes(figure.runs["go test ./viz -run X -regen"])
	c.fails("go test ./bench/gallery", "docs/gallery.md is not what the examples say")
	c.passes(figure.runs["make gallery"])
	c.passes("go test ./viz ./bench/gallery -run TestProfile|TestFigures|TestPage")
	for _, f := range figure.made {
		if _, err := os.Stat(filepath.Join(c.dir, f)); err != nil {
			t.Error(err)
		}
	}

	c.lay(recipes["an ablation"])
	c.passes("go test ./fourm/ablate -run TestBenchAblations")
	c.write("bench/ablations/odd.yaml", "# Odd.\n#\n#   fourm ablate bench/ablations/odd.yaml\n\nmodalities: [rgb]\nvary: {model.dept: [1]}\n")
	c.fails("go test ./fourm/ablate -run TestBenchAblations", "odd.yaml")

	c.lay(recipe{tree: "script"})
	script := c.read("recipe/main.go")
	for _, name := range []string{"a modality", "a kind of value"} {
		for _, call := range recipes[name].calls {
			if !strings.Contains(script, call+"(") {
				t.Errorf("%s: the script does not call %s", name, call)
			}
		}
	}
	out := c.passes("go run ./recipe")
	for _, want := range []string{"mean absolute error, K", "mean thermal", "rgb->glow", "PSNR, dB", "viz.Predict: ", "viz.Grid: "} {
		if !strings.Contains(out, want) {
			t.Errorf("the script does not print %q:\n%s", want, out)
		}
	}
	t.Logf("%d recipes in %.1f s", len(recipes), time.Since(began).Seconds())
}

// module is a copy of the project.
type module struct {
	t   *testing.T
	dir string
}

// copy lays the project's files into the folder, without what git does not keep.
func (c module) copy() {
	c.t.Helper()
	skip := map[string]bool{".git": true, "bin": true, "out": true, "build": true, "runs": true, "notebooks": true}
	for _, f := range tree(c.t, root, skip) {
		b, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			c.t.Fatal(err)
		}
		c.write(f, string(b))
	}
}

// lay writes the files of a recipe.
func (c module) lay(r recipe) {
	c.t.Helper()
	for _, f := range tree(c.t, filepath.Join("testdata", r.tree)) {
		b, err := os.ReadFile(filepath.Join("testdata", r.tree, f))
		if err != nil {
			c.t.Fatal(err)
		}
		c.write(f, string(b))
	}
}

// insert adds the rows of a recipe.
func (c module) insert(r recipe) {
	c.t.Helper()
	for f, row := range r.rows {
		before, after, ok := strings.Cut(c.read(f), row.behind+"\n")
		if !ok {
			c.t.Fatalf("%s has no line %q", f, row.behind)
		}
		c.write(f, before+row.behind+"\n"+row.line+"\n"+after)
	}
}

func (c module) read(name string) string {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(name)))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

func (c module) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.dir, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(path), 0o777)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o666)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// run carries out a command in the copy. Without paths in what is compiled the
// build cache serves every copy.
func (c module) run(command string) (string, error) {
	fields := strings.Fields(command)
	if fields[1] == "test" {
		fields = append(fields, "-vet=off", "-count=1")
	}
	var out bytes.Buffer
	cmd := exec.Command(fields[0], fields[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, &out, &out
	cmd.Env = append(os.Environ(), "GOFLAGS=-trimpath", "GOWORK=off")
	began := time.Now()
	err := cmd.Run()
	c.t.Logf("%s: %.1f s", command, time.Since(began).Seconds())
	return out.String(), err
}

func (c module) passes(command string) string {
	c.t.Helper()
	out, err := c.run(command)
	if err != nil || strings.Contains(out, "no tests to run") {
		c.t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return out
}

// fails tells whether a command fails, saying why.
func (c module) fails(command, why string) {
	c.t.Helper()
	if out, err := c.run(command); err == nil || !strings.Contains(out, why) {
		c.t.Errorf("%s: %v, expected it to fail with %q\n%s", command, err, why, out)
	}
}

// tree lists the plain files below a folder by their path in it, without folders
// of some names.
func tree(t *testing.T, dir string, skip ...map[string]bool) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && len(skip) > 0 && skip[0][d.Name()]:
			return fs.SkipDir
		case d.Type().IsRegular():
			rel, err := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
