package quantize

import (
	"math"
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	// book 0: codes 1 1 1 1; book 1: codes 0 1 2 2
	got, err := Count([]int32{1, 0, 1, 1, 1, 2, 1, 2}, 2, 8)
	if err != nil {
		t.Fatal(err)
	}
	want := []Use{
		{Tokens: 4, Codes: 8, Used: 1, Dead: 7, Bits: 3, Entropy: 0, Perplexity: 1},
		{Tokens: 4, Codes: 8, Used: 3, Dead: 5, Bits: 3, Entropy: 1.5, Perplexity: math.Exp2(1.5)},
	}
	for i, u := range got {
		if u != want[i] {
			t.Errorf("book %d: %+v, expected %+v", i, u, want[i])
		}
	}
	all := make([]int32, 1000)
	for i := range all {
		all[i] = int32(i % 250)
	}
	if u, err := Count(all, 1, 250); err != nil || u[0].Dead != 0 || math.Abs(u[0].Perplexity-250) > 1e-9 {
		t.Errorf("all codes alike: %+v, %v", u, err)
	}
	if u, err := Count(nil, 1, 5); err != nil || u[0] != (Use{Codes: 5, Dead: 5, Bits: math.Log2(5), Perplexity: 1}) {
		t.Errorf("no tokens: %+v, %v", u, err)
	}
	if _, err := Count([]int32{0, 1, 2}, 2, 5); err == nil || !strings.Contains(err.Error(), "3 code numbers of 2 books") {
		t.Errorf("half a latent: %v", err)
	}
	if _, err := Count([]int32{0, 5}, 1, 5); err == nil || !strings.Contains(err.Error(), "code 5 at latent 1, expected one below 5") {
		t.Errorf("a code that is not there: %v", err)
	}
}
