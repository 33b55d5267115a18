package train

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
)

// Steps with batches of one's own are those of Fit, bit for bit; one that ends
// in an error moves nothing.
func TestStepperTakesFitsSteps(t *testing.T) {
	data := things(t, 20)
	o := options(4)
	o.Accum, o.Val = 2, nil
	m, other := small(t), small(t)
	run := fit(t, m, data, o)

	o = o.resolved()
	l := &loop{m: other, o: o, run: &Run{}}
	src, err := newSource(context.Background(), other, data)
	if err != nil {
		t.Fatal(err)
	}
	net := other.Graph(model.Training, o.shape(other, o.Masks))
	s := NewStepper(other, optim.AdamW{})
	step := func(at int) Step {
		return Step{Batches: 2, LR: o.rate(at), Decay: o.decay(at), Clip: o.Clip, Batch: func(k int) (*model.Net, error) {
			samples, _, err := l.draw(context.Background(), src, 2*at+k)
			if err != nil {
				return nil, err
			}
			return net, other.Fill(net.Batch, samples)
		}}
	}
	for at := range o.Steps {
		norm, err := s.Take(context.Background(), step(at))
		if err != nil || norm != run.Points[at].GradNorm {
			t.Fatalf("step %d: norm %v (%v), Fit's is %v", at, norm, err, run.Points[at].GradNorm)
		}
	}
	for i, p := range m.Params {
		if !reflect.DeepEqual(p.Data, other.Params[i].Data) {
			t.Errorf("%s is not what Fit makes of it", p.Name)
		}
	}

	was := slices.Clone(other.Params[0].Data)
	bad := step(0)
	told := errors.New("enough")
	bad.Ran = func(k int, _ *model.Net) error {
		if k == 1 {
			return told
		}
		return nil
	}
	if _, err := s.Take(context.Background(), bad); err != told {
		t.Errorf("error %v", err)
	}
	other.Param("encoder_norm.weight").Data[0] = float32(math.NaN())
	_, err = s.Take(context.Background(), step(0))
	if _, ok := err.(notFinite); !ok {
		t.Errorf("a gradient that is not a number: error %v", err)
	}
	if s.AdamW.Step != o.Steps || !slices.Equal(was, other.Params[0].Data) {
		t.Errorf("a step that failed was taken")
	}
}
