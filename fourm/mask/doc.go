// Package mask chooses which tokens of a sample are input, which are targets,
// and which nobody uses, as 4M does (arXiv 2312.06647; docs/4m.md,
// 3.1 to 3.5).
//
// A Mask is a strategy. It says how many tokens are input and target, how they
// are shared among the domains (a Dirichlet draw for each side), and what is
// done with sequences:
//
//	mk := mask.Mask{In: 32, Out: 32, InAlpha: 0.5, OutAlpha: 0.5}.Draw(s)
//	fmt.Println(mk)
//
// Within a domain, the tokens of a grid are chosen at random; with a Pattern or an Order
// of one's own in blocks, rows, or at the same places in all modalities. Text is masked
// by spans: [S_1], [S_2] and so on stand for them in the input, and open them
// in the target, which one more sentinel closes. A text that comes in chunks
// ([]string) is masked chunk by chunk. Vectors are masked as text is, but are
// an input only. With Fixed nothing is drawn: inputs are seen whole, outputs
// are targets whole.
//
// Several masks make a mixture, of which Pick draws one for each sample;
// Published knows those of the official models.
//
// The random numbers come from a Chance. That of Draw follows from the mask's
// seed and the sample's key; a Chance that plays back what 4M's own code drew
// gives the masks that code made. Part.Row gives them in the form of its
// batches.
//
// A budget is an upper bound. What a domain has no room for is lost, as in 4M:
// a sequence may be shorter than its share, and its target may stop within a
// span.
package mask
