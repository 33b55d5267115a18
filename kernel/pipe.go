package kernel

// Reports on their way from the worker to the parent: a line of JSON each,
// and behind it what is large (pictures, mostly), which JSON would read byte by
// byte three times.

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
)

// large is from where on a value of a bundle goes beside the JSON, in bytes.
const large = 32 << 10

// attached is a value that follows the line.
type attached struct {
	Mime   string `json:"mime"`
	Size   int    `json:"size"`
	Binary bool   `json:"binary,omitempty"` // becomes base64, as in JSON
}

// writeReport writes a report; one that is no JSON is an error, and nothing
// is written.
func writeReport(out io.Writer, r report) error {
	var values [][]byte
	for mime, v := range r.Bundle {
		b, binary := v.([]byte)
		if text, is := v.(string); is && len(text) > large {
			b = []byte(text)
		}
		if len(b) > large {
			r.Attached = append(r.Attached, attached{mime, len(b), binary})
			values = append(values, b)
		}
	}
	if values != nil {
		r.Bundle = maps.Clone(r.Bundle)
		for _, a := range r.Attached {
			delete(r.Bundle, a.Mime)
		}
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := out.Write(append(line, '\n')); err != nil {
		return nil // nobody listens any more
	}
	for _, b := range values {
		out.Write(b)
	}
	return nil
}

// readReport reads what writeReport wrote. Large numbers stay as they are.
func readReport(in *bufio.Reader) (r report, err error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return r, err
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&r); err != nil {
		return r, err
	}
	for _, a := range r.Attached {
		b := make([]byte, a.Size)
		if _, err := io.ReadFull(in, b); err != nil {
			return r, err
		}
		if r.Bundle == nil {
			r.Bundle = map[string]any{}
		}
		if a.Binary {
			r.Bundle[a.Mime] = base64.StdEncoding.EncodeToString(b)
		} else {
			r.Bundle[a.Mime] = string(b)
		}
	}
	r.Attached = nil
	return r, nil
}
