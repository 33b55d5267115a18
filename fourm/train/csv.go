package train

// Runs as tables: a header with a step and names of numbers, a row a step.
// That is what Run.SaveCSV writes and what W&B and TensorBoard export.

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fourmlab/internal/disk"
	"fourmlab/internal/plain"
)

// SaveCSV writes the run as a table: step, seconds and every number by its
// name (train/loss, train/rgb_loss, val/loss). The file appears whole or not
// at all.
func (r *Run) SaveCSV(path string) error {
	names := map[string]bool{}
	for _, p := range r.Points {
		for _, s := range p.scalars() {
			names[s.Tag] = true
		}
	}
	columns := slices.SortedFunc(maps.Keys(names), func(a, b string) int { // validation after training
		return strings.Compare(strings.Replace(a, "train/", "\x00", 1), strings.Replace(b, "train/", "\x00", 1))
	})
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return disk.Write(path, func(out io.Writer) error {
		w := csv.NewWriter(out)
		w.Write(append([]string{"step", "seconds"}, columns...))
		for _, p := range r.Points {
			row := make([]string, len(columns))
			for _, s := range p.scalars() {
				row[slices.Index(columns, s.Tag)] = number(s.Value)
			}
			w.Write(append([]string{strconv.Itoa(p.Step), number(p.Seconds)}, row...))
		}
		w.Flush()
		return w.Error()
	})
}

// stepNames are the columns that say which step a row is of.
var stepNames = []string{"step", "global_step", "_step", "trainer/global_step"}

// lesserSteps stand for steps where a table has none of those.
var lesserSteps = []string{"iteration", "iter", "epoch"}

// table is a CSV that is being read: where its steps are, and which number of
// which run each column holds.
type table struct {
	path    string
	names   []string
	step    int
	columns []tableColumn
	runs    []string
	rows    [][]string
	lines   []int // where each row begins
	notes   []string
}

type tableColumn struct {
	run  string
	tag  string // "" is passed over
	wall bool   // seconds since 1970
}

