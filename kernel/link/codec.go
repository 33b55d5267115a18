package link

// Messages on their way: a line of JSON that is the head, one that is the
// message, and behind an event what is large of it (pictures, mostly), which JSON
// would read byte by byte three times.

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
)

// Head stands before a message.
type Head struct {
	Kind string // of the message: the name of its type
	// Mark is that of the mark in the worker's standard output and error that
	// stands before the event; a request has none.
	Mark int `json:",omitempty"`
	// Cell is the number of the cell whose doing an event is, 0 for the one that
	// runs or ran last.
	Cell int `json:",omitempty"`

	Attached []attachment `json:",omitempty"` // what of the bundle follows
}

// large is from where on a value of a bundle goes beside the JSON, in bytes.
const large = 32 << 10

// atOnce is how much memory is taken for an attachment before its bytes are
// there.
const atOnce = 64 << 20

// attachment is a value that follows the message.
type attachment struct {
	Mime   string
	Size   int
	Binary bool `json:",omitempty"` // becomes base64, as in JSON
}

// kinds are types by their names.
func kinds(messages ...any) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, m := range messages {
		t := reflect.TypeOf(m)
		out[t.Name()] = t
	}
	return out
}

// WriteRequest writes a request. One that is no JSON is an error, and nothing
// is written.
func WriteRequest(w io.Writer, r Request) error {
	lines, err := encode(Head{}, r)
	if err != nil {
		return err
	}
	_, err = w.Write(lines)
	return err
}

// ReadRequest reads what WriteRequest wrote. At the end it gives io.EOF; what
// is no request is another error, after which nothing more can be read.
func ReadRequest(r *bufio.Reader) (Request, error) {
	_, m, err := decode(r, requests, func(d *json.Decoder) {})
	if err != nil {
		return nil, err
	}
	return m.Elem().Interface().(Request), nil
}

// WriteEvent writes an event behind a head, whose Mark and Cell are the
// caller's. One that is no JSON is an error, and nothing is written.
func WriteEvent(w io.Writer, h Head, e Event) error {
	var values [][]byte
	switch m := e.(type) {
	case Result:
		m.Bundle, h.Attached, values = m.Bundle.detach()
		e = m
	case Display:
		m.Bundle, h.Attached, values = m.Bundle.detach()
		e = m
	case Update:
		m.Bundle, h.Attached, values = m.Bundle.detach()
		e = m
	}
	lines, err := encode(h, e)
	if err != nil {
		return err
	}
	if _, err := w.Write(lines); err != nil {
		return nil // nobody listens any more
	}
	for _, v := range values {
		w.Write(v)
	}
	return nil
}

// ReadEvent reads what WriteEvent wrote. Large numbers stay as they are, as
// json.Number. At the end it gives io.EOF; what is no event is another error,
// after which nothing more can be read.
func ReadEvent(r *bufio.Reader) (Head, Event, error) {
	h, m, err := decode(r, events, (*json.Decoder).UseNumber)
	if err != nil {
		return h, nil, err
	}
	var to *Bundle
	switch e := m.Interface().(type) {
	case *Result:
		to = &e.Bundle
	case *Display:
		to = &e.Bundle
	case *Update:
		to = &e.Bundle
	default:
		if h.Attached != nil {
			return h, nil, fmt.Errorf("link: values behind a %s, expected none", h.Kind)
		}
	}
	for _, a := range h.Attached {
		if err := to.attach(a, r); err != nil {
			return h, nil, err
		}
	}
	h.Attached = nil
	return h, m.Elem().Interface().(Event), nil
}

// detach takes out of a bundle what is large.
func (b Bundle) detach() (rest Bundle, out []attachment, values [][]byte) {
	for mime, v := range b.Data {
		data, binary := v.([]byte)
		if text, is := v.(string); is && len(text) > large {
			data = []byte(text)
		}
		if len(data) > large {
			out = append(out, attachment{mime, len(data), binary})
			values = append(values, data)
		}
	}
	if values != nil {
		b.Data = maps.Clone(b.Data)
		for _, a := range out {
			delete(b.Data, a.Mime)
		}
	}
	return b, out, values
}

// attach reads a value that follows the message.
func (b *Bundle) attach(a attachment, r io.Reader) error {
	if a.Size < 0 {
		return fmt.Errorf("link: a value of %d bytes", a.Size)
	}
	var v bytes.Buffer
	v.Grow(min(a.Size, atOnce))
	if _, err := io.CopyN(&v, r, int64(a.Size)); err != nil {
		return fmt.Errorf("link: a value of %d bytes is cut off: %w", a.Size, err)
	}
	if b.Data == nil {
		b.Data = map[string]any{}
	}
	if a.Binary {
		b.Data[a.Mime] = base64.StdEncoding.EncodeToString(v.Bytes())
	} else {
		b.Data[a.Mime] = v.String()
	}
	return nil
}

// encode gives the two lines of a message.
func encode(h Head, m any) ([]byte, error) {
	h.Kind = reflect.TypeOf(m).Name()
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	fields, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return append(append(append(head, '\n'), fields...), '\n'), nil
}

// decode reads the two lines of a message of the kinds, and gives a pointer to
// it.
func decode(r *bufio.Reader, kinds map[string]reflect.Type, set func(*json.Decoder)) (h Head, m reflect.Value, err error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return h, m, err
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, m, fmt.Errorf("link: the head of a message: %w", err)
	}
	t, ok := kinds[h.Kind]
	if !ok {
		return h, m, fmt.Errorf("link: no message %q", h.Kind)
	}
	line, err = r.ReadBytes('\n')
	if err != nil {
		return h, m, fmt.Errorf("link: a %s is cut off: %w", h.Kind, err)
	}
	m = reflect.New(t)
	d := json.NewDecoder(bytes.NewReader(line))
	set(d)
	if err := d.Decode(m.Interface()); err != nil {
		return h, m, fmt.Errorf("link: a %s: %w", h.Kind, err)
	}
	return h, m, nil
}
