package metric

// Texts.

import (
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
)

// WordF1 is the harmonic mean of precision and recall over words, each counted as
// often as it stands there: 2 hits / (words of the one + words of the other).
// Words stand between white space; case and punctuation count. 1 for two empty
// texts.
var WordF1 = perSample(Metric{
	Name: "word F1", text: "word F1 %.2f",
	Unknown: "a missing prediction is an empty text",
	Source:  "Rajpurkar et al., SQuAD, arXiv 1606.05250, without its normalisation",
}, wordF1)

// symbolF1 is WordF1 of sequences of numbers.
var symbolF1 = perSample(Metric{
	Name: "symbol F1", text: "symbol F1 %.2f", Unknown: "a missing prediction is an empty sequence", Source: WordF1.Source,
}, wordF1)

// ExactMatch is 1 where all words are the same in the same order, else 0.
var ExactMatch = perSample(Metric{
	Name: "exact match", text: "exact match %.2f", Unknown: "a missing prediction is an empty text", Source: WordF1.Source,
}, func(truth, guess any) float64 {
	switch {
	case truth == nil:
		return math.NaN()
	case slices.Equal(words(truth), words(guess)):
		return 1
	}
	return 0
})

func wordF1(truth, guess any) float64 {
	if truth == nil {
		return math.NaN()
	}
	a, b := words(truth), words(guess)
	if len(a)+len(b) == 0 {
		return 1
	}
	count := map[string]int{}
	for _, w := range a {
		count[w]++
	}
	hit := 0.0
	for _, w := range b {
		if count[w] > 0 {
			count[w]--
			hit++
		}
	}
	return 2 * hit / float64(len(a)+len(b))
}

// words gives those of a text, or of what is written as one.
func words(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return strings.Fields(v)
	case []int:
		return modality.Numerals(v)
	}
	return strings.Fields(modality.Sample{Values: map[string]any{"x": v}}.Text("x"))
}
