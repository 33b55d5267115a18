package train

// A step of training: batches forward and backward, one move of the weights.

import (
	"context"
	"fmt"

	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
)

// Stepper takes the steps by which a model learns: those of Fit, and of whoever
// brings batches of their own.
//
//	s := train.NewStepper(m, optim.AdamW{})
//	net := m.Graph(model.Training, model.Shape{B: 8, N: 64, M: 64})
//	norm, err := s.Take(ctx, train.Step{LR: 1e-3, Decay: 0.05, Clip: 1, Batch: func(int) (*model.Net, error) {
//		return net, m.Fill(net.Batch, samples)
//	}})
type Stepper struct {
	AdamW  optim.AdamW // with what it remembers of the steps so far; Decay is set by each step
	m      *model.Model
	params [][]float32
	decays []bool
	grads  []optim.Grad
	sum    optim.Sum // of the gradients of a step's batches, where there are several
}

// Step says what one step does.
type Step struct {
	Batches int                               // the mean of whose gradients it follows; 0 stands for 1
	Batch   func(k int) (*model.Net, error)   // packs batch k into a graph of the model's Train
	Ran     func(k int, net *model.Net) error // looks at the losses of batch k; an error ends the step; nil: nobody looks
	LR      float64                           // learning rate
	Decay   float64                           // weight decay, of the parameters that have any
	Clip    float64                           // largest gradient norm; 0: no limit
}

// NewStepper gives a stepper for all parameters of the model.
func NewStepper(m *model.Model, a optim.AdamW) *Stepper {
	s := &Stepper{AdamW: a, m: m}
	for _, p := range m.Params {
		s.params, s.decays = append(s.params, p.Data), append(s.decays, p.Decays())
	}
	return s
}

// Take takes a step and gives the norm of the gradient before it was clipped.
// Where it gives an error no weight has moved.
func (s *Stepper) Take(ctx context.Context, step Step) (norm float64, err error) {
	grads, err := s.gradients(ctx, step)
	if err != nil {
		return 0, err
	}
	norm = optim.Norm(grads)
	if !finite(norm) {
		return norm, s.broken(grads)
	}
	s.AdamW.Decay = step.Decay
	s.AdamW.Apply(s.params, grads, s.decays, step.LR, norm, step.Clip)
	return norm, nil
}

// gradients runs the batches of a step and gives the mean of their gradients.
func (s *Stepper) gradients(ctx context.Context, step Step) ([]optim.Grad, error) {
	n := max(step.Batches, 1)
	s.sum.Clear()
	s.grads = s.grads[:0]
	for k := range n {
		net, err := step.Batch(k)
		if err != nil {
			return nil, err
		}
		if err := net.Machine.Run(ctx); err != nil {
			return nil, err
		}
		if step.Ran != nil {
			if err := step.Ran(k, net); err != nil {
				return nil, err
			}
		}
		for i, p := range s.params {
			if n == 1 {
				s.grads = append(s.grads, net.Grad(i))
			} else {
				s.sum.Add(i, len(p), net.Grad(i), 1/float32(n))
			}
		}
	}
	if n == 1 {
		return s.grads, nil
	}
	return s.sum.Grads(), nil
}

// notFinite is the error of a step whose gradient is not a number: the first
// parameter with such a one, or the last of all where only their sum is not.
type notFinite string

func (e notFinite) Error() string {
	return fmt.Sprintf("train: the gradient of %s is not a number", string(e))
}

func (s *Stepper) broken(grads []optim.Grad) error {
	for i, g := range grads {
		if !finite(optim.Norm([]optim.Grad{g})) {
			return notFinite(s.m.Params[i].Name)
		}
	}
	return notFinite(s.m.Params[len(grads)-1].Name)
}
