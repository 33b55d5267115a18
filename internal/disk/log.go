package disk

// One file that grows.

import (
	"io"
	"os"
	"path/filepath"
)

// Log is a file that only grows. What was added is sure to outlive a power cut
// after Flush, and what comes after it may be lost, torn or left as zeros.
type Log struct {
	File
	named bool // its name was made last
}

// Append opens a file for more, or begins it.
func Append(path string) (*Log, error) {
	_, err := os.Lstat(path)
	fresh := os.IsNotExist(err)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY|NoWait, 0o666)
	if err != nil {
		return nil, err
	}
	if err := plain(f); err != nil {
		f.Close()
		return nil, named(path, err)
	}
	off, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		f.Close()
		return nil, err
	}
	if fresh {
		told(Op{Kind: Create, Path: path})
	}
	return &Log{File: File{f: f, off: off}, named: !fresh}, nil
}

// Begin makes a file that must not be there yet.
func Begin(path string) (*Log, error) {
	f, err := create(path, 0o666)
	if err != nil {
		return nil, err
	}
	return &Log{File: *f}, nil
}

// Flush makes what was added last, and the first time its name, too.
func (l *Log) Flush() error {
	if err := l.File.Flush(); err != nil {
		return err
	}
	if l.named {
		return nil
	}
	l.named = true
	return syncFolder(filepath.Dir(l.Name()))
}
