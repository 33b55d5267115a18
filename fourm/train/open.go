package train

// Open: a run from where it was left, by us or by others.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fourmlab/fourm/train/tfevents"
	"fourmlab/internal/disk"
	"fourmlab/internal/inside"
	"fourmlab/internal/plain"
)

// Open reads a run: the folder that Train leaves, a folder of TensorBoard
// event files or one of those, a table with a step column (.csv, .tsv), or a
// history.jsonl. Errors name the file, what was expected and what is there.
func Open(path string) (*Run, error) {
	runs, err := open(path)
	switch {
	case err != nil:
		return nil, shown(fmt.Errorf("fourm.OpenRun: %w", err))
	case len(runs) > 1:
		var names []string
		for _, r := range runs {
			names = append(names, r.Name)
		}
		return nil, fmt.Errorf("fourm.OpenRun: %s holds %d runs (%s); fourm.OpenRuns reads all", plain.Shown(path), len(runs), strings.Join(short(names), ", "))
	}
	return runs[0], nil
}

// OpenAll reads every run of a file or of a folder and the folders in it. A run
// has the name that it was given when it was trained, else its folder's; of
// runs with one name each has its folder behind it. The error joins those of
// the runs that cannot be read; the others come with it. What Find notes stands
// among the Notes of the first run.
func OpenAll(path string) ([]*Run, error) {
	dirs, notes, err := Find(path)
	if err != nil {
		return nil, shown(fmt.Errorf("fourm.OpenRuns: %w", err))
	}
	var out []*Run
	var bad []error
	uses := map[string]int{} // of a name
	places := map[*Run]string{}
	for _, d := range dirs {
		runs, err := open(d)
		if err != nil {
			bad = append(bad, shown(fmt.Errorf("fourm.OpenRuns: %w", err)))
			continue
		}
		if rel, err := filepath.Rel(path, d); err == nil && rel != "." {
			for _, r := range runs {
				places[r] = plain.Shown(filepath.ToSlash(rel))
				if r.Name == plain.Shown(filepath.Base(d)) {
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
	switch {
	case len(out) > 0:
		out[0].Notes = append(out[0].Notes, notes...)
	case len(notes) > 0:
		bad = append(bad, errors.New("fourm.OpenRuns: "+strings.Join(notes, "; ")))
	}
	return out, errors.Join(bad...)
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
		return harmless([]*Run{r}), err
	}
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case info.IsDir():
		return named(openFolder(path))
	case tfevents.IsName(path):
		return named(readEvents([]string{path}, disk.Open))
	case ext == ".jsonl":
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
		return named(openFolder(filepath.Dir(path)))
	case ext == ".csv" || ext == ".tsv":
		runs, err := readCSV(path)
		return harmless(runs), err
	}
	return nil, fmt.Errorf("%s: no kind of file that holds a run, expected %s", path, expected)
}

// openDir reads what a run of ours left in its folder, finished or not.
func openDir(d *inside.Folder, dir string) (*Run, error) {
	run := &Run{}
	path := filepath.Join(dir, "run.json")
	b, err := d.Read("run.json", mostSettings)
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
		if f.Tokenizer != "" {
			run.Unit, run.Config = Reconstruction, nil
		}
	case !absent(err):
		return nil, err
	}
	f, err := d.Open("history.jsonl")
	if err == nil {
		defer f.Close()
		err = d.Fits(f, "history.jsonl", mostHistory)
	}
	switch {
	case err == nil:
		note := ""
		if run.Points, note, err = pointsIn(f, filepath.Join(dir, "history.jsonl")); err != nil {
			return nil, err
		}
		if note != "" {
			run.Notes = append(run.Notes, note)
		}
	case !absent(err):
		return nil, err
	}
	run.Steps = max(run.Steps, run.Last().Step)
	return run, nil
}

// readHistory reads the points of a history.jsonl.
func readHistory(path string) (points []Point, note string, err error) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	return pointsIn(f, path)
}

// pointsIn reads the points of a history. A last line that is not complete is
// left out and noted, as are lines that a power cut has filled with zeros and
// lines without end; any other that is wrong is an error.
func pointsIn(f io.Reader, path string) (points []Point, note string, err error) {
	err = eachLine(f, func(line int, p Point, wrong error) error {
		switch {
		case len(points) == most:
			return errMany
		case wrong == nil:
			points = append(points, p)
		case errors.Is(wrong, errCutOff):
			note = fmt.Sprintf("%s: line %d is cut off and left out", path, line)
		case errors.Is(wrong, errZeros):
			note = fmt.Sprintf("%s: line %d holds zeros, as after a power cut, and is left out", path, line)
		case errors.Is(wrong, errLong):
			note = fmt.Sprintf("%s: line %d has more than %d bytes and is left out", path, line, mostLine)
		default:
			return fmt.Errorf("%s: line %d: %w, expected a step of training as JSON", path, line, wrong)
		}
		return nil
	})
	if errors.Is(err, errMany) {
		return points, fmt.Sprintf("%s: more than %d steps; it is read up to there", path, most), nil
	}
	if err != nil {
		return nil, "", err
	}
	return points, note, nil
}

var (
	errCutOff = errors.New("it is cut off")
	errZeros  = errors.New("it holds zeros")
	errLong   = errors.New("it has no end")
	errMany   = errors.New("too many lines")
)

// eachPoint hands on the lines of a history.jsonl: a point, or what is wrong.
func eachPoint(path string, take func(line int, p Point, wrong error) error) error {
	f, err := disk.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return eachLine(f, take)
}

// eachLine hands on the lines of an open history.
func eachLine(f io.Reader, take func(line int, p Point, wrong error) error) error {
	r := bufio.NewReaderSize(f, mostLine)
	for line := 1; ; line++ {
		b, err := r.ReadSlice('\n')
		long := err == bufio.ErrBufferFull
		for err == bufio.ErrBufferFull { // what comes behind the line counts
			_, err = r.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return err
		}
		if line == 1 {
			b = bytes.TrimPrefix(b, plain.Mark)
		}
		last := err == io.EOF // no end of line: it was cut off, or is being written
		if long || len(bytes.TrimSpace(b)) > 0 {
			var p Point
			wrong := json.Unmarshal(b, &p)
			switch {
			case long:
				p, wrong = Point{}, errLong
			case wrong != nil && bytes.IndexByte(b, 0) >= 0:
				wrong = errZeros
			case wrong != nil && last:
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
