package cases

// The program that times are compared with: that it computes 4M, and that it
// is given what the cases here are given.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/model"
	"fourmlab/internal/fixture"
)

// torch4m runs the program, or skips where there is no PyTorch.
func torch4m(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command("/usr/bin/python3", append([]string{"../torch4m.py", "--threads", "1"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch {
	case errors.Is(err, fs.ErrNotExist), strings.Contains(errs.String(), "No module named"):
		t.Skipf("%s has no torch: %v", cmd.Path, err)
	case err != nil:
		t.Fatalf("torch4m.py %v: %v\n%s%s", args, err, out.String(), errs.String())
	}
	return out.String()
}

// It agrees with recorded cases of the official code: forward, losses and
// gradients; steps of generation.
func TestTorchComputes4M(t *testing.T) {
	out := torch4m(t, "--check", fixture.Path(t, "parity", "fm_swiglu_nobias"), fixture.Path(t, "parity", "gen_swiglu"))
	var sums []string
	for line := range strings.Lines(out) {
		if strings.HasSuffix(line, " tensors, 0 differ\n") {
			sums = append(sums, line)
		}
	}
	if len(sums) != 2 || slices.Contains(sums, "0 tensors, 0 differ\n") {
		t.Errorf("%s", out)
	}
}

// Its training samples are ours: the same ids are given and asked for, in the
// same order.
func TestTorchInputs(t *testing.T) {
	const n = 40
	m := model.New(small())
	vocab := words(m.Out[0].Vocab)
	d := dice(seed)
	for i, line := range strings.Split(strings.TrimSpace(torch4m(t, "--inputs", fmt.Sprint(n))), "\n") {
		var theirs map[string][2][]int
		if err := json.Unmarshal([]byte(line), &theirs); err != nil {
			t.Fatal(err)
		}
		s, err := d.masked(m, vocab, nil, tokens, tokens)
		if err != nil {
			t.Fatal(err)
		}
		for k, p := range s.Parts {
			r := p.Row(m.In[k])
			var given, asked []int
			for at := range r.Input {
				switch {
				case r.Input[at] && p.Pixels:
					given = append(given, at)
				case r.Input[at]:
					given = append(given, r.IDs[at])
				case r.Target[at]:
					asked = append(asked, r.IDs[at])
				}
			}
			if !m.In[k].Grid() && len(asked) > 0 {
				asked = asked[1:]
			}
			if x := theirs[p.Domain]; !slices.Equal(x[0], given) || !slices.Equal(x[1], asked) {
				t.Fatalf("sample %d, %s: %v, expected %v and %v", i, p.Domain, x, given, asked)
			}
		}
	}
}