// readCSV reads the runs of a table: one, or those that W&B puts side by side.
func readCSV(path string) ([]*Run, error) {
	b, err := disk.Read(path, mostTable)
	if err != nil {
		return nil, err
	}
	if b, err = plain.UTF8(b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r := csv.NewReader(bytes.NewReader(b))
	first, _, _ := strings.Cut(string(b), "\n")
	for _, c := range ";\t" {
		if strings.Count(first, string(c)) > strings.Count(first, string(r.Comma)) {
			r.Comma = c
		}
	}
	names, err := r.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("%s: empty, expected a header with a step column and names of numbers", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t := &table{path: path, names: names}
	if err := t.header(names); err != nil {
		return nil, err
	}
	if err := t.read(r); err != nil {
		return nil, err
	}
	if err := t.words(); err != nil {
		return nil, err
	}
	return t.points()
}

// read takes the rows in.
func (t *table) read(r *csv.Reader) error {
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount) {
			return fmt.Errorf("%s: line %d has %d values, the header has %d", t.path, wrong.Line, len(row), len(t.names))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
		line, _ := r.FieldPos(0)
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
}

// words passes over the columns that hold no number but words; where nothing
// else is left, the first word is the fault.
func (t *table) words() error {
	var fault error
	left := false
	for i := range t.columns {
		c := &t.columns[i]
		if c.tag == "" {
			continue
		}
		numbers, word := 0, error(nil)
		for k, row := range t.rows {
			_, ok, err := t.number(row[i], t.lines[k], i)
			if err != nil && word == nil {
				word = err
			}
			if ok {
				numbers++
			}
		}
		if word != nil && numbers == 0 && !c.wall {
			t.notes = append(t.notes, fmt.Sprintf("%s: the column %q holds words and is passed over", t.path, t.names[i]))
			c.tag = ""
			if fault == nil {
				fault = word
			}
			continue
		}
		left = left || !c.wall
	}
	if !left && fault != nil {
		return fault
	}
	return nil
}

// points makes the runs.
func (t *table) points() ([]*Run, error) {
	points := map[string]gathered{}
	for _, n := range t.runs {
		points[n] = gathered{}
	}
	began := math.Inf(1)
	stepless := 0
	for k, row := range t.rows {
		if strings.TrimSpace(row[t.step]) == "" {
			stepless++
			continue
		}
		if err := t.row(row, t.lines[k], points, &began); err != nil {
			return nil, err
		}
	}
	if stepless > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%s: rows without a step, passed over: %d", t.path, stepless))
	}
	var out []*Run
	for _, n := range t.runs {
		run := &Run{Name: n, Points: points[n].points(), Notes: t.notes}
		if run.Name == "" {
			run.Name = strings.TrimSuffix(filepath.Base(t.path), filepath.Ext(t.path))
		}
		run.Steps = run.Last().Step
		out = append(out, run)
	}
	return out, nil
}

// tagged finds the tag in the name of a file that TensorBoard exports:
// run-NAME-tag-train_loss.csv.
var tagged = regexp.MustCompile(`^(?:run-(.+?)-)?tag-(.+)\.csv$`)

// header finds the steps and says what each column is.
func (t *table) header(names []string) error {
	t.step = -1
	for _, s := range slices.Concat(stepNames, lesserSteps) {
		if t.step = slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), s) }); t.step >= 0 {
			break
		}
	}
	if t.step < 0 {
		return fmt.Errorf("%s: columns %q, expected one called step (or %s)", t.path, names, strings.Join(stepNames[1:], ", "))
	}
	any := false
	seen := map[string]bool{}
	for i, n := range names {
		n = strings.TrimSpace(n)
		c := tableColumn{tag: n}
		switch low := strings.ToLower(n); {
		case i == t.step || n == "" || strings.HasSuffix(n, "__MIN") || strings.HasSuffix(n, "__MAX") || slices.Contains(stepNames, low):
			c.tag = ""
		case low == "wall time" || low == "wall_time" || low == "_timestamp":
			c.wall = true
		case low == "value":
			if m := tagged.FindStringSubmatch(filepath.Base(t.path)); m != nil {
				c.run, c.tag = m[1], strings.Replace(m[2], "_", "/", 1)
			}
		default:
			if at := strings.LastIndex(n, " - "); at >= 0 { // W&B: "NAME - train/loss", whose NAME may have such a sign, too
				c.run, c.tag = n[:at], n[at+len(" - "):]
				tag := c.tag
				if slices.Contains(stepNames, strings.ToLower(tag)) {
					c.tag = ""
				}
			}
		}
		any = any || c.tag != "" && !c.wall
		t.columns = append(t.columns, c)
		if c.tag != "" && !c.wall && !seen[c.run] {
			seen[c.run] = true
			t.runs = append(t.runs, c.run)
		}
	}
	if !any {
		return fmt.Errorf("%s: columns %q, expected names of numbers beside the step, such as train/loss", t.path, names)
	}
	return nil
}

// number reads a value. An empty place is a number that was not told.
func (t *table) number(s string, line, column int) (v float64, told bool, err error) {
	switch s = strings.TrimSpace(s); strings.ToLower(s) {
	case "", "null", "none":
		return 0, false, nil
	case "true":
		return 1, true, nil
	case "false":
		return 0, true, nil
	}
	v, err = strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false, fmt.Errorf("%s: line %d: %s is %q, expected a number", t.path, line, t.names[column], s)
	}
	return v, true, nil
}

// row takes a row in.
func (t *table) row(row []string, line int, points map[string]gathered, began *float64) error {
	step, ok, err := t.number(row[t.step], line, t.step)
	if err != nil {
		return err
	}
	if !ok || step != math.Trunc(step) || math.Abs(step) > 1<<52 {
		return fmt.Errorf("%s: line %d: %s is %q, expected a whole number", t.path, line, t.names[t.step], row[t.step])
	}
	for i, c := range t.columns {
		if c.tag == "" {
			continue
		}
		v, ok, err := t.number(row[i], line, i)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if c.wall {
			*began = min(*began, v)
			for _, n := range t.runs {
				points[n].at(int(step)).Seconds = v - *began
			}
			continue
		}
		points[c.run].at(int(step)).set(c.tag, v)
	}
	return nil
}
