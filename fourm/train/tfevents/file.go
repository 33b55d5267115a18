package tfevents

// Whole files: reading one, and writing to one while others read it.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"fourmlab/internal/disk"
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
	f, err := disk.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	return ReadFrom(f, path)
}

// most is how many bytes of records are kept: of numbers and texts.
const most = 1 << 30

// ReadFrom reads an open file as Read does, and calls it path.
func ReadFrom(in io.Reader, path string) (events []Event, note string, err error) {
	r := bufio.NewReaderSize(in, 1<<16)
	plugins := map[string]string{}
	off, kept := int64(0), 0
	damaged := func(err error) ([]Event, string, error) {
		if len(events) == 0 {
			return nil, "", fmt.Errorf("%s: %w", path, err)
		}
		return events, fmt.Sprintf("%s: %v; it is read up to there, %d records", path, err, len(events)), nil
	}
	for {
		data, size, err := nextRecord(r, off)
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
		if kept += len(data) + 64; kept > most { // what an event takes beside its bytes
			return damaged(fmt.Errorf("at offset %d: more than %d bytes of numbers and texts", off, most))
		}
		off += size
		if e.Version == "" && !e.Start && len(e.Scalars)+len(e.Texts) == 0 {
			kept -= len(data) + 64
			continue // a picture, a histogram, a graph
		}
		events = append(events, e)
	}
}

// Writer writes an event file. Every event is handed to the system when Write
// returns, so that a TensorBoard that looks on sees it.
type Writer struct {
	f   *disk.Log
	buf []byte
}

// Name gives the path of the file.
func (w *Writer) Name() string { return w.f.Name() }

// Write adds an event.
func (w *Writer) Write(e Event) error {
	w.buf = appendRecord(w.buf[:0], e.marshal())
	_, err := w.f.Write(w.buf)
	return err
}

// Flush makes the events last.
func (w *Writer) Flush() error { return w.f.Flush() }

// Close ends the file.
func (w *Writer) Close() error { return w.f.Close() }
