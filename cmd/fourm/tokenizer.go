package main

// Tokenizers: trained on a set, and judged by one.

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/vq"
	"fourmlab/internal/disk"
	"fourmlab/viz"
)

func runTokenizer(c *call) error {
	return c.choose([]use{
		{"train", "SET -modality NAME -o FILE [KEY=VALUE ...]", "train a tokenizer on a set, by the fields of fourm.VQ", trainTokenizer},
		{"eval", "SET -modality NAME [-tokenizer FILE ...]", "say what tokenizers cost and keep of a set", evalTokenizers},
	}, nil)
}

var errNoSet = usage{`no set given, expected a folder or "scenes"`}

// files are the values of a flag that may stand several times.
type files []string

func (f *files) String() string     { return strings.Join(*f, ",") }
func (f *files) Set(v string) error { *f = append(*f, v); return nil }

// samples are the flags that say which samples of a set are meant.
type samples struct {
	split *string
	n     *int
}

func (c *call) samples(split string, scenes int) samples {
	return samples{
		split: c.String("split", split, "`SPLIT` of the set: train, val, test or all"),
		n:     c.Int("n", 0, fmt.Sprintf("at most `N` samples of the split; 0: all of a folder, %d scenes", scenes)),
	}
}

// open gives them: of a folder, or scenes, so many where -n says nothing.
func (t samples) open(words []string, scenes int) (ds *datasets.Set, err error) {
	switch {
	case len(words) == 0:
		return nil, errNoSet
	case *t.n < 0:
		return nil, usage{fmt.Sprintf("-n %d, expected 0 or more", *t.n)}
	case words[0] == "scenes":
		if *t.n > 0 {
			scenes = *t.n
		}
		return scenesOf(*t.split, scenes), nil
	}
	if ds, err = datasets.Open(words[0]); err != nil {
		return nil, err
	}
	if *t.split != "all" {
		ds = ds.Split(*t.split)
	}
	if *t.n > 0 && *t.n < ds.Len() {
		ds = ds.Head(*t.n)
	}
	return ds, nil
}

// tokenized are the flags that both uses have.
type tokenized struct {
	modality *string
	samples
}

const manyScenes = 2000 // that tokenizers are trained on and judged by

func (c *call) tokenized(split string) tokenized {
	return tokenized{c.String("modality", "", "`NAME` of the modality"), c.samples(split, manyScenes)}
}

// open gives the modality and the samples.
func (t tokenized) open(words []string) (m fourm.Modality, ds *datasets.Set, err error) {
	if len(words) > 0 && *t.modality == "" {
		return m, nil, usage{"-modality says which modality is meant"}
	}
	if ds, err = t.samples.open(words, manyScenes); err != nil {
		return m, nil, err
	}
	return fourm.Lookup(*t.modality), ds, nil
}

// scenesOf gives n rendered scenes; each split has a seed of its own.
func scenesOf(split string, n int) *datasets.Set {
	return datasets.Scenes(n, map[string]int64{"val": 1000, "test": 999}[split]+1)
}

func trainTokenizer(c *call) error {
	t := c.tokenized("train")
	out := c.String("o", "", "`FILE` to write, .safetensors")
	dir := c.String("dir", "", "`FOLDER` in which the training is kept; the same command goes on where it was")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if *out == "" {
		return usage{"train needs -o FILE"}
	}
	if len(words) == 0 {
		return errNoSet
	}
	cfg, err := configured(words[1:])
	if err != nil {
		return err
	}
	m, ds, err := t.open(words[:1])
	if err != nil {
		return err
	}
	cfg.Dir = *dir
	if *t.n > 0 {
		cfg.Samples = max(cfg.Samples, *t.n)
	}
	k := fourm.TrainTokenizer(ds, m.Name, cfg)
	if k.Err != nil {
		return k.Err
	}
	if err := disk.MkdirAll(filepath.Dir(*out)); err != nil {
		return err
	}
	if err := k.Save(*out); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%v\n%s\n", k, *out)
	return nil
}

// configured reads KEY=VALUE words: the names that fourm.VQ's fields have in JSON.
func configured(words []string) (fourm.VQ, error) {
	var cfg fourm.VQ
	v := reflect.ValueOf(&cfg).Elem()
	at, names := map[string]int{}, []string{}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != "-" {
			at[name], names = i, append(names, name)
		}
	}
	for _, w := range words {
		key, text, ok := strings.Cut(w, "=")
		i, known := at[key]
		switch {
		case !ok:
			return cfg, usage{fmt.Sprintf("%q, expected KEY=VALUE", w)}
		case !known:
			return cfg, usage{fmt.Sprintf("no key %q%s; there are %s", key, didYouMean(key, names), strings.Join(names, ", "))}
		}
		var err error
		want := "a whole number"
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(text)
		case reflect.Float64:
			var x float64
			x, err = strconv.ParseFloat(text, 64)
			want = "a number"
			f.SetFloat(x)
		default:
			var x int64
			x, err = strconv.ParseInt(text, 10, 64)
			f.SetInt(x)
		}
		if err != nil {
			return cfg, usage{fmt.Sprintf("%s is %q, expected %s", key, text, want)}
		}
	}
	return cfg, nil
}

func evalTokenizers(c *call) error {
	t := c.tokenized("test")
	var from files
	c.Var(&from, "tokenizer", "`FILE` of a tokenizer, several times for several; without, the default one is trained on the split train")
	features := c.String("features", "", "`FILE` of a network whose features the Fréchet distance is of: a tokenizer, or torchvision's VGG-16")
	figure := c.String("figure", "", "`FILE` for the figure: .png, .pdf or .svg")
	asJSON := c.Bool("json", false, "a JSON list of the reports")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) > 1 {
		return usage{fmt.Sprintf("%d arguments, expected one set", len(words))}
	}
	m, ds, err := t.open(words)
	if err != nil {
		return err
	}
	var all []*vq.Tokenizer
	var names []string
	for _, path := range from {
		k, err := fourm.LoadTokenizer(path)
		if err != nil {
			return err
		}
		if k.Of.Name != m.Name {
			if k, err = k.For(m); err != nil {
				return err
			}
		}
		all, names = append(all, k), append(names, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	}
	if len(all) == 0 {
		*t.split = "train"
		_, seen, err := t.open(words)
		if err != nil {
			return err
		}
		k := fourm.TrainTokenizer(seen, m.Name, fourm.VQ{})
		if k.Err != nil {
			return k.Err
		}
		all, names = append(all, k), append(names, "")
	}
	var reports []*vq.Report
	for i, k := range all {
		r := k.ReportBy(ds, *features)
		if r.Err != nil {
			return r.Err
		}
		if names[i] != "" {
			r.Name = names[i]
		}
		reports = append(reports, r)
		if !*asJSON {
			fmt.Fprintln(c.out, r)
		}
		if r.Interrupted {
			return exitStatus(1)
		}
	}
	if *figure != "" {
		if err := viz.Tokenizers(reports...).Save(*figure); err != nil {
			return err
		}
	}
	if *asJSON {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(reports)
	}
	return nil
}
