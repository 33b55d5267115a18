package vq

// What a training leaves in its folder: state.safetensors (all that going on
// needs), tokenizer.safetensors (the tokenizer as it stands), run.json and
// history.jsonl (what it is and a point a line, as a model's run has them). The
// state knows all points, so that a history that was cut off is made whole.

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
	"fourmlab/internal/fault"
)

// ErrForeignRun is in errors of a folder that holds another training.
var ErrForeignRun = errors.New("another training")

// facts are what must be equal for a training to go on, and what it has reached.
type facts struct {
	Tokenizer string // of which modality
	Modality  modality.Modality
	Config    VQ
	From      string `json:",omitempty"` // digest of the tokenizer that it began with
	Pictures  string // a digest
	Held      string `json:",omitempty"` // a digest of what is held out
	Steps     int
	Step      int
	Chance    []byte
	OptStep   int
	Spent     float64
}

// folder is where a training is kept.
type folder struct {
	dir   string
	owner *disk.Owner
	facts facts
	log   *disk.Log
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// fileKinds tell what the files of the folder begin with, should one be a link.
var fileKinds = map[string]func(head []byte) bool{
	".safetensors": func(head []byte) bool { return len(head) == 0 || checkpoint.Begins(head) },
	".jsonl":       func(head []byte) bool { return head != nil && checkpoint.BeginsJSON(head, "step") },
	".json":        func(head []byte) bool { return head != nil && checkpoint.BeginsJSON(head, "Tokenizer") },
}

// resume goes on where Dir was left, if there is a training.
func (l *trainer) resume() error {
	if l.c.Dir == "" {
		return nil
	}
	if err := disk.MkdirAll(l.c.Dir); err != nil {
		return err
	}
	owner, err := disk.Own(l.c.Dir)
	if err != nil {
		return fmt.Errorf("vq: %w", err)
	}
	f := &folder{dir: l.c.Dir, owner: owner, facts: facts{Tokenizer: l.t.Of.Name, Modality: l.t.Of, Config: l.t.Config, Steps: l.c.Steps, Pictures: digest(l.pics), Held: digest(l.val)}}
	l.kept = f
	if l.c.From != nil {
		f.facts.From = l.c.From.digest()
	}
	if err := disk.Links(f.dir, fileKinds); err != nil {
		return fmt.Errorf("vq: %w", err)
	}
	if err := l.restore(); err != nil {
		return err
	}
	if err := l.history(); err != nil {
		return err
	}
	return f.declare()
}

// history writes all points anew, and goes on behind them.
func (l *trainer) history() error {
	f := l.kept
	if f.log != nil {
		f.log.Close()
	}
	err := disk.Write(f.path("history.jsonl"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, p := range l.points {
			if err := e.Encode(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.log, err = disk.Append(f.path("history.jsonl"))
	return err
}

// declare writes run.json.
func (f *folder) declare() error {
	return disk.Write(f.path("run.json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		said := f.facts
		said.Chance = nil
		return e.Encode(said)
	})
}

// restore reads the state, if there is one.
func (l *trainer) restore() error {
	f := l.kept
	path := f.path("state.safetensors")
	in, err := checkpoint.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	had, points, err := reached(in)
	if err != nil {
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: %s: no state of a tokenizer's training: %w", path, err))
	}
	if err := f.agree(had); err != nil {
		return err
	}
	state, fresh := l.state()
	if err := refill(in, path, state); err != nil {
		return err
	}
	if err := l.chance.UnmarshalBinary(had.Chance); err != nil {
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: %s: %w", path, err))
	}
	fresh()
	l.step, l.opt.Step, l.points, l.spent = had.Step, had.OptStep, points, had.Spent
	return nil
}

// meta are the facts and the points of a training as they stand in a file.
func (f *folder) meta(points []Point) (map[string]string, error) {
	a, err := json.Marshal(f.facts)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(points)
	return map[string]string{"training": string(a), "points": string(b)}, err
}

// reached reads them.
func reached(in *checkpoint.File) (had facts, points []Point, err error) {
	err = errors.Join(json.Unmarshal([]byte(in.Meta["training"]), &had), json.Unmarshal([]byte(in.Meta["points"]), &points))
	return had, points, err
}

// refill reads tensors of a file to where their numbers lie.
func refill(in *checkpoint.File, path string, all []checkpoint.Tensor) error {
	for _, t := range all {
		if got := in.Shape(t.Name); !slices.Equal(got, t.Shape) {
			return fault.Kind(ErrForeignRun, fmt.Errorf("vq: %s: tensor %q has shape %v, expected %v", path, t.Name, got, t.Shape))
		}
		if err := in.Into(t.Name, t.Data); err != nil {
			return err
		}
	}
	return nil
}

// what tensors are of that are no parameters, before a parameter's name.
const (
	ofMean   = "average."
	ofFirst  = "optimizer.m."
	ofSecond = "optimizer.v."
)

// agree tells why the training that is asked for is not the one in the folder. It
// may be asked to take more steps.
func (f *folder) agree(had facts) error {
	there, now := settings(had), settings(f.facts)
	or := func(v any) any {
		if v == nil {
			return "none"
		}
		return v
	}
	var differ []string
	for _, k := range slices.Sorted(maps.Keys(now)) {
		if a, b := there[k], now[k]; !reflect.DeepEqual(a, b) && k != "steps" && k != "decoder_steps" && !(had.Steps != f.facts.Steps && (k == "warm" || k == "val_every")) {
			differ = append(differ, fmt.Sprintf("%s is %v there, %v now", k, or(a), or(b)))
		}
	}
	switch {
	case len(differ) > 0:
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: %s holds another training: %s; choose another folder, or remove it", f.dir, strings.Join(differ, ", ")))
	case had.Pictures != f.facts.Pictures, had.Held != f.facts.Held:
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: the training in %s has seen other pictures; choose another folder, or give it the same data", f.dir))
	case had.From != f.facts.From:
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: the training in %s has begun with another tokenizer; choose another folder, or remove it", f.dir))
	case had.Step > f.facts.Steps:
		return fault.Kind(ErrForeignRun, fmt.Errorf("vq: the training in %s has taken %d steps, more than the %d asked for; choose another folder, or remove it", f.dir, had.Step, f.facts.Steps))
	}
	return nil
}

// settings gives what was asked for, by names.
func settings(f facts) map[string]any {
	var out map[string]any
	b, err := json.Marshal(f.Config)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic(err) // numbers and texts
	}
	out["modality"] = f.Modality.String()
	return out
}

// state gives all tensors that going on needs, and what is to be called once they
// have been read.
func (l *trainer) state() (all []checkpoint.Tensor, read func()) {
	n := l.t.net
	for _, name := range slices.Sorted(maps.Keys(n.Params)) {
		p := n.Params[name]
		all = append(all, checkpoint.Tensor{Name: name, Shape: p.Shape, Data: p.Data})
	}
	add := func(prefix, name string, data []float32) {
		all = append(all, checkpoint.Tensor{Name: prefix + name, Shape: n.Params[name].Shape, Data: data})
	}
	if l.mean != nil {
		for i, name := range l.mean.names {
			add(ofMean, name, l.mean.mean[i])
		}
	}
	m, v := l.opt.M, l.opt.V
	if m == nil {
		for _, p := range l.params {
			m, v = append(m, make([]float32, len(p))), append(v, make([]float32, len(p)))
		}
	}
	for i, name := range l.g.names {
		add(ofFirst, name, m[i])
		add(ofSecond, name, v[i])
	}
	return all, func() { l.opt.M, l.opt.V = m, v }
}

// note keeps a point; due ends with the state.
func (l *trainer) note(p Point, due bool) error {
	f := l.kept
	if f == nil {
		return nil
	}
	if err := json.NewEncoder(f.log).Encode(p); err != nil || !due {
		return err
	}
	return l.keep()
}

// keep writes the state and the tokenizer as they stand after a step.
func (l *trainer) keep() error {
	f := l.kept
	if f == nil || l.step == 0 {
		return nil
	}
	if err := f.log.Flush(); err != nil {
		return err
	}
	chance, err := l.chance.MarshalBinary()
	if err != nil {
		return err
	}
	f.facts.Step, f.facts.Chance, f.facts.OptStep, f.facts.Spent = l.step, chance, l.opt.Step, l.last().Seconds
	meta, err := f.meta(l.points)
	if err != nil {
		return err
	}
	state, _ := l.state()
	if err := checkpoint.Write(f.path("state.safetensors"), state, meta); err != nil {
		return err
	}
	if err := f.declare(); err != nil {
		return err
	}
	if l.mean != nil {
		l.mean.swap(l.t.net)
		defer l.mean.swap(l.t.net)
	}
	l.t.Loss = l.last().Loss
	return l.t.Save(f.path("tokenizer.safetensors"))
}

// close gives the folder back.
func (l *trainer) close() {
	if l.kept == nil {
		return
	}
	if l.kept.log != nil {
		l.kept.log.Close()
	}
	l.kept.owner.Release()
}

// overdue validates once more where the training was stopped between a step and
// its validation.
func (l *trainer) overdue(ctx context.Context) error {
	if l.step == 0 || len(l.points) == 0 || l.last().Metrics != nil || !l.due() {
		return nil
	}
	if err := l.validate(ctx, &l.points[len(l.points)-1]); err != nil {
		return err
	}
	return l.keep()
}

// digest is what a set of pictures is known by; empty: there are none.
func digest(pics []*modality.Picture) string {
	if len(pics) == 0 {
		return ""
	}
	h := sha256.New()
	for _, p := range pics {
		fmt.Fprintln(h, p.H, p.W, p.C)
		binary.Write(h, binary.LittleEndian, p.Pix)
	}
	return fmt.Sprintf("%d pictures, %x", len(pics), h.Sum(nil)[:16])
}

// digest is what a tokenizer is known by.
func (t *Tokenizer) digest() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(t.Params)) {
		fmt.Fprintln(h, name, t.Params[name].Shape)
		binary.Write(h, binary.LittleEndian, t.Params[name].Data)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}
