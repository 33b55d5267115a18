package train

import (
	"context"
	"reflect"
	"testing"

	"fourmlab/fourm/mask"
)

// A batch under one mask has samples of that mask alone and the room that it needs;
// over many batches masks come as often as their weights say, the loss falls, and a
// run that was stopped goes on bit by bit.
func TestOneMask(t *testing.T) {
	data := things(t, 40)
	m := small(t)
	o := options(40)
	o.OneMask, o.Mask, o.Val = true, mask.Mask{}, nil
	o.Masks = []mask.Mask{
		{In: 16, Out: 16, Inputs: []string{"shade"}, Outputs: []string{"tok_tone"}, Weight: 3},
		{In: 6, Out: 16, Inputs: []string{"caption"}, Outputs: []string{"tok_tone", "tok_shade"}, Weight: 1},
	}
	l := &loop{m: m, o: o.resolved(), run: &Run{}}
	src, err := newSource(context.Background(), m, data)
	if err != nil {
		t.Fatal(err)
	}
	texts := 0
	for step := range 200 {
		samples, net, err := l.draw(context.Background(), src, step)
		if err != nil {
			t.Fatal(err)
		}
		from := map[string]int{}
		for _, s := range samples {
			for _, p := range s.Parts {
				for _, in := range p.Input {
					if in {
						from[p.Domain]++
					}
				}
			}
		}
		switch {
		case len(from) == 1 && from["caption"] > 0:
			texts++
			if net.N != 6 {
				t.Errorf("a batch of captions has room for %d inputs, expected 6", net.N)
			}
		case len(from) == 1 && from["shade"] > 0:
			if net.N != 16 {
				t.Errorf("a batch of pictures has room for %d inputs, expected 16", net.N)
			}
		default:
			t.Fatalf("step %d shows tokens of %v, expected those of one mask", step, from)
		}
	}
	if texts < 30 || texts > 70 {
		t.Errorf("%d of 200 batches are of captions, expected about a quarter", texts)
	}
	run := fit(t, m, data, o)
	if last := run.Points[39].Loss; !(last < run.Points[0].Loss) {
		t.Errorf("the loss goes from %g to %g", run.Points[0].Loss, last)
	}
	o.Dir = t.TempDir()
	stopped := o
	stopped.OnStep = func(p Point) bool { return p.Step < 17 }
	fit(t, small(t), data, stopped)
	again := small(t)
	if resumed := fit(t, again, data, o); len(resumed.Points) != 40 || resumed.Points[39].Loss != run.Points[39].Loss {
		t.Error("a run that goes on is another")
	}
	for i, p := range m.Params {
		if !reflect.DeepEqual(p.Data, again.Params[i].Data) {
			t.Errorf("%s is another", p.Name)
		}
	}
}
