package tfevents

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The vectors of RFC 3720, B.4, and TFRecord's turn of them, by its formula.
func TestChecksum(t *testing.T) {
	up := make([]byte, 32)
	down := make([]byte, 32)
	for i := range up {
		up[i], down[i] = byte(i), byte(31-i)
	}
	for _, c := range []struct {
		name string
		data []byte
		crc  uint32
	}{
		{"zeros", make([]byte, 32), 0x8a9136aa},
		{"ones", bytes.Repeat([]byte{0xff}, 32), 0x62a8ab43},
		{"ascending", up, 0x46dd794e},
		{"descending", down, 0x113fdb5c},
		{"digits", []byte("123456789"), 0xe3069283},
	} {
		if got := crc32.Checksum(c.data, castagnoli); got != c.crc {
			t.Errorf("%s: %08x, expected %08x", c.name, got, c.crc)
		}
		if got, want := masked(c.data), uint32(uint64(c.crc)>>15|uint64(c.crc)<<17)+0xa282ead8; got != want {
			t.Errorf("%s: masked %08x, expected %08x", c.name, got, want)
		}
	}
}

// recorded is an entry as TensorBoard itself wrote it: the one that the tests
// of its own event_file_loader begin with.
const recorded = "\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7fK\"\t\x00\x00\xc0%\xddu\xd5A\x1a\rbrain.Event:1\xec\xf32\x8d"

func TestRecorded(t *testing.T) {
	for n := range 4 {
		for _, tail := range []string{"", "123", recorded[:20]} {
			got, note, err := ReadFrom(strings.NewReader(strings.Repeat(recorded, n)+tail), "x")
			if err != nil || len(got) != n || (note != "") != (tail != "") {
				t.Fatalf("%d entries and %q: %d read, note %q, %v", n, tail, len(got), note, err)
			}
			for _, e := range got {
				if e.Wall != 1440183447 || e.Version != "brain.Event:1" {
					t.Errorf("%+v", e)
				}
			}
		}
	}
	if got := string(appendRecord(nil, Event{Wall: 1440183447, Version: "brain.Event:1"}.marshal())); got != recorded {
		t.Errorf("the same entry is written as %q", got)
	}
}

// Any byte that changes is noticed and told with file and offset: of the first
// record as an error, of others in the note, with what comes before them.
func TestBroken(t *testing.T) {
	three := strings.Repeat(recorded, 3)
	for at := range three {
		b := []byte(three)
		b[at] ^= 0x10
		got, note, err := ReadFrom(bytes.NewReader(b), "run/x.tfevents")
		before := at / len(recorded)
		if len(got) != before || (err == nil) != (before > 0) {
			t.Fatalf("byte %d: %d events, note %q (%v)", at, len(got), note, err)
		}
		if err == nil {
			err = errors.New(note)
		}
		want := fmt.Sprintf("run/x.tfevents: at offset %d: checksum", at/len(recorded)*len(recorded))
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("byte %d: %v, expected %s", at, err, want)
		}
	}
	for n := range 40 {
		got, note, err := ReadFrom(strings.NewReader(three+strings.Repeat("\x00", n)), "x")
		if err != nil || len(got) != 3 || (note == "") != (n == 0) || n > 11 && !strings.Contains(note, "zeros in place of a record; it is read up to there, 3 records") {
			t.Errorf("%d zeros behind: %d events, note %q (%v)", n, len(got), note, err)
		}
	}
	for cut := range three {
		got, _, err := ReadFrom(strings.NewReader(three[:cut]), "x")
		if err != nil || len(got) != cut/len(recorded) {
			t.Fatalf("cut at %d: %d events, %v", cut, len(got), err)
		}
	}
}

// FuzzDecode: whatever the bytes, no panic.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(recorded))
	e := Event{Step: 3, Scalars: []Scalar{{"a", 1}}, Texts: []Text{{"b", "c"}}}
	f.Add(appendRecord(nil, e.marshal()))
	f.Add(append(appendRecord([]byte(recorded), e.marshal()), make([]byte, 30)...))
	f.Add(append([]byte(recorded), []byte(recorded[:20]+"x"+recorded[21:])...))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, _ = ReadFrom(bytes.NewReader(b), "x")
		_, _ = unmarshal(b, map[string]string{})
	})
}

// schema are the fields of TensorBoard's event.proto, summary.proto and
// tensor.proto that are read and written here, for protoc to judge by.
const schema = `syntax = "proto3"; package t;
message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; } }
message SessionLog { enum Status { NONE = 0; START = 1; } Status status = 1; }
message Summary { message Value { string tag = 1; float simple_value = 2; TensorProto tensor = 8; SummaryMetadata metadata = 9; } repeated Value value = 1; }
message SummaryMetadata { message PluginData { string plugin_name = 1; bytes content = 2; } PluginData plugin_data = 1; string display_name = 2; int32 data_class = 4; }
message TensorProto { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; repeated float float_val = 5; repeated double double_val = 6; repeated int32 int_val = 7; repeated bytes string_val = 8; repeated int64 int64_val = 10; }
message Shape { message Dim { int64 size = 1; string name = 2; } repeated Dim dim = 2; }
`

// protoc runs the compiler of protocol buffers on a message.
func protoc(t *testing.T, flag, in string) string {
	t.Helper()
	tool, err := exec.LookPath("protoc")
	if err != nil {
		t.Skip("no protoc (Debian: apt install protobuf-compiler): 0 messages compared")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.proto"), []byte(schema), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(tool, flag+"=t.Event", "--proto_path="+dir, "t.proto")
	c.Stdin = strings.NewReader(in)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("protoc: %v\n%s", err, errs.String())
	}
	return string(out)
}

