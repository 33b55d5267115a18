package link

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/kernel/engine"
)

func TestEventsTravel(t *testing.T) {
	picture := strings.Repeat("iVBORw0KGgo\n", large)
	var b bytes.Buffer
	sent := []struct {
		h Head
		e Event
	}{
		{Head{Mark: 1}, Done{}},
		{Head{Mark: 2, Cell: 7}, Display{ID: "a", Bundle: Bundle{Data: map[string]any{"image/png": picture, "text/plain": "é\n", "text/html": picture + "<", "n": json.Number("12345678901234567890")}}}},
		{Head{Mark: 3}, Update{ID: "a", Bundle: Bundle{Data: map[string]any{"image/png": picture}, Metadata: map[string]any{"width": json.Number("3")}}}},
		{Head{Mark: 4}, Result{Bundle: Bundle{Data: map[string]any{"image/png": picture}}, Payload: []map[string]any{{"source": "page"}}}},
		{Head{Mark: 5}, Result{Failure: &engine.Failure{Name: "panic", Value: "<&>", Trace: []string{"a", "b"}}}},
		{Head{}, CommMessage{ID: "c", Data: map[string]any{"a": "b"}, Buffers: [][]byte{{0, 255}, {}}}},
		{Head{}, CommOpen{ID: "c", Target: "t"}}, {Head{}, CommClose{ID: "c"}},
		{Head{}, Ready{}}, {Head{}, Completeness{engine.Incomplete, "\t"}}, {Head{}, Clear{Wait: true}}, {Head{}, InputRequest{3, "Name? ", true}},
		{Head{}, Completion{engine.Completion{Matches: []engine.Match{{Text: "Print", Kind: "function", Type: "func()"}}, From: 2, To: 5}}},
		{Head{}, Inspection{}}, {Head{}, Inspection{map[string]string{"text/plain": "func f()"}}},
	}
	told := map[string]bool{}
	for _, s := range sent {
		told[reflect.TypeOf(s.e).Name()] = true
		var before map[string]any
		if d, is := s.e.(Display); is {
			before = maps.Clone(d.Data)
		}
		if err := WriteEvent(&b, s.h, s.e); err != nil {
			t.Fatal(err)
		}
		if d, is := s.e.(Display); is && !reflect.DeepEqual(before, d.Data) {
			t.Error("writing changed the bundle")
		}
	}
	for name := range events {
		if !told[name] {
			t.Errorf("%s did not travel", name)
		}
	}
	size := b.Len()
	if err := WriteEvent(&b, Head{}, Display{Bundle: Bundle{Data: map[string]any{"n": math.NaN(), "image/png": picture}}}); err == nil || b.Len() != size {
		t.Errorf("an event that is no JSON: %v, %d bytes", err, b.Len()-size)
	}
	all := bytes.Clone(b.Bytes())
	in := bufio.NewReader(&b)
	for _, want := range sent {
		h, e, err := ReadEvent(in)
		want.h.Kind = reflect.TypeOf(want.e).Name()
		if err != nil || !reflect.DeepEqual(h, want.h) || !reflect.DeepEqual(e, want.e) {
			t.Errorf("%v %T came as %v %.200v, %v", want.h, want.e, h, e, err)
		}
	}
	for _, size := range []int{3, large + 1} {
		picture := bytes.Repeat([]byte{255}, size)
		WriteEvent(&b, Head{}, Display{Bundle: Bundle{Data: map[string]any{"image/png": picture}}})
		if _, got, err := ReadEvent(in); err != nil || got.(Display).Data["image/png"] != base64.StdEncoding.EncodeToString(picture) {
			t.Errorf("%d bytes came as %.100v, %v", size, got, err)
		}
	}
	if _, _, err := ReadEvent(in); err != io.EOF {
		t.Errorf("the end: %v", err)
	}
	if _, _, err := ReadEvent(bufio.NewReader(bytes.NewReader(all[1:]))); err == nil {
		t.Error("half a line was read")
	}
}

