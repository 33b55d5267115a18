package kernel

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestReportsTravel(t *testing.T) {
	picture := strings.Repeat("iVBORw0KGgo\n", large)
	var b bytes.Buffer
	sent := []report{
		{Op: "done", Seq: 1},
		{Op: "display", Seq: 2, Bundle: map[string]any{"image/png": picture, "text/plain": "é\n", "text/html": picture + "<", "n": json.Number("12345678901234567890")}},
		{Op: "done", Seq: 3, Bundle: map[string]any{"image/png": picture}},
		{Op: "comm_msg", Data: map[string]any{"a": "b"}, Buffers: [][]byte{{0, 255}, {}}},
	}
	for _, r := range sent {
		before := maps.Clone(r.Bundle)
		if err := writeReport(&b, r); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(before, r.Bundle) {
			t.Error("writing changed the bundle")
		}
	}
	size := b.Len()
	if err := writeReport(&b, report{Bundle: map[string]any{"n": math.NaN(), "image/png": picture}}); err == nil || b.Len() != size {
		t.Errorf("a report that is no JSON: %v, %d bytes", err, b.Len()-size)
	}
	all := bytes.Clone(b.Bytes())
	in := bufio.NewReader(&b)
	for _, want := range sent {
		if got, err := readReport(in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s %d came as %.200v, %v", want.Op, want.Seq, got, err)
		}
	}
	for _, size := range []int{3, large + 1} {
		picture := bytes.Repeat([]byte{255}, size)
		writeReport(&b, report{Bundle: map[string]any{"image/png": picture}})
		if got, err := readReport(in); err != nil || got.Bundle["image/png"] != base64.StdEncoding.EncodeToString(picture) {
			t.Errorf("%d bytes came as %.100v, %v", size, got, err)
		}
	}
	if _, err := readReport(in); err != io.EOF {
		t.Errorf("the end: %v", err)
	}
	if _, err := readReport(bufio.NewReader(bytes.NewReader(all[1:]))); err == nil {
		t.Error("half a line was read")
	}
}