// What is written here is what protoc reads.
func TestWritten(t *testing.T) {
	e := Event{Step: 12, Wall: 1.5, Scalars: []Scalar{{"train/loss", 2.5}, {"val/loss", -1}}, Texts: []Text{{"config", "| a | b |"}}}
	got := strings.Join(strings.Fields(protoc(t, "--decode", string(e.marshal()))), " ")
	want := `wall_time: 1.5 step: 12 summary { value { tag: "train/loss" simple_value: 2.5 } value { tag: "val/loss" simple_value: -1 } ` +
		`value { tag: "config" tensor { dtype: 7 tensor_shape { } string_val: "| a | b |" } metadata { plugin_data { plugin_name: "text" } data_class: 2 } } }`
	if got != want {
		t.Errorf("protoc reads\n%s\nexpected\n%s", got, want)
	}
	start := strings.Join(strings.Fields(protoc(t, "--decode", string(Event{Step: 5, Start: true}.marshal()))), " ")
	if start != "wall_time: 0 step: 5 session_log { status: START }" && start != "step: 5 session_log { status: START }" {
		t.Errorf("protoc reads %s", start)
	}
}

// What protoc writes is read: numbers as TensorFlow 1 and PyTorch write them
// (simple_value), and as TensorFlow 2 does (a tensor and the scalars plug-in,
// which only the first value names).
func TestRead(t *testing.T) {
	read := func(text string, plugins map[string]string) Event {
		e, err := unmarshal([]byte(protoc(t, "--encode", text)), plugins)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	scalars := `metadata { plugin_data { plugin_name: "scalars" } }`
	for _, c := range []struct {
		value string
		want  []Scalar
	}{
		{`simple_value: 0.5`, []Scalar{{"a", 0.5}}},
		{`simple_value: 0.5 ` + scalars, []Scalar{{"a", 0.5}}},
		{`tensor { dtype: 1 tensor_shape { } float_val: 0.25 } ` + scalars, []Scalar{{"a", 0.25}}},
		{`tensor { dtype: 1 float_val: 0 } ` + scalars, []Scalar{{"a", 0}}},
		{`tensor { dtype: 1 tensor_content: "\000\000\200\277" } ` + scalars, []Scalar{{"a", -1}}},
		{`tensor { dtype: 2 double_val: 3 } ` + scalars, []Scalar{{"a", 3}}},
		{`tensor { dtype: 3 int_val: -7 } ` + scalars, []Scalar{{"a", -7}}},
		{`tensor { dtype: 9 int64_val: 70000000000 } ` + scalars, []Scalar{{"a", 7e10}}},
		{`tensor { dtype: 1 tensor_shape { dim { size: 2 } } float_val: 1 float_val: 2 }`, nil},
		{`tensor { dtype: 1 float_val: 1 } metadata { plugin_data { plugin_name: "pr_curves" } }`, nil},
	} {
		if e := read(`wall_time: 9 step: 4 summary { value { tag: "a" `+c.value+` } }`, map[string]string{}); !reflect.DeepEqual(e.Scalars, c.want) || e.Step != 4 || e.Wall != 9 {
			t.Errorf("%s: %+v, expected %v", c.value, e, c.want)
		}
	}
	plugins := map[string]string{}
	read(`summary { value { tag: "a" tensor { dtype: 1 float_val: 1 } `+scalars+` } value { tag: "b" tensor { dtype: 1 float_val: 1 } metadata { plugin_data { plugin_name: "mesh" } } } }`, plugins)
	e := read(`summary { value { tag: "a" tensor { dtype: 1 float_val: 2 } } value { tag: "b" tensor { dtype: 1 float_val: 2 } } }`, plugins)
	if !reflect.DeepEqual(e.Scalars, []Scalar{{"a", 2}}) {
		t.Errorf("values without a plug-in's name: %+v", e)
	}
	if e := read(`step: 8 session_log { status: START }`, plugins); !e.Start || e.Step != 8 {
		t.Errorf("the start of a session: %+v", e)
	}
}

// A file is whole after every write, and two that begin in one second are in
// order.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	var names []string
	for after := range 3 {
		w, err := Create(dir, after)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, w.Name())
		for step := range int64(5) {
			if err := w.Write(Event{Step: step, Scalars: []Scalar{{"train/loss", float64(step)}}}); err != nil {
				t.Fatal(err)
			}
			events, note, err := Read(w.Name())
			first := 1 + min(after, 1)
			if err != nil || note != "" || len(events) != first+int(step)+1 || events[0].Version != version {
				t.Fatalf("after step %d: %d events, note %q, %v", step, len(events), note, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !IsName(w.Name()) {
			t.Errorf("%s is not called as an event file", w.Name())
		}
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*")); !reflect.DeepEqual(found, names) {
		t.Errorf("by name: %v, written: %v", found, names)
	}
}

// BenchmarkWrite is what a step of training pays.
func BenchmarkWrite(b *testing.B) {
	w, err := Create(b.TempDir(), 0)
	if err != nil {
		b.Fatal(err)
	}
	e := Event{Step: 1, Wall: 1, Scalars: make([]Scalar, 10)}
	for i := range e.Scalars {
		e.Scalars[i] = Scalar{fmt.Sprintf("train/modality%d_loss", i), 1}
	}
	for b.Loop() {
		if err := w.Write(e); err != nil {
			b.Fatal(err)
		}
	}
}
