package table

// CSV and its kin.

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"fourmlab/internal/plain"
)

// unmarked gives a table's text in UTF-8 without its byte order mark, and how
// many bytes of a file in UTF-8 the mark took.
func unmarked(b []byte) (text []byte, mark int, err error) {
	if plain.Marked(b) || plain.Wide(b) {
		text, err = plain.UTF8(b)
		return text, 0, err
	}
	text = bytes.TrimPrefix(b, plain.Mark)
	return text, len(b) - len(text), nil
}

// delimited reads a header and its rows.
func delimited(b []byte) (*Table, error) {
	b, mark, err := unmarked(b)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(b, []byte("\n")) {
		b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n")) // as old Macs end lines
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma = Delimiter(b)
	r.TrimLeadingSpace = r.Comma != '\t'
	r.FieldsPerRecord = -1
	names, err := r.Read()
	if err != nil {
		if err == io.EOF {
			return nil, errors.New("no header line: it is empty")
		}
		return nil, fmt.Errorf("no header line: %w", err)
	}
	if f := plain.Invalid(b[:r.InputOffset()]); f != nil {
		return nil, f
	}
	t := &Table{}
	for _, n := range names {
		t.Columns = append(t.Columns, strings.TrimSpace(n))
	}
	for {
		from := r.InputOffset()
		row, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		var wrong *csv.ParseError
		if err != nil && !errors.As(err, &wrong) {
			return nil, err
		}
		out := Row{Err: err}
		if wrong != nil {
			out.Line, out.Err = wrong.StartLine, wrong.Err
			if wrong.Err == csv.ErrQuote {
				out.Err = fmt.Errorf("has a quote that nothing closes, or one in the middle (line %d, byte %d)", wrong.Line, wrong.Column)
			}
		} else {
			out.Line, _ = r.FieldPos(0)
			out.Cells, out.Err = t.cells(row)
		}
		if f := plain.Invalid(b[from:r.InputOffset()]); f != nil {
			at := int(from) + f.Offset
			line := 1 + bytes.Count(b[:at], []byte("\n"))
			out.Err = fmt.Errorf("has the byte %#02x at %d (%d of the file), which is not UTF-8; save the file as UTF-8 (it may be Latin-1 or Windows-1252)", f.Value, at-bytes.LastIndexByte(b[:at], '\n'), at+mark+1)
			out.Line = line
		}
		t.Rows = append(t.Rows, out)
	}
}

// cells reads the values of a row. What is behind the last column must be
// empty. A row that is too short or too long still gives what it has.
func (t *Table) cells(row []string) ([]Cell, error) {
	n := len(row)
	for n > len(t.Columns) && strings.TrimSpace(row[n-1]) == "" {
		n--
	}
	var out []Cell
	for _, v := range row[:min(n, len(t.Columns))] {
		out = append(out, word(strings.TrimSpace(v)))
	}
	if n != len(t.Columns) {
		return out, fmt.Errorf("has %d values, the header has %d", n, len(t.Columns))
	}
	return out, nil
}

// word makes a cell of a word; a list of JSON is several.
func word(v string) Cell {
	if strings.HasPrefix(v, "[") {
		if c, err := cell([]byte(v)); err == nil && len(c.Words) > 0 && !c.Number {
			return c
		}
	}
	if v == "" {
		return Cell{}
	}
	_, err := strconv.ParseFloat(v, 64)
	return Cell{Words: []string{v}, Number: err == nil}
}

// Delimiter finds the commonest of comma, semicolon, tab and bar in the first
// line, outside of quotes.
func Delimiter(b []byte) rune {
	head, _, _ := bytes.Cut(b, []byte("\n"))
	n := map[rune]int{}
	quoted := false
	for _, c := range string(head) {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			n[c]++
		}
	}
	best := ','
	for _, c := range ";\t|" {
		if n[c] > n[best] {
			best = c
		}
	}
	return best
}
