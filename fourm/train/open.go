package train

// Open: a run from where it was left, by us or by others.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"fourmlab/fourm/train/tfevents"
	"fourmlab/internal/disk"
	"fourmlab/internal/plain"
)

// Open reads a run: the folder that Train leaves, a folder of TensorBoard
// event files or one of those, a table with a step column (.csv, .tsv), or a
// history.jsonl. Errors name the file, what was expected and what is there.
func Open(path string) (*Run, error) {
	runs, err := open(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("fourm.OpenRun: %w", err)
	case len(runs) > 1:
		var names []string
		for _, r := range runs {
			names = append(names, r.Name)
		}
		return nil, fmt.Errorf("fourm.OpenRun: %s holds %d runs (%s); fourm.OpenRuns reads all", path, len(runs), strings.Join(names, ", "))
	}
	return runs[0], nil
}

// OpenAll reads every run of a file or of a folder and the folders in it. A run
// has the name that it was given when it was trained, else its folder's; of
// runs with one name each has its folder behind it. The error joins those of the runs that cannot be read; the others come with it.
func OpenAll(path string) ([]*Run, error) {
	dirs, err := Find(path)
	if err != nil {
		return nil, fmt.Errorf("fourm.OpenRuns: %w", err)
	}
	var out []*Run
	var bad []error
	uses := map[string]int{} // of a name
	places := map[*Run]string{}
	for _, d := range dirs {
		runs, err := open(d)
		if err != nil {
			bad = append(bad, fmt.Errorf("fourm.OpenRuns: %w", err))
			continue
		}
		if rel, err := filepath.Rel(path, d); err == nil && rel != "." {
			for _, r := range runs {
				places[r] = filepath.ToSlash(rel)
				if r.Name == filepath.Base(d) {
					r.Name = places[r]
				}
			}
		}
		for _, r := range runs {
			uses[r.Name]++
		}
		out = append(out, runs...)
	}
	for _, r := range out {
		if at, ok := places[r]; ok && uses[r.Name] > 1 && r.Name != at {
			r.Name += " (" + at + ")"
		}
	}
	return out, errors.Join(bad...)
}

// Find lists the folders below a folder that hold a run, itself included. A
// file stands for itself.
func Find(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, missing(path, err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var out []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case p != path && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case holdsRun(p):
			out = append(out, p)
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		err = nothing(path)
	}
	sort.Strings(out)
	return out, err
}

const expected = "a run's folder, a table (.csv) or a TensorBoard event file"

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file or folder, expected %s: %w", path, expected, fs.ErrNotExist)
	}
	return err
}

func holdsRun(dir string) bool {
	return exists(filepath.Join(dir, "history.jsonl")) || exists(filepath.Join(dir, "run.json")) || len(eventFiles(dir)) > 0
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// nothing says what a folder holds in place of a run.
func nothing(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var have, within []string
	for _, f := range list {
		have = append(have, f.Name())
		if f.IsDir() && holdsRun(filepath.Join(dir, f.Name())) {
			within = append(within, f.Name())
		}
	}
	if len(within) > 0 {
		return fmt.Errorf("%s: no run itself, but a folder of runs (%s): open one of them, or all with fourm.OpenRuns", dir, strings.Join(short(within), ", "))
	}
	what := "it is empty"
	if len(have) > 0 {
		what = "it has " + strings.Join(short(have), ", ")
	}
	return fmt.Errorf("%s: no run, expected history.jsonl or TensorBoard event files in it; %s", dir, what)
}

// short ends a long list.
func short(list []string) []string {
	if len(list) > 8 {
		return append(slices.Clone(list[:8]), "...")
	}
	return list
}

// open reads what there is at a path.
func open(path string) ([]*Run, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, missing(path, err)
	}
	named := func(r *Run, err error) ([]*Run, error) {
		if err != nil {
			return nil, err
		}
		r.Dir = path
		if !info.IsDir() {
			r.Dir = filepath.Dir(path)
		}
		full, err := filepath.Abs(r.Dir)
		if r.Name == "" {
			r.Name = filepath.Base(full)
		}
		return []*Run{r}, err
	}
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case info.IsDir():
		if exists(filepath.Join(path, "history.jsonl")) || exists(filepath.Join(path, "run.json")) {
			return named(openDir(path))
		}
		if files := eventFiles(path); len(files) > 0 {
			return named(readEvents(files))
		}
		return nil, nothing(path)
	case tfevents.IsName(path):
		return named(readEvents([]string{path}))
	case ext == ".jsonl":
		return named(openDir(filepath.Dir(path)))
	case ext == ".csv" || ext == ".tsv":
		return readCSV(path)
	}
	return nil, fmt.Errorf("%s: no kind of file that holds a run, expected %s", path, expected)
}

// openDir reads the folder of a run of ours, finished or not.
func openDir(dir string) (*Run, error) {
	run := &Run{}
	path := filepath.Join(dir, "run.json")
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		var f facts
		if b, err = plain.UTF8(b); err == nil {
			err = json.Unmarshal(b, &f)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w, expected the settings of a run", path, err)
		}
		run.Name, run.Steps, run.Marginal, run.Config = f.Name, f.Steps, f.Margin, f.settings()
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	var note string
	run.Points, note, err = readHistory(filepath.Join(dir, "history.jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if note != "" {
		run.Notes = append(run.Notes, note)
	}
	run.Steps = max(run.Steps, run.Last().Step)
	return run, nil
}

// readHistory reads the points of a history.jsonl. A last line that is not
// complete is left out and noted, as are lines that a power cut has filled with
// zeros; any other that is wrong is an error.
func readHistory(path string) (points []Point, note string, err error) {
	err = eachPoint(path, func(line int, p Point, wrong error) error {
		switch {
		case wrong == nil:
			points = append(points, p)
		case errors.Is(wrong, errCutOff):
			note = fmt.Sprintf("%s: line %d is cut off and left out", path, line)
		case errors.Is(wrong, errZeros):
			note = fmt.Sprintf("%s: line %d holds zeros, as after a power cut, and is left out", path, line)
		default:
			return fmt.Errorf("%s: line %d: %w, expected a step of training as JSON", path, line, wrong)
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return points, note, nil
}

var (
	errCutOff = errors.New("it is cut off")
	errZeros  = errors.New("it holds zeros")
)

// eachPoint hands on the lines of a history.jsonl: a point, or what is wrong.
func eachPoint(path string, take func(line int, p Point, wrong error) error) error {
	f, err := disk.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	for line := 1; ; line++ {
		b, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if line == 1 {
			b = bytes.TrimPrefix(b, plain.Mark)
		}
		last := err == io.EOF // no end of line: it was cut off, or is being written
		if len(bytes.TrimSpace(b)) > 0 {
			var p Point
			wrong := json.Unmarshal(b, &p)
			if wrong != nil && bytes.IndexByte(b, 0) >= 0 {
				wrong = errZeros
			} else if wrong != nil && last {
				wrong = errCutOff
			}
			if err := take(line, p, wrong); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}
