// Package train fits a model to data: masked batches, AdamW with warm-up and
// cosine, validation with fixed masks, checkpoints, and a live display.
//
//	run, err := train.Fit(m, data, train.Options{Steps: 500})
//
// The same model, data, options and seed give the same run, whether or not it
// was interrupted and resumed on the way.
package train