func TestRequestsTravel(t *testing.T) {
	var b bytes.Buffer
	sent := []Request{
		RunCell{3, "x := \"é\"\nx"}, Evaluate{3, "x"}, Complete{"fmt.Pri", 7}, Inspect{"fmt", 3, true}, IsComplete{"if x {"},
		CommOpen{ID: "a", Target: "t", Data: map[string]any{"n": 1.5}, Buffers: [][]byte{{1}}}, CommMessage{ID: "a", Data: map[string]any{"n": nil}}, CommClose{ID: "a"},
		Interrupt{}, Answer{2, "yes", ""}, Answer{Question: 3, Refusal: "nobody is here"}, Shutdown{},
	}
	told := map[string]bool{}
	for _, r := range sent {
		told[reflect.TypeOf(r).Name()] = true
		if err := WriteRequest(&b, r); err != nil {
			t.Fatal(err)
		}
	}
	for name := range requests {
		if !told[name] {
			t.Errorf("%s did not travel", name)
		}
	}
	size := b.Len()
	if err := WriteRequest(&b, CommMessage{Data: map[string]any{"n": math.Inf(1)}}); err == nil || b.Len() != size {
		t.Errorf("a request that is no JSON: %v, %d bytes", err, b.Len()-size)
	}
	in := bufio.NewReader(&b)
	for _, want := range sent {
		if got, err := ReadRequest(in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%#v came as %#v, %v", want, got, err)
		}
	}
	if _, err := ReadRequest(in); err != io.EOF {
		t.Errorf("the end: %v", err)
	}
}

// What is no message is an error that says why, and takes no memory for what is
// not there.
func TestNoMessages(t *testing.T) {
	for text, want := range map[string]string{
		"{\"Kind\":\"Dance\"}\n{}\n":           `no message "Dance"`,
		"{\"Kind\":\"RunCell\"}\n{}\n":         `no message "RunCell"`, // a request
		"{}\n{}\n":                             `no message ""`,
		"nonsense\n":                           "the head of a message",
		"{\"Kind\":\"Clear\"}\n{\"Wait\":3}\n": "a Clear: ",
		"{\"Kind\":\"Clear\"}\n{\"Wait\":":     "a Clear is cut off",
		"{\"Kind\":\"Display\",\"Attached\":[{\"Mime\":\"a\",\"Size\":-1}]}\n{}\n":                     "a value of -1 bytes",
		"{\"Kind\":\"Display\",\"Attached\":[{\"Mime\":\"a\",\"Size\":4611686018427387904}]}\n{}\nabc": "is cut off",
		"{\"Kind\":\"Clear\",\"Attached\":[{\"Mime\":\"a\",\"Size\":1}]}\n{}\nb":                       "values behind a Clear",
	} {
		if _, e, err := ReadEvent(bufio.NewReader(strings.NewReader(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v, %v, expected %q", text, e, err, want)
		}
	}
	if _, err := ReadRequest(bufio.NewReader(strings.NewReader("{\"Kind\":\"Ready\"}\n{}\n"))); err == nil || !strings.Contains(err.Error(), `no message "Ready"`) {
		t.Errorf("an event as a request: %v", err)
	}
}

// What is no JSON is told of in its place, for somebody waits for it.
func TestUnsent(t *testing.T) {
	bad := Bundle{Data: map[string]any{"text/plain": "a table", "application/json": math.NaN()}}
	data := map[string]any{"x": math.NaN()}
	for _, e := range []Event{
		Result{Bundle: bad}, Display{"a", bad}, Update{"a", bad}, Display{"a", Bundle{Data: map[string]any{"application/json": math.NaN()}}},
		CommOpen{ID: "a", Target: "t", Data: data}, CommMessage{ID: "a", Data: data}, CommClose{ID: "a", Data: data},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &Parent{events: w, streams: [2]*os.File{null, null}}
		p.Send(7, e)
		h, got, err := ReadEvent(bufio.NewReader(r))
		if err != nil || h.Cell != 7 || h.Mark != 1 || reflect.TypeOf(got) != reflect.TypeOf(e) {
			t.Errorf("%#v came as %#v %#v, %v", e, h, got, err)
		}
		var b Bundle
		switch got := got.(type) {
		case Result:
			b = got.Bundle
		case Display:
			b = got.Bundle
		case Update:
			b = got.Bundle
		case CommOpen:
			if got.Target != "t" {
				t.Errorf("%#v came as %#v", e, got)
			}
		}
		if text, is := b.Data["text/plain"].(string); is != (b.Data != nil) || is && !strings.Contains(text, "NaN") {
			t.Errorf("%#v came with the text %q", e, text)
		}
		for _, f := range []*os.File{r, w, null} {
			f.Close()
		}
	}
}

// The codec knows each type that is a message.
func TestCodecKnowsAll(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			method, is := d.(*ast.FuncDecl)
			if !is || method.Recv == nil {
				continue
			}
			known := map[string]map[string]reflect.Type{"request": requests, "event": events}[method.Name.Name]
			if known == nil {
				continue
			}
			n++
			if name := method.Recv.List[0].Type.(*ast.Ident).Name; known[name] == nil {
				t.Errorf("the codec does not know the %s %s", method.Name.Name, name)
			}
		}
	}
	if n != len(requests)+len(events) {
		t.Errorf("%d messages in the source, %d known", n, len(requests)+len(events))
	}
}

