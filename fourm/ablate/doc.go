// Package ablate trains one model a setting and compares them.
//
//	e, err := ablate.Load("bench/ablations/input_alpha.yaml", "train.steps=50")
//	e.Train.Val = held
//	ab, err := ablate.Run(e, data)
//	fmt.Println(ab)
//
// All settings share the data, the tokenizers, and the masks of validation, so
// that their losses answer the same question. Each is trained with every seed;
// error bars are the standard deviation over the seeds. Whatever is left in the
// experiment's folder by an interrupted run is gone on with.
package ablate
