package ablate

// What an experiment leaves in its folder: config.yaml, results.jsonl (a
// finished cell a line), results.csv, table.md, bars.png where a drawer is
// linked in, and a folder of training for each cell. Every file is replaced
// whole.

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fourmlab/fourm/checkpoint"
	"fourmlab/internal/disk"
	"fourmlab/internal/show"
)

// mostRead is how many bytes config.yaml and results.jsonl have at most.
const mostRead = 64 << 20

// result is a finished cell.
type result struct {
	Label    string             `json:"label"`
	Seed     int64              `json:"seed"`
	Step     int                `json:"step"`
	Val      float64            `json:"val"`      // mean over the domains, nats a token
	Losses   map[string]float64 `json:"losses"`   // by domain
	Marginal map[string]float64 `json:"marginal"` // of predicting the tokens' own distribution
	Train    float64            `json:"train"`    // of the last batch
	Seconds  float64            `json:"seconds"`
	Measured *float64           `json:"measured,omitempty"` // by Experiment.Measure
	Kept     map[string]float64 `json:"kept,omitempty"`     // by the tokenizers of the setting
}

// value is what settings are compared by.
func (d result) value() float64 {
	if d.Measured != nil {
		return *d.Measured
	}
	return d.Val
}

// parts are the columns beside it.
func (d result) parts() map[string]float64 {
	if d.Measured == nil {
		return d.Losses
	}
	out := maps.Clone(d.Losses)
	maps.Copy(out, d.Kept)
	return out
}

// open makes the folder, or takes what it holds if it is of this experiment,
// and owns it until it is released.
func (r *run) open() (owner *disk.Owner, err error) {
	if r.exp.Dir == "" {
		return nil, nil
	}
	if err := disk.MkdirAll(r.exp.Dir); err != nil {
		return nil, err
	}
	if owner, err = disk.Own(r.exp.Dir); err != nil {
		return nil, fmt.Errorf("ablate: %w", err)
	}
	err = disk.Links(r.exp.Dir, fileKinds)
	if err == nil {
		err = r.begin()
	}
	if err != nil {
		owner.Release()
		return nil, err
	}
	return owner, nil
}

// fileKinds tell what the files of an experiment begin with: a folder from a
// stranger may hold links in their place.
var fileKinds = map[string]func(head []byte) bool{
	".jsonl": func(head []byte) bool { return head != nil && checkpoint.BeginsJSON(head, "label") },
	".csv":   func(head []byte) bool { return bytes.Contains(head, []byte(",seed,step,val")) },
	".md":    func(head []byte) bool { return bytes.HasPrefix(head, []byte("# ")) },
	".png":   func(head []byte) bool { return bytes.HasPrefix(head, []byte("\x89PNG\r\n")) },
	".yaml":  func(head []byte) bool { return head != nil },
}

// begin writes the experiment down, or reads how far it has come.
func (r *run) begin() error {
	path := filepath.Join(r.exp.Dir, "config.yaml")
	now := r.exp.file()
	there, err := disk.Read(path, mostRead)
	if errors.Is(err, fs.ErrNotExist) {
		return r.replace("config.yaml", now)
	}
	if err != nil {
		return err
	}
	what, err := differs(there, now)
	if err != nil {
		return fmt.Errorf("ablate: %s: %w", path, err)
	}
	if what != "" {
		return fmt.Errorf("ablate: %s holds another experiment: %s (give this one another name, or remove the folder)", r.exp.Dir, what)
	}
	return r.known()
}

// known reads what is finished. A line that cannot be read is that of a cell
// to be measured again, which its own folder makes quick.
func (r *run) known() error {
	path := filepath.Join(r.exp.Dir, "results.jsonl")
	b, err := disk.Read(path, mostRead)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	bad := 0
	var all []result
	last := map[[2]int]int{}
	for line := range bytes.Lines(b) {
		var d result
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if json.Unmarshal(line, &d) != nil {
			bad++
			continue
		}
		i, j := r.at(d)
		if i < 0 {
			bad++
			continue
		}
		last[[2]int{i, j}] = len(all)
		all = append(all, d)
	}
	for n, d := range all { // of a cell that stands twice its last line
		if i, j := r.at(d); last[[2]int{i, j}] == n {
			r.done = append(r.done, d)
		}
	}
	if bad > 0 {
		r.notes = append(r.notes, fmt.Sprintf("%s: %d of its lines are no results of this experiment; their cells are measured again", path, bad))
	}
	r.fill()
	return nil
}

// at gives the numbers of a result's setting and seed, or -1.
func (r *run) at(d result) (setting, seed int) {
	i, ok := r.row[d.Label]
	j, also := r.column[d.Seed]
	if !ok || !also {
		return -1, -1
	}
	return i, j
}

func (r *run) replace(name string, b []byte) error {
	return disk.WriteBytes(filepath.Join(r.exp.Dir, name), b)
}

