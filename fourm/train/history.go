package train

// What is known of a run: its points, and how it ended.

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"fourmlab/internal/show"
)

// Point is what is known after one step of training.
type Point struct {
	Step     int                `json:"step"`
	Seconds  float64            `json:"seconds"` // since the run began, resumed time included
	Tokens   int64              `json:"tokens"`  // input and target tokens seen
	LR       float64            `json:"lr"`
	Loss     float64            `json:"loss"`      // mean over the modalities, nats a token
	GradNorm float64            `json:"grad_norm"` // before clipping
	Losses   map[string]float64 `json:"losses"`    // by domain, nats a token
	Val      map[string]float64 `json:"val,omitempty"`
	ValLoss  float64            `json:"val_loss,omitempty"` // 0 where the step was not validated
	Metrics  map[string]float64 `json:"metrics,omitempty"`  // other numbers by name, of runs that others made
}

// Run is a training run as it stands: its points, and how it ended.
type Run struct {
	Name        string
	Dir         string // where its files are; empty: nowhere
	Steps       int    // asked for
	Points      []Point
	Marginal    map[string]float64 // loss of predicting the tokens' marginal distribution, by domain
	Interrupted bool
	Err         error             // why it stopped before its time, where the world failed
	Config      map[string]string // what it was made with, by the names of the fields: "Model.Dim"; nil: unknown
	Notes       []string          // what was noticed when it was read
	Unit        string            // of the losses; empty stands for nats a token
}

// Reconstruction is the unit of a tokenizer's training.
const Reconstruction = "reconstruction loss"

// Last gives the newest point, or the zero Point.
func (r *Run) Last() Point {
	if len(r.Points) == 0 {
		return Point{}
	}
	return r.Points[len(r.Points)-1]
}

// LastVal gives the newest point that was validated, or the zero Point.
func (r *Run) LastVal() Point {
	for i := len(r.Points) - 1; i >= 0; i-- {
		if p := r.Points[i]; p.Val != nil || p.ValLoss != 0 {
			return p
		}
	}
	return Point{}
}

func (r *Run) String() string {
	p, v := r.Last(), r.LastVal()
	var b strings.Builder
	fmt.Fprintf(&b, "step %d/%d", p.Step, r.Steps)
	for i := len(r.Points) - 1; i >= 0; i-- { // others' runs do not tell it with every step
		if l := r.Points[i].Loss; finite(l) {
			fmt.Fprintf(&b, "  loss %.3f", l)
			break
		}
	}
	if v.ValLoss != 0 {
		fmt.Fprintf(&b, "  val %.3f", v.ValLoss)
	}
	fmt.Fprintf(&b, "  %.0f s", p.Seconds)
	if r.Interrupted {
		b.WriteString("  (interrupted)")
	}
	if r.Err != nil {
		fmt.Fprintf(&b, "  (stopped: %v)", r.Err)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  (%s)", n)
	}
	if w := r.Warning(); w != "" {
		b.WriteString("  " + w)
	}
	return b.String()
}

// Warning says that the validation loss has risen for long, where it has: at
// least three times in a row it was not as low as at its best, over a tenth of
// the steps or more. It names the checkpoint with the best weights; else it is
// empty.
func (r *Run) Warning() string {
	var best, last Point
	since := 0
	for _, p := range r.Points {
		if p.Val == nil && p.ValLoss == 0 || !finite(p.ValLoss) {
			continue
		}
		since++
		if last = p; best.Step == 0 || p.ValLoss < best.ValLoss {
			best, since = p, 0
		}
	}
	if since < 3 || 10*(last.Step-best.Step) < max(r.Steps, last.Step) || last.ValLoss <= 1.001*best.ValLoss {
		return ""
	}
	where := ""
	if kept := filepath.Join(r.Dir, "best.safetensors"); r.Dir == "" {
		where = "; nothing keeps its weights: give Train a Dir"
	} else if exists(kept) {
		where = "; its weights are in " + kept
	}
	return fmt.Sprintf("warning: validation is at %.3f, above the %.3f of step %d%s", last.ValLoss, best.ValLoss, best.Step, where)
}

// Scores is a table of validation losses beside those of predicting the
// marginal distribution of a domain's tokens.
type Scores []Score

// Score is one domain's line, in nats a token.
type Score struct {
	Domain         string
	Loss, Marginal float64 // Marginal is 0 where it is not known
}

func (s Scores) String() string {
	b := strings.Builder{}
	fmt.Fprintf(&b, "%-14s %9s %9s %9s\n", "nats a token", "model", "marginal", "gained")
	for _, x := range s {
		if x.Marginal == 0 {
			fmt.Fprintf(&b, "%-14s %9.3f %9s %9s\n", x.Domain, x.Loss, "–", "–")
			continue
		}
		fmt.Fprintf(&b, "%-14s %9.3f %9.3f %8.0f%%\n", x.Domain, x.Loss, x.Marginal, 100*(1-x.Loss/x.Marginal))
	}
	return strings.TrimRight(b.String(), "\n")
}

// Scores gives the newest validation loss of each domain (the training loss
// where nothing was held out), in alphabetical order.
func (r *Run) Scores() Scores {
	p := r.LastVal()
	losses := p.Val
	if losses == nil {
		losses = r.Last().Losses
	}
	var out Scores
	for d, l := range losses {
		out = append(out, Score{d, l, r.Marginal[d]})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Domain < out[j].Domain })
	return out
}

// SimpleRender shows the curves in a notebook.
func (r *Run) SimpleRender() map[string]any { return show.Bundle(r) }
