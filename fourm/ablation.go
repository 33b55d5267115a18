package fourm

// Ablations: what a choice costs, measured.

import (
	"fmt"

	"fourmlab/fourm/ablate"
	"fourmlab/internal/fault"
)

// Factor is one thing that an ablation varies.
type Factor = ablate.Factor

// Vary makes a factor of an ablation: Vary("mask.in_alpha", 0.1, 0.5, 1). The
// keys are those of an experiment's file; the order typed is the order shown.
func Vary(key string, values ...any) Factor { return ablate.Vary(key, values...) }

// Ablate trains a model for every value of the factors and every seed of the
// experiment, and compares their losses on the samples held out, base.Train.Val:
//
//	exp := fourm.Experiment{
//		Modalities: []string{"rgb", "caption"},
//		Train:      fourm.Train{Steps: 100, Batch: 16, Val: ds.Split("val")},
//		Seeds:      []int64{1, 2},
//	}
//	ab := fourm.Ablate(exp, ds.Split("train"), fourm.Vary("mask.in_alpha", 0.1, 0.5, 1))
//
// With a Name, results go to runs/Name and the same again goes on where it was
// left. What the world does wrong is in the ablation's Err.
func Ablate(base Experiment, ds Data, factors ...Factor) *Ablation {
	checkEnv("fourm.Ablate")
	base.Vary = append(base.Vary[:len(base.Vary):len(base.Vary)], factors...)
	ab, _ := ablate.Run(base, ds) // the ablation holds the error
	return ab
}

// AblateFile carries out the experiment of a file with overrides, in the
// folder runs/NAME, which is the ablation's Dir. open is given what the file
// says about data and gives the samples to train on and those held out.
//
// The ablation is nil where the experiment cannot begin.
func AblateFile(path string, open func(name string, n int, seed int64) (train, val Data, err error), overrides ...string) (ab *Ablation, err error) {
	defer fault.Catch(&err)
	checkEnv("fourm.AblateFile")
	e, err := ablate.Load(path, overrides...)
	if err != nil {
		return nil, err
	}
	if e.Data.Name == "" {
		return nil, fmt.Errorf("%s: no data.name (such as scenes)", path)
	}
	if e.Data.N == 0 && e.Data.Name == "scenes" {
		e.Data.N = 1000
	}
	data, val, err := open(e.Data.Name, e.Data.N, e.Data.Seed)
	if err != nil {
		return nil, fmt.Errorf("%s: data %s: %w", path, e.Data.Name, err)
	}
	e.Train.Val = val
	return ablate.Run(e, data)
}