// write replaces the results; what says that a cell is finished comes last.
func (r *run) write() error {
	if r.exp.Dir == "" {
		return nil
	}
	if err := r.replace("results.csv", r.csv()); err != nil {
		return err
	}
	if err := r.replace("table.md", []byte(r.ab.markdown())); err != nil {
		return err
	}
	if p := show.PNG(r.ab); p != nil {
		if err := r.replace("bars.png", p); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, d := range r.done {
		if err := enc.Encode(d); err != nil {
			return err
		}
	}
	return r.replace("results.jsonl", b.Bytes())
}

// csv gives a line for each finished cell, in the order of the grid, without
// anything that depends on the machine.
func (r *run) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	columns := r.ab.columns()
	first := []string{r.ab.Factor, "seed", "step", "val"}
	if r.exp.Measure != "" {
		first = append(first, r.ab.Metric)
	}
	w.Write(append(first, columns...))
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }
	for _, s := range r.settings {
		for _, seed := range r.exp.Seeds {
			i := slices.IndexFunc(r.done, func(d result) bool { return d.Label == s.label && d.Seed == seed })
			if i < 0 {
				continue
			}
			d := r.done[i]
			line := []string{s.label, fmt.Sprint(seed), fmt.Sprint(d.Step), number(d.Val)}
			if r.exp.Measure != "" {
				line = append(line, number(d.value()))
			}
			parts := d.parts()
			for _, k := range columns {
				cell := "" // nothing held out has a target of it
				if v, ok := parts[k]; ok {
					cell = number(v)
				}
				line = append(line, cell)
			}
			w.Write(line)
		}
	}
	w.Flush()
	return b.Bytes()
}

// markdown gives the table: mean and deviation over the seeds, the best of
// each column in bold, and what could be reached without any input.
func (a *Ablation) markdown() string {
	var b strings.Builder
	seeds := 0
	for _, r := range a.Rows {
		seeds = max(seeds, len(r.Seeds))
	}
	fmt.Fprintf(&b, "# %s: %s, by %s\n\n", a.Name, a.Metric, a.Factor)
	over := "one seed"
	if seeds > 1 {
		over = fmt.Sprintf("mean ± standard deviation over %d seeds", seeds)
	}
	better, mean := "lower is better", "mean"
	if !a.Lower {
		better = "higher is better"
	}
	if a.task != "" {
		better, mean = better+" where nothing else is said; losses are of tokens that differ, and not to be compared", a.Metric
	}
	columns := a.columns()
	fmt.Fprintf(&b, "%s; %s. %s%s.\n\n", strings.ToUpper(over[:1])+over[1:], better, strings.ToUpper(a.About[:1]), a.About[1:])
	fmt.Fprintf(&b, "| %s | %s | %s |\n|%s\n", a.Factor, mean, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)+2))
	cells := make([][]Row, len(a.Rows)) // by row and column
	best := make([]float64, len(columns)+1)
	for c := range best {
		best[c] = math.Inf(1)
	}
	sign := 1.0
	if !a.Lower {
		sign = -1
	}
	for i, r := range a.Rows {
		cells[i] = append(cells[i], r)
		for _, d := range columns {
			part := Row{}
			for _, by := range r.ByPart {
				if v, ok := by[d]; ok {
					part.Values = append(part.Values, v)
				}
			}
			cells[i] = append(cells[i], part)
		}
		for c := range best {
			m := cells[i][c].Mean()
			if c == 0 {
				m *= sign
			}
			if m < best[c] {
				best[c] = m
			}
		}
	}
	best[0] *= sign
	for i, r := range a.Rows {
		fmt.Fprintf(&b, "| %s |", r.Label)
		for c, x := range cells[i] {
			s := x.text()
			if x.Mean() == best[c] && (a.task == "" || c == 0) {
				s = "**" + s + "**"
			}
			fmt.Fprintf(&b, " %s |", s)
		}
		b.WriteByte('\n')
	}
	if len(a.marginal) > 0 && a.task == "" {
		sum, n := 0.0, 0.0
		var w []string
		for _, d := range a.domains {
			x := Row{}
			if v, ok := a.marginal[d]; ok {
				sum, n, x.Values = sum+v, n+1, []float64{v}
			}
			w = append(w, x.text())
		}
		fmt.Fprintf(&b, "| *no input, the tokens' own distribution* | %.3f | %s |\n", sum/n, strings.Join(w, " | "))
	}
	return b.String()
}

// text gives "3.214 ± 0.012", without the deviation where there is none.
func (r Row) text() string {
	switch n := r.finished(); {
	case n == 0:
		return "–"
	case n == 1:
		return fmt.Sprintf("%.3f", r.Mean())
	}
	return fmt.Sprintf("%.3f ± %.3f", r.Mean(), r.SD())
}

// folderOf gives the folder's name of an experiment: one folder below runs/,
// whatever the name holds.
func folderOf(name string) string {
	one := func(r rune) rune {
		if strings.ContainsRune(`/\:`, r) || unicode.IsControl(r) {
			return '_'
		}
		return r
	}
	name = strings.Map(one, strings.ToValidUTF8(name, "_"))
	if strings.HasPrefix(name, ".") { // it would be hidden, or lead upwards
		name = "_" + name[1:]
	}
	for len(name) > 200 { // a file system takes 255 bytes
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return name
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._=+-]+`)

// folders gives each setting a folder's name of its own, made of its label.
func folders(settings []setting) []string {
	var out []string
	taken := map[string]bool{}
	for i, s := range settings {
		n := strings.Trim(unsafe.ReplaceAllString(s.label, "_"), "_")
		n = n[:min(len(n), 60)]
		if n == "" || strings.Trim(n, ".") == "" || taken[n] {
			n = fmt.Sprintf("%s_%d", n, i+1)
		}
		taken[n] = true
		out = append(out, n)
	}
	return out
}
