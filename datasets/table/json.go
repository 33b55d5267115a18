package table

// JSON: a row a line, a list of rows, or the forms that caption sets have.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fourmlab/internal/plain"
)

type object = map[string]json.RawMessage

// lines reads one object a line. The columns are those of all lines together.
func lines(b []byte) (*Table, error) {
	b, mark, err := unmarked(b)
	if err != nil {
		return nil, err
	}
	var all []object
	var rows []Row
	off := mark
	for number := 1; len(b) > 0; number++ {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		at := off
		off += len(line) + 1
		b = rest
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var o object
		r := Row{Line: number}
		if err := json.Unmarshal(plain.JSON(line), &o); err != nil {
			r.Err = fmt.Errorf("is no JSON object: %w", err)
		} else if f := plain.Invalid(line); f != nil {
			r.Err = fmt.Errorf("has the byte %#02x at %d (%d of the file), which is not UTF-8; save the file as UTF-8 (it may be Latin-1 or Windows-1252)", f.Value, f.Byte, at+f.Offset+1)
		}
		rows, all = append(rows, r), append(all, o)
	}
	return fill(rows, all), nil
}

// fill gives rows of objects their cells. A row with a fault keeps what it has,
// so that its picture can be named.
func fill(rows []Row, all []object) *Table {
	t := &Table{}
	names := map[string]bool{}
	for _, o := range all {
		for n := range o {
			names[n] = true
		}
	}
	t.Columns = slices.Sorted(maps.Keys(names))
	column := map[string]int{}
	for i, n := range t.Columns {
		column[n] = i
	}
	for i := range rows {
		r := &rows[i]
		r.At = []int{}
		for _, n := range slices.Sorted(maps.Keys(all[i])) {
			if c, err := cell(all[i][n]); err == nil && len(c.Words) > 0 { // structures are no words
				r.Cells, r.At = append(r.Cells, c), append(r.At, column[n])
			}
		}
	}
	t.Rows = rows
	return t
}

// cell reads a word, a number, a list of either, or a list of objects that hold
// a sentence each.
func cell(raw json.RawMessage) (Cell, error) {
	if len(raw) == 0 {
		return Cell{}, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return Cell{}, err
	}
	c := Cell{Number: true}
	add := func(v any) error {
		switch v := v.(type) {
		case string:
			if v = strings.TrimSpace(v); v != "" {
				c.Words, c.Number = append(c.Words, v), false
			}
		case json.Number:
			c.Words = append(c.Words, v.String())
		case map[string]any:
			for _, n := range []string{"caption", "raw", "text", "sentence"} {
				if s, ok := v[n].(string); ok {
					c.Words, c.Number = append(c.Words, strings.TrimSpace(s)), false
					return nil
				}
			}
			return errors.New("an object")
		case nil:
		default:
			return errors.New("no words")
		}
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
		if _, isObject := v.(map[string]any); isObject {
			return Cell{}, errors.New("an object")
		}
	}
	for _, x := range list {
		if err := add(x); err != nil {
			return Cell{}, err
		}
	}
	if len(c.Words) == 0 {
		return Cell{}, nil
	}
	return c, nil
}

// whole reads a .json file: a list of objects; a name and its captions each; or
// COCO's images and annotations.
func whole(b []byte) (*Table, error) {
	b, err := plain.UTF8(b)
	if err != nil {
		return nil, err
	}
	b = plain.JSON(b)
	var all []object
	if err := json.Unmarshal(b, &all); err == nil {
		return numbered(all), nil
	}
	var top object
	if err := json.Unmarshal(b, &top); err != nil {
		return nil, fmt.Errorf("neither a list of objects nor an object: %w", err)
	}
	var images, notes []object
	if json.Unmarshal(top["images"], &images) == nil {
		if json.Unmarshal(top["annotations"], &notes) != nil {
			return numbered(images), nil // Karpathy's splits: sentences beside the names
		}
		by := map[string]object{}
		for _, im := range images {
			by[string(im["id"])] = im
		}
		for _, n := range notes {
			if im := by[string(n["image_id"])]; im != nil {
				n["file_name"] = im["file_name"]
			}
			delete(n, "id") // of the note, not of the picture
		}
		return numbered(notes), nil
	}
	t := &Table{Columns: []string{"file", "caption"}}
	for i, n := range slices.Sorted(maps.Keys(top)) {
		c, err := cell(top[n])
		if err != nil {
			return nil, fmt.Errorf("%q is neither a caption nor a list of them", n)
		}
		t.Rows = append(t.Rows, Row{Line: i + 1, Cells: []Cell{{Words: []string{n}}, c}})
	}
	return t, nil
}

func numbered(all []object) *Table {
	rows := make([]Row, len(all))
	for i := range rows {
		rows[i].Line = i + 1
	}
	return fill(rows, all)
}
