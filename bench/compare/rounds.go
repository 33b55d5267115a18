package main

// Rounds: the two programs in turn, and those rounds that nobody disturbed.

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// round is one process of either program.
type round struct {
	Others float64  `json:"others"` // cores that other processes used on average; -1: unknown
	Kept   bool     `json:"kept"`
	Load   string   `json:"load,omitempty"` // /proc/loadavg at the start
	Ours   outcome  `json:"ours"`
	Torch  *outcome `json:"torch,omitempty"`
}

// row is one case.
type row struct {
	Case   string  `json:"case"`
	Rounds []round `json:"rounds"`
	// Disturbed is true where no round was quiet: then all of them count.
	Disturbed bool `json:"disturbed"`
}

// rounds runs a case until as many rounds as are wanted were quiet, but not
// more than twice as many. A program that fails is not tried again.
func rounds(ctx context.Context, o options, name string, ours program, torch *program, log io.Writer) row {
	r := row{Case: name}
	quiet := 0
	for k := 0; quiet < o.rounds && k < 2*o.rounds; k++ {
		fmt.Fprintf(log, "%s, round %d\n", name, k+1)
		x := one(ctx, o, name, ours, torch)
		if ctx.Err() != nil {
			break
		}
		if x.Kept {
			quiet++
		}
		r.Rounds = append(r.Rounds, x)
		if x.Ours.Error != "" || x.Torch != nil && x.Torch.Error != "" {
			break
		}
	}
	r.Disturbed = quiet == 0
	return r
}

// one runs a round.
func one(ctx context.Context, o options, name string, ours program, torch *program) round {
	load, _ := os.ReadFile("/proc/loadavg")
	before, known := busy()
	began := time.Now()
	x := round{Others: -1, Kept: true, Ours: ours.run(ctx, name, o.reps)}
	if len(load) > 0 {
		x.Load = string(load[:len(load)-1])
	}
	own := x.Ours.CPU
	if torch != nil {
		t := torch.run(ctx, name, o.reps)
		x.Torch = &t
		own += t.CPU
	}
	if after, ok := busy(); ok && known {
		x.Others = max(0, after-before-own) / time.Since(began).Seconds()
		x.Kept = x.Others <= o.quiet
	}
	return x
}
