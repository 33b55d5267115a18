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
	"strings"
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
	d, err := newDisk(0)
	if err == nil {
		err = d.off()
		d.end()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// drive is a disk in a file.
type drive struct {
	dir, image, at string // its folder, in it the file, and where it is mounted
	kind           int
}

// kinds are ways to mount it: as everybody does, and as those do who trust
// their programs.
var kinds = []string{"loop", "loop,noauto_da_alloc", "loop,noauto_da_alloc,data=writeback", "loop,nodelalloc"}

// newDisk makes an empty disk and mounts it in one of the kinds.
func newDisk(kind int) (*drive, error) {
	dir, err := os.MkdirTemp("", "fourm-torture-")
	if err != nil {
		return nil, err
	}
	d := &drive{dir, filepath.Join(dir, "image"), filepath.Join(dir, "disk"), kind}
	if err := d.make(); err != nil {
		d.end()
		return nil, err
	}
	return d, nil
}

func (d *drive) make() error {
	if err := os.Mkdir(d.at, 0o755); err != nil {
		return err
	}
	f, err := os.Create(d.image)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(128 << 20); err != nil {
		return err
	}
	if err := tool("mkfs.ext4", "-q", "-F", d.image); err != nil {
		return err
	}
	return d.mount()
}

// end unmounts and removes the disk.
func (d *drive) end() {
	_ = d.unmount() // it may not be mounted
	os.RemoveAll(d.dir)
}

func tool(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func (d *drive) mount() error { return tool("mount", "-o", kinds[d.kind], d.image, d.at) }

func (d *drive) unmount() error {
	var err error
	for range 50 { // what was killed may still have a file open
		if err = tool("umount", d.at); err == nil || strings.Contains(err.Error(), "not mounted") {
			return err
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
	d, err := newDisk(chance.IntN(len(kinds)))
	if err != nil {
		return err
	}
	defer d.end()
	broken := func(err error) error {
		return w.broken(d.at, fmt.Errorf("after %d power cuts (%s): %w", c.n, kinds[d.kind], err))
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
		if err := d.mount(); err != nil {
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