// Whatever bytes come from a worker are events or an error, and what was read
// once travels on unchanged.
func FuzzReadEvent(f *testing.F) {
	var b bytes.Buffer
	for _, e := range []Event{
		Ready{}, Result{Failure: &engine.Failure{Name: "panic"}}, Display{ID: "a", Bundle: Bundle{Data: map[string]any{"image/png": make([]byte, large+1), "n": 1}}},
		CommMessage{ID: "c", Data: map[string]any{"a": []any{1, "b", nil}}, Buffers: [][]byte{{1}}}, Completion{engine.Completion{To: 3}}, Inspection{map[string]string{"a": "b"}},
	} {
		WriteEvent(&b, Head{Mark: 1}, e)
		f.Add(bytes.Clone(b.Bytes()))
	}
	f.Add([]byte("{\"Kind\":\"Display\",\"Attached\":[{\"Mime\":\"a\",\"Size\":3,\"Binary\":true}]}\n{\"Data\":null}\nabc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReader(bytes.NewReader(data))
		for {
			h, e, err := ReadEvent(in)
			if err != nil {
				return
			}
			again := func(h Head, e Event) (Head, Event) {
				var b bytes.Buffer
				if err := WriteEvent(&b, h, e); err != nil {
					t.Fatalf("%#v was read and is not written: %v", e, err)
				}
				h, e, err := ReadEvent(bufio.NewReader(&b))
				if err != nil {
					t.Fatalf("%#v was written and is not read: %v", e, err)
				}
				return h, e
			}
			h1, e1 := again(h, e) // what was no UTF-8 is replaced
			if h2, e2 := again(h1, e1); !reflect.DeepEqual(h1, h2) || !reflect.DeepEqual(e1, e2) {
				t.Fatalf("%#v %#v became %#v %#v", h1, e1, h2, e2)
			}
		}
	})
}

// So it is with what comes from a kernel.
func FuzzReadRequest(f *testing.F) {
	var b bytes.Buffer
	for _, r := range []Request{RunCell{1, "1"}, CommOpen{ID: "a", Data: map[string]any{"x": 1.5}}, Answer{1, "a", "b"}, Interrupt{}} {
		WriteRequest(&b, r)
		f.Add(bytes.Clone(b.Bytes()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReader(bytes.NewReader(data))
		for {
			r, err := ReadRequest(in)
			if err != nil {
				return
			}
			again := func(r Request) Request {
				var b bytes.Buffer
				if err := WriteRequest(&b, r); err != nil {
					t.Fatalf("%#v was read and is not written: %v", r, err)
				}
				r, err := ReadRequest(bufio.NewReader(&b))
				if err != nil {
					t.Fatalf("%#v was written and is not read: %v", r, err)
				}
				return r
			}
			r1 := again(r) // what is empty is not written
			if r2 := again(r1); !reflect.DeepEqual(r1, r2) {
				t.Fatalf("%#v became %#v", r1, r2)
			}
		}
	})
}
