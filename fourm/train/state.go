package train

// What a run leaves in its folder: history.jsonl (a point a line), run.json
// (what it was made with), last.safetensors and best.safetensors (the model),
// state.safetensors (all that resuming needs), and TensorBoard's event files,
// one a session. Those that do not grow are replaced whole, those that grow are
// flushed before a checkpoint says how far they go.

import (
	"encoding/json"
	"io"
	"path/filepath"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/model"
	"fourmlab/internal/disk"
)

// facts are what must be equal for a run to go on, and what it has reached.
type facts struct {
	Name string `json:",omitempty"` // where it is not the folder's
	// Tokenizer is in runs of a tokenizer alone: its modality.
	Tokenizer string `json:",omitempty"`
	Model     model.Config
	Steps     int
	Batch     int
	Accum     int
	LR        float64
	MinLR     float64
	Schedule  string
	Cool      int
	Warm      int
	Decay     float64
	DecayEnd  *float64 `json:",omitempty"` // nil: as Decay
	Clip      float64
	Masks     []mask.Mask
	ValMask   []mask.Mask `json:",omitempty"`
	Seed      int64
	Data      *mark              `json:",omitempty"` // nil: unknown
	Val       *mark              `json:",omitempty"` // nil: unknown, or none
	Step      int                `json:",omitempty"`
	Last      *Point             `json:",omitempty"` // the point of Step, should the history lose it
	OptStep   int                `json:",omitempty"`
	Late      map[string]int     `json:",omitempty"` // by parameter: steps before its first gradient
	Best      float64            `json:",omitempty"`
	Spent     float64            `json:",omitempty"`
	Margin    map[string]float64 `json:",omitempty"`
	Env       map[string]string  `json:",omitempty"` // where the session began; any other may go on
}

func (l *loop) facts() facts {
	o := l.o
	var end *float64
	if o.DecayEnd != o.Decay {
		end = &o.DecayEnd
	}
	return facts{Model: l.m.Config, Steps: o.Steps, Batch: o.Batch, Accum: o.Accum, LR: o.LR, MinLR: o.MinLR, Schedule: o.Schedule, Cool: o.Cool, Warm: o.Warm, Decay: o.Decay, DecayEnd: end, Clip: o.Clip, Masks: o.Masks, ValMask: o.ValMask, Seed: o.Seed, Data: l.data.of(), Val: l.held.of()}
}

// asked gives the facts that a person asked for, without what the run has
// reached and what it was given.
func (f facts) asked() facts {
	f.Name, f.Step, f.Last, f.OptStep, f.Late, f.Best, f.Spent, f.Margin, f.Env = "", 0, nil, 0, nil, 0, 0, nil, nil
	f.Data, f.Val = nil, nil
	return f
}

func (l *loop) path(name string) string { return filepath.Join(l.o.Dir, name) }

// save writes a checkpoint; "last" brings what resuming needs.
func (l *loop) save(name string) error {
	if name == "last" {
		// The state must not know of steps that a power cut can take from
		// what lies beside it.
		if err := l.flush(); err != nil {
			return err
		}
		var extra []checkpoint.Tensor
		for i, p := range l.m.Params {
			if l.steps.AdamW.M != nil {
				extra = append(extra, checkpoint.Tensor{Name: "optimizer.m." + p.Name, Shape: p.Shape, Data: l.steps.AdamW.M[i]},
					checkpoint.Tensor{Name: "optimizer.v." + p.Name, Shape: p.Shape, Data: l.steps.AdamW.V[i]})
			}
		}
		f := l.reached()
		b, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if err := l.m.Save(l.path("state.safetensors"), extra, map[string]string{"run": string(b)}); err != nil {
			return err
		}
		if err := l.declare(f); err != nil {
			return err
		}
	}
	return l.m.Save(l.path(name+".safetensors"), nil, nil)
}

// reached are the facts with what the run has come to.
func (l *loop) reached() facts {
	f := l.facts()
	if l.o.Name != filepath.Base(l.o.Dir) {
		f.Name = l.o.Name
	}
	f.Step, f.OptStep, f.Best, f.Spent, f.Margin, f.Env = l.step, l.steps.AdamW.Step, l.best, l.spent, l.run.Marginal, environment()
	if p := l.run.Last(); p.Step == l.step && p.Step > 0 {
		f.Last, f.Spent = &p, p.Seconds
	}
	for i, n := range l.steps.AdamW.Late {
		if n > 0 {
			if f.Late == nil {
				f.Late = map[string]int{}
			}
			f.Late[l.m.Params[i].Name] = n
		}
	}
	return f
}

// declare writes run.json, from the first step on, so that one who looks on
// knows what is being trained.
func (l *loop) declare(f facts) error {
	return disk.Write(l.path("run.json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(f)
	})
}

// openHistory rewrites the points that stand and opens the file for more.
func (l *loop) openHistory() error {
	err := disk.Write(l.path("history.jsonl"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, p := range l.run.Points {
			if err := e.Encode(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.file, err = disk.Append(l.path("history.jsonl"))
	return err
}

// flush makes what is known of the steps last.
func (l *loop) flush() error {
	if l.file == nil { // no step was taken
		return nil
	}
	if err := l.file.Flush(); err != nil || l.events == nil {
		return err
	}
	return l.events.Flush()
}

func (l *loop) note(p Point) error { return json.NewEncoder(l.file).Encode(p) }

// close ends what grows.
func (l *loop) close() {
	if l.file != nil {
		l.file.Close()
	}
	if l.events != nil {
		l.events.Close()
	}
}

// ReadHistory reads the points of a history.jsonl; a last line that was cut
// off is left out.
func ReadHistory(path string) ([]Point, error) {
	points, _, err := readHistory(path)
	return points, err
}
