// Package generate predicts whole modalities from others, step by step, and
// measures what it makes (docs/4m.md, 6.1 to 6.5).
//
// A Plan says what is given and what is made of it, in which order; each
// finished target conditions the next:
//
//	plan := generate.Chain("caption").Then("rgb", 8).Temp(2).Then("depth", 4).Greedy()
//	out, err := generate.Generate(ctx, m, sample, *plan, seed)
//
// A stage of a plan has a schedule (Stage.Scheduled): how many tokens each step
// decides, and at what temperature. A Batch carries steps out, of several
// samples at once: a Scheme decides places of a grid in parallel, a text
// is decided token by token. All chance comes from a Chance, so that the
// recorded numbers of the official code give its tokens.
//
// Beside it: Reconstruct predicts what a mask hides in one pass, Eval measures
// tasks with fourm/metric against the truth and a baseline, AnyToAny and
// SweepOver fill tables of generations, Attention and Retrieve read what the
// encoder makes of samples.
package generate
