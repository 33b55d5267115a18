package checkpoint_test

// A writer of torch.save's format, as tests need it: whole files, and broken
// ones.

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"
)

// pickled writes the opcodes that Python's pickler does for the values that
// tests need. A value of type raw bytes is put in as it is.
type pickled struct{ bytes.Buffer }

type (
	tuple  []any
	list   []any
	dict   []any  // keys and values in turn
	global string // "module name"
	call   struct {
		class global
		args  any
	}
	object struct { // made by NEWOBJ or REDUCE, then filled and given attributes
		class global
		items dict
		state any
	}
	persistent tuple
	opcodes    string
)

func (p *pickled) put(v any) {
	switch v := v.(type) {
	case nil:
		p.WriteByte('N')
	case bool:
		p.WriteByte(map[bool]byte{true: 0x88, false: 0x89}[v])
	case int:
		switch {
		case v >= 0 && v < 256:
			p.Write([]byte{'K', byte(v)})
		case v >= 0 && v < 1<<16:
			p.Write(binary.LittleEndian.AppendUint16([]byte{'M'}, uint16(v)))
		case v == int(int32(v)):
			p.Write(binary.LittleEndian.AppendUint32([]byte{'J'}, uint32(v)))
		default:
			p.Write(binary.LittleEndian.AppendUint64([]byte{0x8a, 8}, uint64(v)))
		}
	case float64:
		p.Write(binary.BigEndian.AppendUint64([]byte{'G'}, math.Float64bits(v)))
	case string:
		p.Write(binary.LittleEndian.AppendUint32([]byte{'X'}, uint32(len(v))))
		p.WriteString(v)
	case tuple:
		p.WriteByte('(')
		for _, x := range v {
			p.put(x)
		}
		p.WriteByte('t')
	case list:
		p.WriteString("](")
		for _, x := range v {
			p.put(x)
		}
		p.WriteByte('e')
	case dict:
		p.WriteByte('}')
		p.items(v)
	case global:
		var module, name string
		fmt.Sscan(string(v), &module, &name)
		p.WriteString("c" + module + "\n" + name + "\n")
	case call:
		p.put(v.class)
		p.put(v.args)
		p.WriteByte('R')
	case object:
		p.put(v.class)
		p.WriteByte(')')
		p.WriteByte(map[bool]byte{true: 0x81, false: 'R'}[v.class == "argparse Namespace"])
		p.items(v.items)
		if v.state != nil {
			p.put(v.state)
			p.WriteByte('b')
		}
	case persistent:
		p.put(tuple(v))
		p.WriteByte('Q')
	case opcodes:
		p.WriteString(string(v))
	default:
		panic(fmt.Sprintf("%T", v))
	}
}

func (p *pickled) items(d dict) {
	if len(d) == 0 {
		return
	}
	p.WriteByte('(')
	for _, x := range d {
		p.put(x)
	}
	p.WriteByte('u')
}

// pickle gives a whole pickle.
func pickle(v any) []byte {
	p := &pickled{}
	p.WriteString("\x80\x02")
	p.put(v)
	p.WriteByte('.')
	return p.Bytes()
}

// ordered is an OrderedDict.
func ordered(items ...any) object { return object{class: "collections OrderedDict", items: items} }

// tensor is one over the storage of a key.
func tensor(class, key string, numel, offset int, shape, stride tuple) call {
	return call{"torch._utils _rebuild_tensor_v2", tuple{
		persistent{"storage", global("torch " + class), key, "cpu", numel}, offset, shape, stride, false, ordered(),
	}}
}

// zipped writes records uncompressed, in the order given: name, content.
func zipped(t testing.TB, records ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(records); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: records[i].(string), Method: zip.Store})
		if err == nil {
			_, err = w.Write(records[i+1].([]byte))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// saved is what torch.save writes of a value whose storages are given.
func saved(t testing.TB, v any, storages ...any) []byte {
	return zipped(t, append([]any{"archive/data.pkl", pickle(v)}, append(storages, "archive/version", []byte("3\n"))...)...)
}

// floats are the bytes of a FloatStorage.
func floats(v ...float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}
