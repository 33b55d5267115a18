// Package train fits a model to data.
package train

import (
	"fmt"
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
}

// Run is a training run as it stands: its points, and how it ended.
type Run struct {
	Name        string
	Dir         string // where checkpoints and history.jsonl are; empty: nowhere
	Steps       int    // asked for
	Points      []Point
	Marginal    map[string]float64 // loss of predicting the tokens' marginal distribution, by domain
	Interrupted bool
	Err         error // why it stopped before its time, where the world failed
}

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
		if r.Points[i].Val != nil {
			return r.Points[i]
		}
	}
	return Point{}
}

func (r *Run) String() string {
	p, v := r.Last(), r.LastVal()
	var b strings.Builder
	fmt.Fprintf(&b, "step %d/%d  loss %.3f", p.Step, r.Steps, p.Loss)
	if v.Val != nil {
		fmt.Fprintf(&b, "  val %.3f", v.ValLoss)
	}
	fmt.Fprintf(&b, "  %.0f s", p.Seconds)
	if r.Interrupted {
		b.WriteString("  (interrupted)")
	}
	if r.Err != nil {
		fmt.Fprintf(&b, "  (stopped: %v)", r.Err)
	}
	return b.String()
}

// SimpleRender shows the curves in a notebook.
func (r *Run) SimpleRender() map[string]any { return show.Bundle(r) }
