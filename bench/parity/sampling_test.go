package parity

import (
	"encoding/json"
	"fmt"
	"testing"
)

// Weights of guidance may be one number or a list of one a condition, target
// by target.
func TestGuidanceLists(t *testing.T) {
	var c chain
	err := json.Unmarshal([]byte(`{"cond_domains": ["caption", "tok_depth@224"], "target_domains": ["tok_rgb@224", "tok_clip@224"], "tokens_per_target": [196, 196],
		"autoregression_schemes": ["maskgit", "roar"], "decoding_steps": [2, 1], "token_decoding_schedules": ["linear", null], "temps": [1, 1], "temp_schedules": ["constant", null],
		"cfg_scales": [[1.5, -0.5], 3], "cfg_grow_conditioning": true}`), &c)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := c.steps()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"tok_rgb@224 [[caption] [tok_depth@224]] [1.5 -0.5] 1",
		"tok_rgb@224 [[caption] [tok_depth@224]] [1.5 -0.5] 1",
		"tok_clip@224 [] [] 3",
	}
	if len(steps) != len(want) {
		t.Fatalf("%d steps, expected %d", len(steps), len(want))
	}
	for i, m := range steps {
		if got := fmt.Sprint(m.Domain, " ", m.Groups, " ", m.Weights, " ", m.Guide); got != want[i] {
			t.Errorf("step %d is %s, expected %s", i, got, want[i])
		}
	}
	for _, bad := range []string{`{"cfg_scales": ["x"]}`, `{"cfg_scales": [[1, "x"]]}`} {
		if json.Unmarshal([]byte(bad), new(chain)) == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
