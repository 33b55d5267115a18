package tfevents

// The messages: Event, the Summary in it, its values, and the TensorProto in
// which TensorFlow 2 writes a scalar. Numbers in comments are those of the
// fields in TensorBoard's event.proto, summary.proto and tensor.proto.

import (
	"encoding/binary"
	"math"
)

// Event is one entry of an event file.
type Event struct {
	Step    int64
	Wall    float64 // seconds since 1970
	Version string  // of the first entry: "brain.Event:2"
	Start   bool    // a session begins at Step: what earlier ones left from there on does not count
	Scalars []Scalar
	Texts   []Text
}

// Scalar is a number under a tag.
type Scalar struct {
	Tag   string
	Value float64
}

// Text is what TensorBoard's text page shows under a tag, in Markdown.
type Text struct{ Tag, Text string }

// marshal gives the Event message.
func (e Event) marshal() []byte {
	b := appendDouble(nil, 1, e.Wall) // wall_time
	if e.Step != 0 {
		b = appendVarint(b, 2, uint64(e.Step)) // step
	}
	switch {
	case e.Version != "":
		return appendBytes(b, 3, []byte(e.Version)) // file_version
	case e.Start:
		return appendBytes(b, 7, appendVarint(nil, 1, 1)) // session_log { status: START }
	}
	var sum []byte
	for _, s := range e.Scalars {
		v := appendBytes(nil, 1, []byte(s.Tag)) // tag
		v = appendFloat(v, 2, float32(s.Value)) // simple_value
		sum = appendBytes(sum, 1, v)            // value
	}
	for _, t := range e.Texts {
		plugin := appendBytes(nil, 1, appendBytes(nil, 1, []byte("text"))) // plugin_data { plugin_name }
		plugin = appendVarint(plugin, 4, 2)                                // data_class: DATA_CLASS_TENSOR
		tensor := appendVarint(nil, 1, 7)                                  // dtype: DT_STRING
		tensor = appendBytes(tensor, 2, nil)                               // tensor_shape of no dimensions
		tensor = appendBytes(tensor, 8, []byte(t.Text))                    // string_val
		v := appendBytes(nil, 1, []byte(t.Tag))
		v = appendBytes(v, 8, tensor)
		sum = appendBytes(sum, 1, appendBytes(v, 9, plugin)) // metadata
	}
	return appendBytes(b, 5, sum) // summary
}

// unmarshal reads an Event message. plugins has what is known of each tag's
// plug-in: a file names it with the first value of a tag alone.
func unmarshal(b []byte, plugins map[string]string) (e Event, err error) {
	err = each(b, func(f field) error {
		switch {
		case f.number == 1 && f.kind == fixed64:
			e.Wall = math.Float64frombits(f.n)
		case f.number == 2 && f.kind == varint:
			e.Step = int64(f.n)
		case f.number == 3 && f.kind == chunk:
			e.Version = string(f.b)
		case f.number == 7 && f.kind == chunk:
			return each(f.b, func(g field) error {
				e.Start = e.Start || g.number == 1 && g.n == 1
				return nil
			})
		case f.number == 5 && f.kind == chunk:
			return each(f.b, func(g field) error {
				if g.number != 1 || g.kind != chunk {
					return nil
				}
				return e.value(g.b, plugins)
			})
		}
		return nil
	})
	return e, err
}

// value reads a Summary.Value.
func (e *Event) value(b []byte, plugins map[string]string) error {
	tag, plugin := "", ""
	number, simple := 0.0, false
	var tensor []byte
	err := each(b, func(f field) error {
		switch {
		case f.number == 1 && f.kind == chunk:
			tag = string(f.b)
		case f.number == 2 && f.kind == fixed32:
			number, simple = float64(math.Float32frombits(uint32(f.n))), true
		case f.number == 8 && f.kind == chunk:
			tensor = f.b
		case f.number == 9 && f.kind == chunk:
			return each(f.b, func(g field) error { // SummaryMetadata
				if g.number != 1 || g.kind != chunk {
					return nil
				}
				return each(g.b, func(h field) error { // PluginData
					if h.number == 1 && h.kind == chunk {
						plugin = string(h.b)
					}
					return nil
				})
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if plugin != "" {
		plugins[tag] = plugin
	}
	if simple {
		e.Scalars = append(e.Scalars, Scalar{tag, number})
		return nil
	}
	if tensor == nil {
		return nil // a picture, a histogram, sound
	}
	return e.tensor(tag, plugins[tag], tensor)
}

// tensor reads a TensorProto that holds one number, or one text.
func (e *Event) tensor(tag, plugin string, b []byte) error {
	kind, text, size := uint64(0), "", uint64(1)
	var raw []byte // the numbers' bytes, however they are written
	add := func(f field, width int) {
		if f.kind == chunk { // packed
			raw = append(raw, f.b...)
			return
		}
		raw = append(raw, binary.LittleEndian.AppendUint64(nil, f.n)[:width]...)
	}
	whole := int64(0)
	hasWhole := false
	err := each(b, func(f field) error {
		switch f.number {
		case 1: // dtype
			kind = f.n
		case 2: // tensor_shape { dim { size } }
			return each(f.b, func(g field) error {
				if g.number != 2 || g.kind != chunk {
					return nil
				}
				return each(g.b, func(h field) error {
					if h.number == 1 {
						size *= h.n
					}
					return nil
				})
			})
		case 4: // tensor_content
			raw = append(raw, f.b...)
		case 5: // float_val
			add(f, 4)
		case 6: // double_val
			add(f, 8)
		case 7, 10: // int_val, int64_val: varints, packed or not
			v, k := f.n, 1
			if f.kind == chunk {
				v, k = binary.Uvarint(f.b)
			}
			whole, hasWhole = int64(v), k > 0
		case 8: // string_val
			text = string(f.b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if kind == 7 && plugin == "text" { // DT_STRING
		e.Texts = append(e.Texts, Text{tag, text})
	}
	if size != 1 || plugin != "" && plugin != "scalars" {
		return nil
	}
	v := 0.0
	switch {
	case kind == 1 && len(raw) == 4: // DT_FLOAT
		v = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	case kind == 2 && len(raw) == 8: // DT_DOUBLE
		v = math.Float64frombits(binary.LittleEndian.Uint64(raw))
	case kind == 3 && len(raw) == 4: // DT_INT32
		v = float64(int32(binary.LittleEndian.Uint32(raw)))
	case kind == 9 && len(raw) == 8: // DT_INT64
		v = float64(int64(binary.LittleEndian.Uint64(raw)))
	case (kind == 3 || kind == 9) && hasWhole:
		v = float64(whole)
	case (kind == 1 || kind == 2) && len(raw) == 0: // a zero may be left unwritten
	default:
		return nil
	}
	e.Scalars = append(e.Scalars, Scalar{tag, v})
	return nil
}
