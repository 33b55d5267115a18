package main

// Generation of a whole set: a folder a sample, and a table of what it is worth.

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/metric"
	"fourmlab/internal/disk"
)

const (
	fewScenes = 16 // that are generated from where -n says nothing
	together  = 16 // samples that are generated at a time
)

// order is what a folder of generations was made with; the same one goes on in it.
type order struct {
	Plan  string `json:"plan"`
	Model string `json:"model"`
	Set   string `json:"set"`
	Split string `json:"split"`
	Seed  int64  `json:"seed"`
}

// scored is what stands beside a sample's files.
type scored struct {
	Key    string             `json:"key"`
	Seed   int64              `json:"seed"`
	Scores map[string]float64 `json:"scores"` // by column
}

func runGenerate(c *call) error {
	from := c.String("model", "", "`FILE` of a model, or demo, the one that comes with the program")
	text := c.String("plan", "", "`PLAN`, as \"caption -> semseg(12, T=0.7) -> rgb(16, g=2)\"")
	preset := c.String("preset", "", "`NAME` of a published plan, as \"rgb -> depth\", in place of -plan; see -presets")
	list := c.Bool("presets", false, "list the published plans")
	out := c.String("o", "", "`DIR` for a folder a sample and the table; the same command goes on where it was")
	seed := c.Int64("seed", 0, "`SEED` of the first sample; the next one has the next")
	which := c.samples("test", fewScenes)
	words, err := c.parse()
	switch {
	case err != nil:
		return err
	case *list:
		for _, p := range fourm.Presets() {
			fmt.Fprintln(c.out, p)
		}
		return nil
	case len(words) > 1:
		return usage{fmt.Sprintf("%d arguments, expected one set", len(words))}
	case *out == "" || *from == "":
		return usage{"generate needs -model FILE and -o DIR"}
	case (*text == "") == (*preset == ""):
		return usage{"generate needs -plan PLAN or -preset NAME"}
	}
	ds, err := which.open(words, fewScenes)
	if err != nil {
		return err
	}
	m, err := loadModel(*from)
	if err != nil {
		return err
	}
	plan, err := planOf(m, *text, *preset)
	if err != nil {
		return err
	}
	o := order{plan.String(), *from, words[0], *which.split, *seed}
	if err := o.enter(*out); err != nil {
		return err
	}
	done, stopped, err := generateAll(c, m, ds, plan, *out, *seed)
	if err != nil {
		return err
	}
	if err := writeTable(*out, done); err != nil {
		return err
	}
	fmt.Fprint(c.out, means(done))
	fmt.Fprintln(c.out, *out)
	if stopped {
		fmt.Fprintln(c.out, "stopped; the same command goes on where it was")
	}
	return nil
}

// loadModel reads a model from a file; "demo" is the one that comes with the program.
func loadModel(path string) (*fourm.Model, error) {
	if path == "demo" {
		return fourm.Demo(), nil
	}
	return fourm.Load(path)
}

// planOf reads a plan, or takes a preset as a model has its modalities.
func planOf(m *fourm.Model, text, preset string) (*fourm.Plan, error) {
	if preset == "" {
		return fourm.ParsePlan(text)
	}
	var names []string
	for _, p := range fourm.Presets() {
		if p.Name != preset {
			names = append(names, p.Name)
			continue
		}
		for _, name := range m.Config().Modalities() {
			if strings.Contains(name, "@") {
				return p.Plan(), nil
			}
		}
		return p.Lab(), nil
	}
	return nil, usage{fmt.Sprintf("no preset %q%s", preset, didYouMean(preset, names))}
}

