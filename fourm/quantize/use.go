package quantize

import (
	"fmt"
	"math"
)

// Use says how tokens use the codes of a book.
type Use struct {
	Tokens int // that were counted
	Codes  int // that the book has
	Used   int // codes that occur among the tokens
	Dead   int // codes that do not

	Bits       float64 // of a token as it is stored: log₂ Codes
	Entropy    float64 // bits that a token carries on average, at most Bits
	Perplexity float64 // 2 to the Entropy: as many codes used alike carry as much
}

// Count gives the use of each book by code numbers (R, books), as Assign writes
// them. A number that no code has is an error. No tokens have an entropy of 0.
func Count(ids []int32, books, codes int) ([]Use, error) {
	if len(ids)%books != 0 {
		return nil, fmt.Errorf("quantize: %d code numbers of %d books, expected a multiple", len(ids), books)
	}
	if err := check(ids, books, codes); err != nil {
		return nil, err
	}
	out := make([]Use, books)
	for b := range out {
		times := map[int32]int{}
		u := Use{Tokens: len(ids) / books, Codes: codes, Bits: math.Log2(float64(codes))}
		for i := b; i < len(ids); i += books {
			times[ids[i]]++
		}
		u.Used, u.Dead = len(times), codes-len(times)
		// codes of equal number count together, so that the order of a map does not
		// show in the last bit
		alike := map[int]int{}
		for _, n := range times {
			alike[n]++
		}
		for n := 1; n <= u.Tokens; n++ {
			if k := alike[n]; k > 0 {
				p := float64(n) / float64(u.Tokens)
				u.Entropy -= float64(k) * p * math.Log2(p)
			}
		}
		u.Perplexity = math.Exp2(u.Entropy)
		out[b] = u
	}
	return out, nil
}
