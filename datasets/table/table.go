// Package table reads rows of words that say something of files: CSV and its
// kin, JSON Lines, and the JSON of caption sets.
//
//	t, err := table.Read("captions.csv")
//	for _, r := range t.Rows {
//		fmt.Println(r.Line, r.Err, r.Cell(0).Words)
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
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/internal/disk"
)

// Table is what a file holds.
type Table struct {
	Columns []string
	Rows    []Row

	holds []holds // by column, once asked
}

// holds is what the values of a column are.
type holds struct{ any, words bool }

// Row is a row, or the fault of one.
type Row struct {
	Line  int    // where it begins; of JSON that is no row of lines, its number
	Cells []Cell // one a column, fewer where Err is set; where At is there, those with a value
	At    []int  // of each cell its column, rising: rows of JSON have few of all columns
	Err   error
}

// Column gives the column of a cell by its number.
func (r Row) Column(cell int) int {
	if r.At != nil {
		return r.At[cell]
	}
	return cell
}

// Cell gives the value of a column; one without words where it has none.
func (r Row) Cell(column int) Cell {
	if r.At != nil {
		at, ok := slices.BinarySearch(r.At, column)
		if !ok {
			return Cell{}
		}
		column = at
	}
	if column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
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
	b, err := disk.Read(path, most)
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
func (t *Table) Numbers(column int) bool { h := t.held(column); return h.any && !h.words }

// Said tells whether a column has a value in some row.
func (t *Table) Said(column int) bool { return t.held(column).any }

// held says what a column holds. All of them are looked at once, since a table
// may have as many columns as rows.
func (t *Table) held(column int) holds {
	if t.holds == nil {
		t.holds = make([]holds, len(t.Columns))
		for _, r := range t.Rows {
			for i, c := range r.Cells {
				if h := &t.holds[r.Column(i)]; r.Err == nil && len(c.Words) > 0 {
					h.any, h.words = true, h.words || !c.Number
				}
			}
		}
	}
	return t.holds[column]
}
