package tfevents

// Whole files: their names, and writing to one while others read it.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// version is the first entry of every file.
const version = "brain.Event:2"

// IsName tells whether a file is called as TensorBoard expects it.
func IsName(path string) bool { return strings.Contains(filepath.Base(path), "tfevents") }

// Read gives the events of a file. The note says what was left out: a last
// record that is not complete, as when a process is at work or was killed, or
// all from a damaged record on, as when a disk was full or a machine went down.
// A file whose first record is damaged is an error with the offset.
func Read(path string) (events []Event, note string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	return decode(f, path)
}

func decode(in io.Reader, path string) (events []Event, note string, err error) {
	r := bufio.NewReaderSize(in, 1<<16)
	plugins := map[string]string{}
	off := int64(0)
	damaged := func(err error) ([]Event, string, error) {
		if len(events) == 0 {
			return nil, "", fmt.Errorf("%s: %w", path, err)
		}
		return events, fmt.Sprintf("%s: %v; it is read up to there, %d records", path, err, len(events)), nil
	}
	for {
		data, err := nextRecord(r, off)
		switch {
		case err == io.EOF:
			return events, "", nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return events, fmt.Sprintf("%s: the last record, at offset %d, is cut off and left out", path, off), nil
		case err != nil:
			return damaged(err)
		}
		e, err := unmarshal(data, plugins)
		if err != nil {
			return damaged(fmt.Errorf("at offset %d: %w", off, err))
		}
		events = append(events, e)
		off += int64(len(data)) + 16
	}
}

// Writer writes an event file. Every event is on its way to the disk when
// Write returns, so that a TensorBoard that looks on sees it.
type Writer struct {
	f   *os.File
	buf []byte
}

// Create begins a new file in a folder. A session that begins behind step 0
// takes the place of what earlier files have from there on.
func Create(dir string, after int) (*Writer, error) {
	now := time.Now()
	for i := 0; ; i++ {
		// TensorBoard reads the files of a folder by name.
		name := fmt.Sprintf("events.out.tfevents.%010d.%03d.fourm.v2", now.Unix(), i)
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		w := &Writer{f: f}
		wall := float64(now.UnixNano()) / 1e9
		err = w.Write(Event{Wall: wall, Version: version})
		if err == nil && after > 0 {
			err = w.Write(Event{Wall: wall, Step: int64(after) + 1, Start: true})
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return w, nil
	}
}

// Name gives the path of the file.
func (w *Writer) Name() string { return w.f.Name() }

// Write adds an event.
func (w *Writer) Write(e Event) error {
	w.buf = appendRecord(w.buf[:0], e.marshal())
	_, err := w.f.Write(w.buf)
	return err
}

// Close ends the file.
func (w *Writer) Close() error { return w.f.Close() }
