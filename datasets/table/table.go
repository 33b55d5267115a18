// Package table reads rows of words that say something of files: CSV and its
// kin, JSON Lines, and the JSON of caption sets.
//
//	t, err := table.Read("captions.csv")
//	for _, r := range t.Rows {
//		fmt.Println(r.Line, r.Err, r.Cells[0].Words)
//	}
//
// A text is UTF-8 or has the mark of UTF-16, and may be packed with gzip. The
// delimiter is the commonest of comma, semicolon, tab and bar in the header. A
// row that cannot be read has its fault in Err, and the others are there all
// the same; a file that cannot be read is an error.
package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Table is what a file holds.
type Table struct {
	Columns []string
	Rows    []Row
}

// Row is a row, or the fault of one.
type Row struct {
	Line  int    // where it begins; of JSON that is no row of lines, its number
	Cells []Cell // one a column; fewer where Err is set
	Err   error
}

// Cell is a value: one word or sentence, or several where JSON has a list.
// Without any there is no value.
type Cell struct {
	Words  []string
	Number bool // all are numbers
}

// Text gives the words as one.
func (c Cell) Text() string { return strings.Join(c.Words, ", ") }

// most is how many bytes are read.
const most = 1 << 30

// Read reads a .csv, .tsv, .txt, .jsonl, .ndjson or .json file.
func Read(path string) (*Table, error) {
	b, err := content(path)
	if err != nil {
		return nil, err
	}
	return Parse(strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".gz"), b)
}

// Parse is Read of bytes; the name says what they are.
func Parse(name string, b []byte) (*Table, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jsonl", ".ndjson":
		return lines(b)
	case ".json":
		return whole(b)
	}
	return delimited(b)
}

func content(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			b, err = io.ReadAll(io.LimitReader(z, most+1))
		}
	}
	if err == nil && len(b) > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	if err == nil && bytes.HasPrefix(b, []byte("PAR1")) {
		err = errors.New("a Parquet file, which is not read; write it as .csv or .jsonl")
	}
	return b, err
}

// Find gives the number of a column by its name in any letters; -1: none.
func (t *Table) Find(name string) int {
	for i, c := range t.Columns {
		if strings.EqualFold(c, name) {
			return i
		}
	}
	return -1
}

// Numbers tells whether every value of a column is a number, and there is one.
func (t *Table) Numbers(column int) bool {
	any := false
	for _, r := range t.Rows {
		if r.Err != nil || len(r.Cells[column].Words) == 0 {
			continue
		}
		if !r.Cells[column].Number {
			return false
		}
		any = true
	}
	return any
}

// Said tells whether a column has a value in some row.
func (t *Table) Said(column int) bool {
	for _, r := range t.Rows {
		if r.Err == nil && len(r.Cells[column].Words) > 0 {
			return true
		}
	}
	return false
}
