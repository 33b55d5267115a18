package disk

// What a test learns of the operations.

import (
	"bytes"
	"path/filepath"
	"sync"
)

// Kind is a kind of operation.
type Kind string

// The operations.
const (
	Create        Kind = "create"
	Wrote         Kind = "write"
	Cut           Kind = "truncate" // to Off bytes
	Flushed       Kind = "flush"
	Renamed       Kind = "rename"
	Removed       Kind = "remove"
	MadeFolder    Kind = "mkdir"
	FlushedFolder Kind = "flush folder"
	Noted         Kind = "note" // of the test itself
)

// Op is an operation that was carried out. Paths are absolute.
type Op struct {
	Kind Kind
	Path string
	To   string // of a rename
	Off  int64  // of a write or a truncation
	Data []byte // of a write
	Note string
}

var recording struct {
	sync.Mutex
	to func(Op)
}

// Record hands each operation of the process to f, one after the other, until
// stop is called. It is for tests.
func Record(f func(Op)) (stop func()) {
	recording.Lock()
	defer recording.Unlock()
	recording.to = f
	return func() {
		recording.Lock()
		defer recording.Unlock()
		recording.to = nil
	}
}

// Note puts a word of a test's own among the operations that are recorded.
func Note(text string) { told(Op{Kind: Noted, Note: text}) }

func told(o Op) {
	recording.Lock()
	defer recording.Unlock()
	if recording.to == nil {
		return
	}
	for _, p := range []*string{&o.Path, &o.To} {
		if *p != "" {
			*p, _ = filepath.Abs(*p)
		}
	}
	o.Data = bytes.Clone(o.Data)
	recording.to(o)
}
