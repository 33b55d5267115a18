package table

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// said gives a table in one line.
func said(t *Table) string {
	out := strings.Join(t.Columns, " ")
	for _, r := range t.Rows {
		var words []string
		n := len(r.Cells)
		if r.At != nil && r.Err == nil {
			n = len(t.Columns)
		}
		for i := range n {
			words = append(words, strings.Join(r.Cell(i).Words, "+"))
		}
		out += fmt.Sprintf(" | %d %s", r.Line, strings.Join(words, ","))
		if r.Err != nil {
			out += " !" + r.Err.Error()
		}
	}
	return out
}

func TestTables(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "a,b\n1,x\n", "a b | 2 1,x"},
		{"a.csv", "\ufeffa;b\r\n1;x,y\r\n", "a b | 2 1,x,y"},
		{"a.csv", "a|b\n1| x \n", "a b | 2 1,x"},
		{"a.tsv", "a\tb\n1\t\"x\ny\"\n2\tz\n", "a b | 2 1,x\ny | 4 2,z"},
		{"a.csv", "a,b\n1\n2,y\n3,z,\n4,z,w\n", "a b | 2 1 !has 1 values, the header has 2 | 3 2,y | 4 3,z | 5 4,z !has 3 values, the header has 2"},
		{"a.csv", "a,b\n1,caf\xe9\n2,y\n", "a b | 2 1,caf\xe9 !has the byte 0xe9 at 6 (10 of the file), which is not UTF-8; save the file as UTF-8 (it may be Latin-1 or Windows-1252) | 3 2,y"},
		{"a.csv", "a,b\n1,x\"y\n2,y\n", "a b | 2  !bare \" in non-quoted-field | 3 2,y"},
		{"a.csv", "a,b\n1,\"[\"\"x\"\", \"\"y\"\"]\"\n", "a b | 2 1,x+y"},
		{"a.jsonl", "{\"a\": 1, \"b\": [\"x\", \"y\"]}\n\n{\"c\": null, \"a\": \"z\"}\n", "a b c | 1 1,x+y, | 3 z,,"},
		{"a.jsonl", "{\"a\": \"x\"}\n{\"a\": \n", "a | 1 x | 2  !is no JSON object: unexpected end of JSON input"},
		{"a.jsonl", "\ufeff{\"a\": \"caf\xe9\"}\n", "a | 1 caf\ufffd !has the byte 0xe9 at 11 (14 of the file), which is not UTF-8; save the file as UTF-8 (it may be Latin-1 or Windows-1252)"},
		{"a.json", `[{"a": "x"}, {"b": ["y"]}]`, "a b | 1 x, | 2 ,y"},
		{"a.json", `{"a.jpg": "x", "b.jpg": ["y", "z"]}`, "file caption | 1 a.jpg,x | 2 b.jpg,y+z"},
		{"a.json", `{"images": [{"id": 4, "file_name": "d.jpg"}], "annotations": [{"id": 1, "image_id": 4, "caption": "x"}]}`, "caption file_name image_id | 1 x,d.jpg,4"},
		{"a.json", `{"images": [{"filename": "d.jpg", "sentences": [{"raw": "x"}, {"raw": "y"}], "split": "val"}]}`, "filename sentences split | 1 d.jpg,x+y,val"},
	} {
		got, err := Parse(c.name, []byte(c.text))
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if said(got) != c.want {
			t.Errorf("%q:\n%s, expected\n%s", c.text, said(got), c.want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "", "no header line"},
		{"a.csv", "a,caf\xe9\nx,y\n", "line 1: byte 6 of it (6 of the file) is 0xe9"},
		{"a.csv", "a\x00,\x00b\x00\n\x00", "UTF-16 without its mark"},
		{"a.json", "{", "neither a list of objects nor an object"},
		{"a.json", `{"a": {"b": 1}}`, `"a" is neither a caption nor a list`},
	} {
		if got, err := Parse(c.name, []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v (%v), expected %q", c.text, got, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a.csv", []byte("a,b\n1,caf\xe9\n2\n3,\"x\n"))
	f.Add("a.csv", []byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add("a.jsonl", []byte("{\"a\": [1, null, {\"raw\": \"x\"}]}\n{\"b\": \"\xe9\"}"))
	f.Add("a.json", []byte(`{"images": [{"id": 1}], "annotations": [{"image_id": 1}]}`))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		got, err := Parse(name, b)
		if err != nil {
			return
		}
		for _, r := range got.Rows {
			if r.Line < 1 || len(r.Cells) > len(got.Columns) || r.Err == nil && r.At == nil && len(r.Cells) != len(got.Columns) || r.At != nil && len(r.At) != len(r.Cells) {
				t.Errorf("row %+v of columns %q", r, got.Columns)
			}
			for i, c := range r.Cells {
				if r.Column(i) >= len(got.Columns) || !slices.Equal(r.Cell(r.Column(i)).Words, c.Words) {
					t.Errorf("row %+v of columns %q", r, got.Columns)
				}
			}
		}
	})
}
