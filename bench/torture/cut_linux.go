package main

// Power cuts: the command works on a disk of its own, an ext4 in a file, whose
// journal is thrown away at a moment of chance (EXT4_IOC_SHUTDOWN, as the file
// system's own tests do); what is mounted afterwards is what a machine finds
// when the power is back.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	shutdownRequest = 0x8004587d // EXT4_IOC_SHUTDOWN: _IOR('X', 125, __u32)
	noLogFlush      = 2          // EXT4_GOING_FLAGS_NOLOGFLUSH
)

// unmountable says why no power can be cut here, or nothing.
func unmountable() string {
	if os.Getuid() != 0 {
		return "only root mounts a disk"
	}
	for _, tool := range []string{"mkfs.ext4", "mount", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "there is no " + tool
		}
	}
	dir, err := os.MkdirTemp("", "fourm-torture-")
	if err != nil {
		return err.Error()
	}
	defer os.RemoveAll(dir)
	d, err := newDisk(dir)
	if err == nil {
		if err = d.mount(0); err == nil {
			err = d.off()
			d.unmount()
		}
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// drive is a disk in a file.
type drive struct{ image, at string }

// kinds are ways to mount it: as everybody does, and as those do who trust
// their programs.
var kinds = []string{"loop", "loop,noauto_da_alloc", "loop,noauto_da_alloc,data=writeback", "loop,nodelalloc"}

func newDisk(dir string) (*drive, error) {
	d := &drive{filepath.Join(dir, "image"), filepath.Join(dir, "disk")}
	if err := os.Mkdir(d.at, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(d.image)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Truncate(128 << 20); err != nil {
		return nil, err
	}
	return d, tool("mkfs.ext4", "-q", "-F", d.image)
}

func tool(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func (d *drive) mount(kind int) error { return tool("mount", "-o", kinds[kind], d.image, d.at) }

func (d *drive) unmount() error {
	var err error
	for range 50 { // what was killed may still have a file open
		if err = tool("umount", d.at); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// off cuts the power.
func (d *drive) off() error {
	f, err := os.Open(d.at)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.IoctlSetPointerInt(int(f.Fd()), shutdownRequest, noLogFlush)
}

// cut cuts the power under the command n times.
func (w *work) cut(ctx context.Context, n int, seed uint64) (c counts, err error) {
	c.what = "power cuts"
	chance := rand.New(rand.NewPCG(seed, 2))
	for c.n < n && ctx.Err() == nil {
		if err := w.cutSome(ctx, n, chance, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// cutSome cuts the power under one run, some times, until it ends.
func (w *work) cutSome(ctx context.Context, n int, chance *rand.Rand, c *counts) error {
	top, err := os.MkdirTemp("", "fourm-torture-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(top)
	d, err := newDisk(top)
	if err != nil {
		return err
	}
	kind := chance.IntN(len(kinds))
	if err := d.mount(kind); err != nil {
		return err
	}
	defer func() { d.unmount() }()
	broken := func(err error) error {
		return w.broken(d.at, fmt.Errorf("after %d power cuts (%s): %w", c.n, kinds[kind], err))
	}
	if err := w.inputs(d.at); err != nil {
		return err
	}
	unix.Sync()
	for range 5 {
		if c.n == n || ctx.Err() != nil {
			break
		}
		after := time.Duration(chance.Float64() * 1.5 * w.took * float64(time.Second))
		said, ended, err := w.disturb(ctx, d.at, after, func(cmd *exec.Cmd) {
			if err := d.off(); err != nil {
				panic(err) // it worked a moment ago
			}
			signalGroup(cmd, syscall.SIGKILL)
		})
		if err != nil {
			return broken(err)
		}
		if ended { // what it has said to be done, it has done
			if err := d.off(); err != nil {
				return err
			}
		}
		c.n++
		if err := d.unmount(); err != nil {
			return err
		}
		if err := d.mount(kind); err != nil {
			return err
		}
		kept, err := w.holds(w, d.at, said)
		c.kept += kept
		if err != nil {
			return broken(fmt.Errorf("%w; it had said:\n%s", err, said))
		}
		if ended || w.done(d.at) {
			if err := w.same(d.at, true); err != nil {
				return broken(fmt.Errorf("it had ended before: %w", err))
			}
			break
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	if err := w.finish(ctx, d.at, c); err != nil {
		return broken(err)
	}
	return nil
}
