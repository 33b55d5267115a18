package main

// Full disks: the command works on a disk that has room for some of what it
// writes, and says so; then there is room, and it goes on.

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// filled fills the disk under the command n times.
func (w *work) filled(ctx context.Context, n int, seed uint64) (c counts, err error) {
	c.what = "full disks"
	chance := rand.New(rand.NewPCG(seed, 3))
	for c.n < n && ctx.Err() == nil {
		if err := w.fillOnce(ctx, chance, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (w *work) fillOnce(ctx context.Context, chance *rand.Rand, c *counts) error {
	d, err := newDisk(0)
	if err != nil {
		return err
	}
	defer d.end()
	if err := w.inputs(d.at); err != nil {
		return err
	}
	room := chance.Int64N(w.bytes() + 1)
	ballast := filepath.Join(d.at, "lost+found", "ballast")
	if err := fill(ballast, room); err != nil {
		return err
	}
	c.n++
	broken := func(err error) error {
		return w.broken(d.at, fmt.Errorf("with room for %d bytes: %w", room, err))
	}
	var out bytes.Buffer
	if err := w.command(ctx, d.at, &out).Run(); err == nil {
		return nil // there was room for everything
	}
	said := out.String()
	if !strings.Contains(said, "no space left on device") {
		return broken(fmt.Errorf("it does not say that the disk is full, but\n%s", said))
	}
	if strings.Contains(said, "panic:") || strings.Contains(said, "goroutine ") {
		return broken(fmt.Errorf("it fell:\n%s", said))
	}
	kept, err := w.holds(w, d.at, said)
	c.kept += kept
	if err != nil {
		return broken(fmt.Errorf("%w; it had said:\n%s", err, said))
	}
	if n := leftovers(d.at); n > 0 {
		return broken(fmt.Errorf("%d temporary files are left; it had said:\n%s", n, said))
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	if err := w.finish(ctx, d.at, c); err != nil {
		return broken(err)
	}
	return nil
}

// bytes is what the command leaves when nobody disturbs it.
func (w *work) bytes() (n int64) {
	filepath.Walk(w.ref, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
		return nil
	})
	return n
}

// fill leaves so much room on a file's disk.
func fill(path string, room int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, 1<<16)
	n := int64(0)
	for {
		k, err := f.Write(block)
		n += int64(k)
		if err != nil {
			break // it is full
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Truncate(max(0, n-room))
}
