package main

// Kills: at a moment of chance the command gets SIGKILL, or one of the signals
// that ask it to end; then it is started again, until a run comes to its end.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// begin does the work once with nobody disturbing it.
func (w *work) begin(ctx context.Context, bin string) error {
	w.bin = bin
	var err error
	if w.ref, err = os.MkdirTemp("", "fourm-torture-"); err != nil {
		return err
	}
	if err := w.inputs(w.ref); err != nil {
		return err
	}
	began := time.Now()
	var out bytes.Buffer
	if err := w.command(ctx, w.ref, &out).Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, out.Bytes())
	}
	w.took = time.Since(began).Seconds()
	w.sums, err = sumsOf(w.ref)
	return err
}

func (w *work) end() { os.RemoveAll(w.ref) }

// signals are what a command gets, as often as they stand here.
var signals = []os.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP, os.Interrupt}

// killed kills the command n times.
func (w *work) killed(ctx context.Context, n int, seed uint64) (c counts, err error) {
	c.what = "kills"
	chance := rand.New(rand.NewPCG(seed, 1))
	for c.n < n && ctx.Err() == nil {
		dir, err := os.MkdirTemp("", "fourm-torture-")
		if err != nil {
			return c, err
		}
		err = w.inputs(dir)
		for round := 0; err == nil && round < 12 && c.n < n && ctx.Err() == nil; round++ {
			var alive bool
			alive, err = w.killOnce(ctx, dir, chance, &c)
			if !alive || w.done(dir) {
				break
			}
		}
		if err == nil && ctx.Err() == nil {
			err = w.finish(ctx, dir, &c)
		}
		if err != nil {
			return c, w.broken(dir, fmt.Errorf("after %d kills: %w", c.n, err))
		}
		os.RemoveAll(dir)
	}
	return c, nil
}

// killOnce starts the command and kills it; it tells whether there was
// something to kill.
func (w *work) killOnce(ctx context.Context, dir string, chance *rand.Rand, c *counts) (alive bool, err error) {
	after := time.Duration(chance.Float64() * 1.1 * w.took * float64(time.Second))
	sig := signals[chance.IntN(len(signals))]
	said, ended, err := w.disturb(ctx, dir, after, func(cmd *exec.Cmd) {
		if chance.IntN(2) == 0 {
			signalGroup(cmd, sig)
		} else {
			_ = cmd.Process.Signal(sig) // it may be gone
		}
	})
	if err != nil || ended {
		return !ended, err
	}
	c.n++
	kept, err := w.holds(w, dir, said)
	c.kept += kept
	if err != nil {
		err = fmt.Errorf("%w, after %v at %.2f s; it had said:\n%s", err, sig, after.Seconds(), said)
	}
	return true, err
}

// disturb starts the command, does something to it after a time, and waits for
// its end. It tells what the command said, and whether it ended by itself
// before.
func (w *work) disturb(ctx context.Context, dir string, after time.Duration, do func(*exec.Cmd)) (said string, ended bool, err error) {
	var out bytes.Buffer
	cmd := w.command(ctx, dir, &out)
	if err := cmd.Start(); err != nil {
		return "", false, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			err = fmt.Errorf("it failed by itself: %w\n%s", err, out.Bytes())
		}
		return out.String(), true, err
	case <-time.After(after):
	}
	do(cmd)
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		signalGroup(cmd, syscall.SIGKILL)
		<-done
		return out.String(), false, errors.New("it did not end within a minute")
	}
	signalGroup(cmd, syscall.SIGKILL) // what it had started
	return out.String(), false, nil
}

// finish lets the command come to its end and compares.
func (w *work) finish(ctx context.Context, dir string, c *counts) error {
	c.clean += leftovers(dir)
	if w.done(dir) {
		c.runs++
		return w.same(dir, true)
	}
	var out bytes.Buffer
	if err := w.command(ctx, dir, &out).Run(); err != nil {
		return fmt.Errorf("it cannot go on: %w\n%s", err, out.Bytes())
	}
	c.runs++
	return w.same(dir, false)
}

// done tells whether the command has nothing left to do, and would say so: a
// set is not written over.
func (w *work) done(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "sets", "packed"))
	return err == nil
}

// leftovers counts temporary files and folders.
func leftovers(dir string) (n int) {
	filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && (strings.HasSuffix(p, ".fourm-tmp") || strings.HasSuffix(p, ".part") && d.IsDir()) {
			n++
		}
		return nil
	})
	return n
}
