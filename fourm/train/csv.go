package train

// Runs as tables: a header with a step and names of numbers, a row a step.
// That is what Run.SaveCSV writes and what W&B and TensorBoard export.

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fourmlab/internal/atomic"
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
	return atomic.Write(path, func(out io.Writer) error {
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

// table is a CSV that is being read: where its steps are, and which number of
// which run each column holds.
type table struct {
	path    string
	step    int
	columns []tableColumn
	runs    []string
}

type tableColumn struct {
	run  string
	tag  string // "" is passed over
	wall bool   // seconds since 1970
}

// readCSV reads the runs of a table: one, or those that W&B puts side by side.
func readCSV(path string) ([]*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" { // that some spreadsheets write
		in.Discard(3)
	}
	r := csv.NewReader(in)
	head, _ := in.Peek(4096)
	first, _, _ := strings.Cut(string(head), "\n")
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
	t := &table{path: path}
	if err := t.header(names); err != nil {
		return nil, err
	}
	points := map[string]gathered{}
	for _, n := range t.runs {
		points[n] = gathered{}
	}
	began := math.Inf(1)
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount) {
			return nil, fmt.Errorf("%s: line %d has %d values, the header has %d", path, wrong.Line, len(row), len(names))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := r.FieldPos(0)
		if err := t.row(row, line, names, points, &began); err != nil {
			return nil, err
		}
	}
	var out []*Run
	for _, n := range t.runs {
		run := &Run{Name: n, Points: points[n].points()}
		if run.Name == "" {
			run.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
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
	for _, s := range stepNames {
		if t.step = slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), s) }); t.step >= 0 {
			break
		}
	}
	if t.step < 0 {
		return fmt.Errorf("%s: columns %q, expected one called step (or %s)", t.path, names, strings.Join(stepNames[1:], ", "))
	}
	any := false
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
			if run, tag, ok := strings.Cut(n, " - "); ok { // W&B: "NAME - train/loss"
				c.run, c.tag = run, tag
				if slices.Contains(stepNames, strings.ToLower(tag)) {
					c.tag = ""
				}
			}
		}
		any = any || c.tag != "" && !c.wall
		t.columns = append(t.columns, c)
		if c.tag != "" && !c.wall && !slices.Contains(t.runs, c.run) {
			t.runs = append(t.runs, c.run)
		}
	}
	if !any {
		return fmt.Errorf("%s: columns %q, expected names of numbers beside the step, such as train/loss", t.path, names)
	}
	return nil
}

// row takes a row in. An empty place is a number that was not told.
func (t *table) row(row []string, line int, names []string, points map[string]gathered, began *float64) error {
	number := func(i int) (float64, bool, error) {
		s := strings.TrimSpace(row[i])
		if s == "" || s == "null" {
			return 0, false, nil
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return 0, false, fmt.Errorf("%s: line %d: %s is %q, expected a number", t.path, line, names[i], s)
		}
		return v, true, nil
	}
	step, ok, err := number(t.step)
	if err != nil {
		return err
	}
	if !ok || step != math.Trunc(step) || math.Abs(step) > 1<<52 {
		return fmt.Errorf("%s: line %d: %s is %q, expected a whole number", t.path, line, names[t.step], row[t.step])
	}
	for i, c := range t.columns {
		if c.tag == "" {
			continue
		}
		v, ok, err := number(i)
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
