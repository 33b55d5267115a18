package disk

// One owner of a folder.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Busy is the error of a folder that another process owns.
type Busy struct {
	Path  string // of the folder
	PID   int    // of the owner; 0 where it has not said yet
	Host  string // of the owner, where it is another machine
	Since time.Time
}

func (b *Busy) Error() string {
	who := "another process"
	switch {
	case b.PID == os.Getpid() && b.Host == "":
		who = "this process"
	case b.PID > 0:
		who = fmt.Sprintf("process %d", b.PID)
	}
	if b.Host != "" {
		who += " on " + b.Host
	}
	since := ""
	if !b.Since.IsZero() {
		since = " since " + b.Since.Local().Format("2006-01-02 15:04:05")
	}
	return fmt.Sprintf("%s is in use by %s%s: wait for it, end it, or choose another folder", b.Path, who, since)
}

// ownerFile is the name of what an owner locks in its folder.
const ownerFile = ".owner"

// Owner is the ownership of a folder, or of a folder to be made.
type Owner struct {
	f    *os.File
	root *os.Root // of the folder that f lies in, also when it is moved
	name string
	left bool // a dead owner had left the name
}

// Own makes this process the owner of a folder that is there, until Release or
// its end, however that comes. Temporary files that earlier owners left are
// removed. Another owner is a *Busy error. Where the file system knows no
// locks, nobody is kept out.
func Own(dir string) (*Owner, error) {
	o, err := own(filepath.Join(dir, ownerFile), dir)
	if err != nil {
		return nil, err
	}
	if err := Clear(dir); err != nil {
		o.Release()
		return nil, err
	}
	return o, nil
}

// What lockFile says where it could not lock.
var (
	errLocked     = errors.New("another process has locked it")
	errUnlockable = errors.New("the file system knows no locks")
)

// own locks a file and writes this process into it.
func own(path, of string) (*Owner, error) {
	dir, name := filepath.Split(path)
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, err
	}
	o := &Owner{root: root, name: name}
	if err := o.take(of); err != nil {
		root.Close()
		if _, busy := err.(*Busy); !busy {
			err = named(path, err)
		}
		return nil, err
	}
	return o, nil
}

func (o *Owner) take(of string) error {
	for range 100 {
		info, err := o.root.Lstat(o.name)
		if o.left = err == nil; o.left {
			if err := Plain(info); err != nil {
				return err
			}
		}
		f, err := o.root.OpenFile(o.name, os.O_CREATE|os.O_RDWR|NoWait, 0o666)
		if err != nil {
			return err
		}
		switch err := lockFile(f); err {
		case nil, errUnlockable:
		case errLocked:
			b := describe(f, of)
			f.Close()
			return b
		default:
			f.Close()
			return err
		}
		o.f = f
		if !o.holds() {
			f.Close() // its owner before removed it meanwhile
			continue
		}
		host, _ := os.Hostname()
		text := fmt.Sprintf("%d %s %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339), host)
		if err := errors.Join(f.Truncate(0), writeAt(f, text)); err != nil {
			f.Close()
			return err
		}
		if !o.left {
			told(Op{Kind: Create, Path: o.path()})
		}
		return nil
	}
	return errors.New("it comes and goes")
}

func (o *Owner) path() string { return filepath.Join(o.root.Name(), o.name) }

// holds tells whether the name still stands for the file that is locked.
func (o *Owner) holds() bool {
	a, err := o.f.Stat()
	if err != nil {
		return false
	}
	b, err := o.root.Lstat(o.name)
	return err == nil && os.SameFile(a, b)
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// Release lets go of the folder. A nil owner owns nothing.
func (o *Owner) Release() {
	if o == nil || o.f == nil {
		return
	}
	if o.holds() {
		// while it is locked, so that nobody waits at a name that is gone
		if err := o.root.Remove(o.name); err == nil {
			told(Op{Kind: Removed, Path: o.path()})
		}
	}
	o.abandon()
}

// abandon lets go as a process does that dies.
func (o *Owner) abandon() {
	o.f.Close()
	o.root.Close()
	o.f = nil
}

// describe reads who holds a lock.
func describe(f *os.File, of string) *Busy {
	b := &Busy{Path: of}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 512))
	if err != nil {
		return b
	}
	words := strings.Fields(string(text))
	if len(words) > 0 {
		b.PID, _ = strconv.Atoi(words[0])
	}
	if len(words) > 1 {
		b.Since, _ = time.Parse(time.RFC3339, words[1])
	}
	if here, err := os.Hostname(); len(words) > 2 && (err != nil || words[2] != here) {
		b.Host = words[2]
	}
	return b
}
