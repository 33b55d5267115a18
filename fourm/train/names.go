package train

// What a number of a run is called outside of it: train/loss, train/rgb_loss,
// val/loss, as TensorBoard and W&B group their panels.

import (
	"maps"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/train/tfevents"
)

// scalars lists the numbers of a point by name, its step and time aside.
func (p Point) scalars() []tfevents.Scalar {
	var out []tfevents.Scalar
	add := func(tag string, v float64) { out = append(out, tfevents.Scalar{Tag: tag, Value: v}) }
	losses := func(part string, by map[string]float64) {
		for _, d := range slices.Sorted(maps.Keys(by)) {
			add(part+"/"+modality.Short(d)+"_loss", by[d])
		}
	}
	if finite(p.Loss) {
		add("train/loss", p.Loss)
	}
	losses("train", p.Losses)
	if p.Val != nil {
		add("val/loss", p.ValLoss)
	}
	losses("val", p.Val)
	for _, x := range []tfevents.Scalar{{Tag: "train/lr", Value: p.LR}, {Tag: "train/grad_norm", Value: p.GradNorm}, {Tag: "train/tokens", Value: float64(p.Tokens)}} {
		if x.Value != 0 {
			out = append(out, x)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(p.Metrics)) {
		add(n, p.Metrics[n])
	}
	return out
}

// domainNamed is the inverse of modality.Short.
func domainNamed(short string) string {
	if m, ok := modality.Find(short); ok && m.Name == short {
		return m.Domain()
	}
	return short
}

// parts are the words for the samples that are trained on and those held out.
var parts = map[string]string{"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "eval": "val", "test": "val"}

// others are names of what a point has beside losses.
var others = map[string]func(*Point, float64){
	"lr":            func(p *Point, v float64) { p.LR = v },
	"learning_rate": func(p *Point, v float64) { p.LR = v },
	"grad_norm":     func(p *Point, v float64) { p.GradNorm = v },
	"tokens":        func(p *Point, v float64) { p.Tokens = int64(v) },
	"seconds":       func(p *Point, v float64) { p.Seconds = v },
	"_runtime":      func(p *Point, v float64) { p.Seconds = v },
}

// set puts a number under the name that people give it into its place; what
// is none of a run's own numbers goes to Metrics.
func (p *Point) set(tag string, v float64) {
	low := strings.ToLower(tag)
	part, rest, ok := strings.Cut(low, "/")
	if parts[part] == "" { // loss/train, train_loss, loss, lr
		if a, b, cut := strings.Cut(low, "_"); cut && parts[a] != "" {
			part, rest, ok = a, b, true
		} else if parts[rest] != "" {
			part, rest = rest, part
		} else {
			part, rest, ok = "train", low, ok && parts[part] != ""
		}
	}
	held := parts[part] == "val"
	name, isLoss := strings.CutSuffix(rest, "_loss")
	switch {
	case rest == "loss" && held:
		p.ValLoss = v
		p.val()
	case rest == "loss":
		p.Loss = v
	case others[rest] != nil && !held:
		others[rest](p, v)
	case isLoss && (ok || known(name)) && held:
		p.val()[domainNamed(name)] = v
	case isLoss && (ok || known(name)):
		if p.Losses == nil {
			p.Losses = map[string]float64{}
		}
		p.Losses[domainNamed(name)] = v
	default:
		if p.Metrics == nil {
			p.Metrics = map[string]float64{}
		}
		p.Metrics[tag] = v
	}
}

func known(name string) bool { _, ok := modality.Find(name); return ok }

func (p *Point) val() map[string]float64 {
	if p.Val == nil {
		p.Val = map[string]float64{}
	}
	return p.Val
}
