package commands

// %load, %run, %save and %cd: a cell and the files around it.

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"fourmlab/internal/disk"
	"fourmlab/internal/human"
	"fourmlab/kernel/link"
	"fourmlab/kernel/notebook"
)

// argument is a command's one argument; the person's own folder may be ~.
func argument(c *call) (string, bool) {
	arg := strings.TrimSpace(c.args)
	if len(arg) > 1 && (arg[0] == '"' || arg[0] == '\'') && arg[len(arg)-1] == arg[0] {
		arg = arg[1 : len(arg)-1]
	}
	if home, err := os.UserHomeDir(); err == nil && (arg == "~" || strings.HasPrefix(arg, "~/")) {
		arg = home + arg[1:]
	}
	return arg, arg != ""
}

// loadFile hands a file's text to the front end.
func loadFile(r *Runner, c *call) link.Result {
	path, ok := argument(c)
	if !ok {
		return refuse(c, "no file given")
	}
	text, err := disk.Given(path, notebook.MostSource)
	if err != nil {
		return refuse(c, "%v", err)
	}
	return link.Result{Payload: []map[string]any{{"source": "set_next_input", "text": string(text), "replace": true}}}
}

// runFile runs a program as a cell.
func runFile(r *Runner, c *call) link.Result {
	words := strings.Fields(c.args)
	if len(words) == 0 {
		return refuse(c, "no file given")
	}
	src, err := disk.Given(words[0], notebook.MostSource)
	if err != nil {
		return refuse(c, "%v", err)
	}
	nb, err := notebook.FromScript(words[0], src)
	if err != nil {
		return refuse(c, "%v", err)
	}
	old := os.Args
	os.Args = words
	defer func() { os.Args = old }()
	var result link.Result
	for _, cell := range nb.Cells {
		if cell.Kind != "code" || cell.Tagged("skip-execution") {
			continue
		}
		if result = r.runGo(c.ctx, c.n, cell.Code()); result.Failure != nil {
			break
		}
	}
	return result
}

// saveFile writes the cells that have run.
func saveFile(r *Runner, c *call) link.Result {
	words := strings.Fields(c.args)
	if len(words) == 0 {
		return refuse(c, "no file given")
	}
	var numbers []int
	for n := range r.Done {
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	if len(words) > 1 {
		var err error
		if numbers, err = chosen(words[1:]); err != nil {
			return refuse(c, "%v", err)
		}
	}
	nb := &notebook.File{}
	for _, n := range numbers {
		code, ok := r.Done[n]
		if !ok {
			return refuse(c, "cell %d has not run here", n)
		}
		nb.Cells = append(nb.Cells, &notebook.Cell{Kind: "code", ID: fmt.Sprintf("cell-%d", n), Source: code})
	}
	var data []byte
	var err error
	switch ext := filepath.Ext(words[0]); ext {
	case ".go":
		data, err = nb.Script()
	case ".ipynb":
		data, err = nb.Encode()
	default:
		return refuse(c, "%s, expected a name that ends in .go or .ipynb", words[0])
	}
	if err == nil {
		err = disk.WriteBytes(words[0], data)
	}
	if err != nil {
		return refuse(c, "%v", err)
	}
	fmt.Printf("%s: %s\n", words[0], human.Count(len(nb.Cells), "cell"))
	return link.Result{}
}

// chosen reads numbers and ranges of cells.
func chosen(words []string) (out []int, err error) {
	for _, word := range strings.FieldsFunc(strings.Join(words, " "), func(r rune) bool { return r == ' ' || r == ',' }) {
		first, last, ranged := strings.Cut(word, "-")
		a, err := strconv.Atoi(first)
		b := a
		if err == nil && ranged {
			b, err = strconv.Atoi(last)
		}
		if err != nil || a < 1 || b < a || b > 1e6 {
			return nil, fmt.Errorf("cells %q, expected numbers as 3 or 1-5", word)
		}
		for n := a; n <= b; n++ {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

// changeFolder goes there and says where that is.
func changeFolder(r *Runner, c *call) link.Result {
	dir, ok := argument(c)
	if !ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return refuse(c, "%v", err)
		}
		dir = home
	}
	if err := os.Chdir(dir); err != nil {
		return refuse(c, "%v", err)
	}
	here, err := os.Getwd()
	if err != nil {
		return refuse(c, "%v", err)
	}
	fmt.Println(here)
	return link.Result{}
}

// files lists the files whose path begins so; folders end in a slash.
func files(begin string, foldersOnly bool) (out []string) {
	dir, base := filepath.Split(begin)
	where := dir
	if where == "" {
		where = "."
	}
	entries, err := os.ReadDir(where)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && base == "" {
			continue
		}
		if e.IsDir() {
			out = append(out, dir+name+"/")
		} else if !foldersOnly {
			out = append(out, dir+name)
		}
	}
	return out
}
