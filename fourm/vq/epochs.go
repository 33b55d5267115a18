package vq

// The order in which pictures are taken: another in each epoch, decided by the
// seed and the number of the epoch alone, so that a training can go on anywhere.

import "math/rand/v2"

// epochs is the order of n pictures; stream tells those of one seed apart.
type epochs struct {
	seed   int64
	stream uint64
	n      int
	epoch  int
	order  []int // of epoch; nil: none yet
}

// at gives the picture that is taken as number k.
func (e *epochs) at(k int) int {
	if epoch := k / e.n; e.order == nil || epoch != e.epoch {
		e.order, e.epoch = rand.New(rand.NewPCG(uint64(e.seed), e.stream+uint64(epoch))).Perm(e.n), epoch
	}
	return e.order[k%e.n]
}