// enter makes the folder, or refuses one that another order made.
func (o order) enter(dir string) error {
	path := filepath.Join(dir, "generate.json")
	data, err := disk.Given(path, 1<<20)
	if err == nil {
		var was order
		if err := json.Unmarshal(data, &was); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if was != o {
			return fmt.Errorf("%s was made with %+v, not with %+v; -o says another folder", dir, was, o)
		}
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := disk.Vacant(dir); err != nil {
		return err
	}
	if err := disk.MkdirAll(dir); err != nil {
		return err
	}
	data, err = json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	return disk.WriteBytes(path, append(data, '\n'))
}

// generateAll generates what is not there yet, and gives the scores of all.
func generateAll(c *call, m *fourm.Model, ds *datasets.Set, plan *fourm.Plan, dir string, seed int64) (done []scored, stopped bool, err error) {
	keys := ds.Keys()
	var missing []fourm.Sample // one behind the other, the last before i
	flush := func(i int) error {
		first := i - len(missing)
		for k, r := range m.GenerateFrom(seed+int64(first), missing, plan) {
			if r.Err != nil || r.Interrupted {
				stopped = r.Interrupted
				return r.Err
			}
			s := scored{missing[k].Key, seed + int64(first+k), scoresOf(missing[k], r)}
			if err := store(filepath.Join(dir, folderOf(first+k, keys[first+k])), r.Sample, s); err != nil {
				return err
			}
			done = append(done, s)
		}
		missing = nil
		fmt.Fprintf(c.errors, "%d of %d\n", len(done), len(keys))
		return nil
	}
	for i, key := range keys {
		was, err := scoresIn(filepath.Join(dir, folderOf(i, key)))
		there := err == nil
		if !there && !errors.Is(err, os.ErrNotExist) {
			return done, false, err
		}
		if len(missing) > 0 && (there || len(missing) == together) {
			if err := flush(i); err != nil || stopped {
				return done, stopped, err
			}
		}
		if there {
			done = append(done, was)
			continue
		}
		s, err := ds.Sample(i)
		if err != nil {
			return done, false, err
		}
		missing = append(missing, s)
	}
	if len(missing) > 0 {
		err = flush(len(keys))
	}
	return done, stopped, err
}

// store writes the folder of a sample.
func store(dir string, made fourm.Sample, s scored) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return datasets.Store(dir, made, map[string][]byte{"scores.json": append(data, '\n')})
}

// folderOf names the folder of a sample by its number and what of its key a file
// system bears.
func folderOf(i int, key string) string {
	safe := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, key)
	if len(safe) > 100 {
		safe = safe[:100]
	}
	return fmt.Sprintf("%05d_%s", i, safe)
}

func scoresIn(dir string) (s scored, err error) {
	data, err := disk.Given(filepath.Join(dir, "scores.json"), 1<<20)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%s: %w", dir, err)
	}
	return s, nil
}

// scoresOf measures what was generated of a sample beside its truth.
func scoresOf(truth fourm.Sample, r fourm.Result) map[string]float64 {
	out := map[string]float64{}
	for _, name := range r.Generated {
		if v, ok := truth.Values[name]; ok {
			for _, by := range metric.For(fourm.Lookup(name)) {
				if x := by.Sample(v, r.Sample.Values[name]); !math.IsNaN(x) && !math.IsInf(x, 0) {
					out[name+": "+by.String()] = x
				}
			}
		}
	}
	return out
}

// columns lists what is measured, in alphabetical order.
func columns(all []scored) []string {
	seen := map[string]bool{}
	for _, s := range all {
		for name := range s.Scores {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func writeTable(dir string, all []scored) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	names := columns(all)
	if err := w.Write(append([]string{"key", "seed"}, names...)); err != nil {
		return err
	}
	for _, s := range all {
		row := []string{s.Key, strconv.FormatInt(s.Seed, 10)}
		for _, name := range names {
			cell := ""
			if x, ok := s.Scores[name]; ok {
				cell = strconv.FormatFloat(x, 'g', 6, 64)
			}
			row = append(row, cell)
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return disk.WriteBytes(filepath.Join(dir, "table.csv"), b.Bytes())
}

// means writes the mean of each column.
func means(all []scored) string {
	var b strings.Builder
	for _, name := range columns(all) {
		sum, n := 0.0, 0
		for _, s := range all {
			if x, ok := s.Scores[name]; ok {
				sum, n = sum+x, n+1
			}
		}
		fmt.Fprintf(&b, "%-32s %.4f, mean of %d samples\n", name, sum/float64(n), n)
	}
	return b.String()
}
