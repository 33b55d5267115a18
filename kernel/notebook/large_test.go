package notebook

// What people and strangers put into a notebook: the time and memory that it
// takes grow as it does.

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"time"
)

// bomb is a PNG of a few hundred kB that is a picture of w by h pixels.
func bomb(t *testing.T, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, body []byte) {
		binary.Write(&out, binary.BigEndian, uint32(len(body)))
		out.WriteString(name)
		out.Write(body)
		binary.Write(&out, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(name), body...)))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	chunk("IHDR", append(head, 8, 0, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := io.CopyN(z, zeros{}, int64(w+1)*int64(min(h, 2000))); err != nil {
		t.Fatal(err)
	}
	z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// A picture is refused by the size that it declares: decoded, this one would
// take 2.5 GB.
func TestComparedPicturesAreBounded(t *testing.T) {
	one := Output{"output_type": "display_data", "data": map[string]any{"image/png": base64.StdEncoding.EncodeToString(bomb(t, 50000, 50000))}}
	other := Output{"output_type": "display_data", "data": map[string]any{"image/png": base64.StdEncoding.EncodeToString(bomb(t, 8, 8))}}
	for _, o := range [][2]Output{{one, other}, {other, one}} {
		what := o[0].differs(o[1], Tolerance{})
		if !strings.Contains(what, "picture of 50000x50000 pixels, expected 1 to 67 million") {
			t.Errorf("%q", what)
		}
	}
	if what := one.differs(one, Tolerance{}); what != "" { // the same bytes need not be decoded
		t.Error(what)
	}
}

// Each of these took the square of its size once.
func TestLargeNotebooks(t *testing.T) {
	const n = 100_000
	stream := map[string]any{"output_type": "stream", "name": "stdout", "text": "abc\n"}
	var outputs []any
	for range n {
		outputs = append(outputs, stream)
	}
	cell := func(kind, source string, outputs []any) map[string]any {
		return map[string]any{"cell_type": kind, "id": "a", "metadata": map[string]any{}, "source": source, "outputs": outputs}
	}
	for what, c := range map[string]map[string]any{
		"outputs of a stream": cell("code", "x", outputs),
		"quotes in quotes":    cell("markdown", strings.Repeat("> ", n)+"x", nil),
		"code in a line":      cell("markdown", strings.Repeat("`a` ", n), nil),
		"lists in lists":      cell("markdown", strings.Repeat("- ", n)+"x", nil),
		"lines of a text":     cell("markdown", strings.Repeat("a line\n", n), nil),
	} {
		began := time.Now()
		text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": []any{c}})
		if err != nil {
			t.Fatal(err)
		}
		nb, err := Decode(text)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		page, err := nb.Page()
		if err != nil || len(page) < n/2 {
			t.Errorf("%s: a page of %d bytes (%v)", what, len(page), err)
		}
		if diffs, _ := Compare(nb, nb, Tolerance{}); len(diffs) > 0 {
			t.Errorf("%s: differs from itself: %v", what, diffs)
		}
		if c["cell_type"] == "markdown" {
			program, err := nb.Script()
			if err == nil {
				_, err = FromScript("x.go", program)
			}
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		if spent := time.Since(began); spent > time.Minute {
			t.Errorf("%d %s took %v", n, what, spent)
		} else {
			t.Logf("%d %s: %.1f s", n, what, spent.Seconds())
		}
	}
}

// A program of many cells is made, and read again, in the time that they take.
func TestManyCells(t *testing.T) {
	const n = 20_000
	began := time.Now()
	nb := &File{}
	for i := range n {
		nb.Cells = append(nb.Cells, &Cell{Kind: "code", Source: fmt.Sprintf("x%d := %d", i, i)})
	}
	program, err := nb.Script()
	if err != nil {
		t.Fatal(err)
	}
	back, err := FromScript("x.go", program)
	if err != nil || len(back.Cells) != n || back.Cells[n-1].Source != nb.Cells[n-1].Source {
		t.Errorf("%d cells came back (%v)", len(back.Cells), err)
	}
	if spent := time.Since(began); spent > time.Minute {
		t.Errorf("it took %v", spent)
	}
}
