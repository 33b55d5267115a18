package fourm

// Experiments in files: one YAML file says what is trained and what is varied.

import "fourmlab/fourm/ablate"

type (
	// Experiment says what is trained and what is varied; a file of it has a
	// key for each field.
	Experiment = ablate.Experiment
	// Source names the data of an experiment in a file.
	Source = ablate.Source
)

// LoadExperiment reads an experiment from a YAML file and applies overrides:
// "train.steps=50", "mask.in_alpha=0.2", "dim=128" (a key that only one
// section has needs no section), "vary.mask.in_alpha=[0.1, 1]". An unknown key
// is an error that names the line and the nearest known key.
func LoadExperiment(path string, overrides ...string) (Experiment, error) {
	return ablate.Load(path, overrides...)
}
