package cases

// Inputs: samples of random tokens and pixels, and their masks. They follow
// from a seed by a generator so plain that bench/torch4m.py has it, too: both
// programs see the same ids, lengths and masks. Only pixels, whose values
// change no shape, are each program's own.

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
)

// dice is the source of all inputs: SplitMix64 (Steele, Lea and Flood, 2014).
// It is the mask.Chance of masks whose concentrations are 1.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9E3779B97F4A7C15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Between gives a whole number from lo to hi, both included.
func (d *dice) Between(lo, hi int) int { return lo + int(d.next()%uint64(hi-lo+1)) }

// Uniform gives a number from 0 to 1.
func (d *dice) Uniform() float64 { return float64(d.next()>>11) / (1 << 53) }

// Noise fills x with numbers above 0 and up to 1.
func (d *dice) Noise(x []float32) {
	for i := range x {
		x[i] = float32(d.next()>>40+1) / (1 << 24)
	}
}

// Dirichlet draws shares of concentration 1, whatever alpha says: the gaps
// between uniform numbers, which are exact, so that every program gets the
// same bits.
func (d *dice) Dirichlet(alpha []float64, p []float32) {
	cuts := []float64{0, 1}
	for range len(p) - 1 {
		cuts = append(cuts, d.Uniform())
	}
	slices.Sort(cuts)
	for i := range p {
		p[i] = float32(cuts[i+1] - cuts[i])
	}
}

// Weighted gives an index, each as likely as its share of the weights.
func (d *dice) Weighted(weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	u := d.Uniform() * total
	for i, w := range weights {
		if u -= w; u < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// Perm gives the numbers below n in any order.
func (d *dice) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		j := d.Between(0, i)
		p[i], p[j] = p[j], i
	}
	return p
}

const (
	seed      = 4   // of inputs
	batches   = 4   // that repetitions take turns with
	sentinels = 200 // [S_0] and so on, behind the four special tokens
)

// words gives a vocabulary of so many pieces that stand for nothing.
func words(n int) *text.Vocab {
	pieces := make([]string, n-4-sentinels)
	for i := range pieces {
		pieces[i] = "w" + strconv.Itoa(i)
	}
	return text.NewVocab(sentinels, 0, pieces)
}

// line gives n random words and the end of a text.
func (d *dice) line(v *text.Vocab, n int) modality.Tokens {
	ids := make([]int, n, n+1)
	for i := range ids {
		ids[i] = d.Between(4+sentinels, v.Len()-1)
	}
	ids = append(ids, text.EOS)
	return modality.Tokens{IDs: ids, Rows: 1, Cols: len(ids), Words: v.Words(ids)}
}

// plane gives random tokens of a grid.
func (d *dice) plane(of modality.Domain) modality.Tokens {
	t := modality.Tokens{Modality: of.Modality, IDs: make([]int, of.Max), Rows: of.Rows, Cols: of.Cols}
	for i := range t.IDs {
		t.IDs[i] = d.Between(0, of.Vocab-1)
	}
	return t
}

// Texts have from 10 to 40 words.
const fewest, most = 10, 40

// masked draws a sample with tokens for every input domain of a model, and
// masks it with a budget of in and out tokens.
func (d *dice) masked(m *model.Model, v *text.Vocab, pictures map[string]any, in, out int) (mask.Masked, error) {
	var entries []mask.Entry
	for _, of := range m.In {
		var t modality.Tokenizer
		var value any
		switch {
		case of.Pixels:
		case of.Grid():
			value = d.plane(of)
		default:
			t, value = &text.Tokenizer{Words: v}, d.line(v, d.Between(fewest, most))
		}
		e, err := mask.EntryOf(of, t, value)
		if err != nil {
			return mask.Masked{}, err
		}
		entries = append(entries, e)
	}
	parts := mask.Mask{In: in, Out: out}.Parts(d, entries)
	return mask.Masked{Sample: modality.Sample{Values: pictures}, Parts: parts}, nil
}

// pictures gives random pixels for each domain that takes them.
func pictures(m *model.Model) map[string]any {
	r := rand.New(rand.NewPCG(seed, 0))
	out := map[string]any{}
	for _, d := range m.In {
		if d.Pixels {
			p := modality.NewPicture(d.Rows*d.Patch, d.Cols*d.Patch, d.Channels)
			for i := range p.Pix {
				p.Pix[i] = r.Float32()
			}
			out[d.Modality] = p
		}
	}
	return out
}
