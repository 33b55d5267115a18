package checkpoint

// The header of a safetensors file, read and checked before anything else
// (docs/4m.md, 9.1; the format's own description). What that description forbids
// is refused: keys that stand twice, data that overlap, and bytes that belong
// to no tensor, between the data or behind them.

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
)

// maxHeader is the longest header that is read; the format's own library has
// the same limit.
const maxHeader = 100 << 20

// metaKey is the header's key of the metadata.
const metaKey = "__metadata__"

// entry is where a tensor lies.
type entry struct {
	dtype  string
	shape  []int
	stride []int // in numbers; nil: row-major without gaps
	at     int64 // of its first byte in the file
	size   int64 // in bytes, from the first to the last
	count  int   // how many numbers it has
	in     *File // the shard it lies in; nil: the file itself
}

// sizes are the bytes a number takes, by the format's names of the types.
var sizes = map[string]int{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2,
	"I64": 8, "I32": 4, "I16": 2, "I8": 1,
	"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
	"F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, // read only
}

// numbers multiplies a shape out; false where a length is negative or there
// are more numbers than any file holds. Where one length is 0 the others may
// be as large as they like.
func numbers(shape []int) (int, bool) {
	n, fits := uint64(1), true
	for _, s := range shape {
		if s < 0 {
			return 0, false
		}
		if s == 0 {
			n = 0
			continue
		}
		hi, lo := bits.Mul64(n, uint64(s))
		if fits = fits && hi == 0 && lo <= math.MaxInt/8; fits {
			n = lo
		}
	}
	return int(n), fits || n == 0
}

// header reads the header of a file of the given size. The header's own
// length is believed once the file has as many bytes.
func header(f io.ReaderAt, size int64) (entries map[string]entry, meta map[string]string, err error) {
	var head [8]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		if !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("no header: the file has %d bytes", size)
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n > maxHeader {
		return nil, nil, foreign("a header of %d bytes, expected at most %d: not safetensors", n, maxHeader)
	}
	if int64(n) > size-8 {
		return nil, nil, fmt.Errorf("a header of %d bytes in a file of %d: not safetensors, or cut off", n, size)
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, 8); err != nil && n > 0 {
		return nil, nil, err
	}
	entries, meta, err = parseHeader(b)
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	from := 8 + int64(n)
	if err := tile(entries, size-from); err != nil {
		return nil, nil, err
	}
	for name, e := range entries {
		e.at += from
		entries[name] = e
	}
	return entries, meta, nil
}

// parseHeader reads the JSON; offsets stay those of the data.
func parseHeader(b []byte) (map[string]entry, map[string]string, error) {
	if len(b) == 0 || b[0] != '{' {
		return nil, nil, foreign("it begins with %.10q, expected {", b)
	}
	s := &scanner{b: b}
	entries := map[string]entry{}
	var meta map[string]string
	err := s.object(func(name string) (err error) {
		if name == metaKey {
			meta, err = s.texts()
			return err
		}
		e, err := s.tensor()
		if err != nil {
			return fmt.Errorf("tensor %q: %w", clip(name), err)
		}
		entries[name] = e
		return nil
	})
	if err == nil {
		err = s.end()
	}
	return entries, meta, err
}

// texts reads the metadata, an object of strings.
func (s *scanner) texts() (map[string]string, error) {
	if s.peek() == 'n' {
		return nil, s.word("null")
	}
	out := map[string]string{}
	return out, s.object(func(key string) (err error) {
		if s.peek() != '"' {
			return s.fail("metadata %q is %s, expected a string", clip(key), s.here())
		}
		out[key], err = s.text()
		return err
	})
}

// tensor reads {"dtype", "shape", "data_offsets"} and checks all that can be
// checked of it alone; at is the offset in the data. Other keys are passed
// over.
func (s *scanner) tensor() (entry, error) {
	e := entry{}
	var offsets []int64
	err := s.object(func(key string) (err error) {
		switch key {
		case "dtype":
			e.dtype, err = s.text()
		case "shape":
			e.shape = []int{}
			err = s.array(func() error {
				v, err := s.whole()
				if err == nil && int64(int(v)) != v {
					err = s.fail("%d is too large", v)
				}
				e.shape = append(e.shape, int(v))
				return err
			})
		case "data_offsets":
			offsets = []int64{}
			err = s.array(func() error {
				v, err := s.whole()
				offsets = append(offsets, v)
				return err
			})
		default:
			_, err = s.value()
		}
		return err
	})
	switch {
	case err != nil:
		return e, err
	case e.dtype == "":
		return e, errors.New(`no "dtype"`)
	case e.shape == nil:
		return e, errors.New(`no "shape"`)
	case offsets == nil:
		return e, errors.New(`no "data_offsets"`)
	}
	size, ok := sizes[e.dtype]
	if !ok {
		return e, fmt.Errorf("unknown type %q, expected one of F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, I64, I32, I16, I8, U64, U32, U16, U8, BOOL", clip(e.dtype))
	}
	if e.count, ok = numbers(e.shape); !ok {
		return e, fmt.Errorf("the shape %v has a negative length or does not fit into any file", clipInts(e.shape))
	}
	if len(offsets) != 2 || offsets[0] < 0 || offsets[1] < offsets[0] {
		return e, fmt.Errorf("data_offsets are %v, expected begin and end", clipInts(offsets))
	}
	e.at, e.size = offsets[0], offsets[1]-offsets[0]
	if want := int64(e.count) * int64(size); e.size != want {
		return e, fmt.Errorf("%d bytes of data at %v, expected %d for %v of %s", e.size, offsets, want, clipInts(e.shape), e.dtype)
	}
	return e, nil
}

// tile checks that the tensors cover the data of the given length, each byte
// once.
func tile(entries map[string]entry, room int64) error {
	type span struct {
		name     string
		at, size int64
	}
	all := make([]span, 0, len(entries))
	for n, e := range entries {
		all = append(all, span{n, e.at, e.size})
	}
	slices.SortFunc(all, func(a, b span) int { // an empty one comes before its neighbour
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name))
	})
	end, last := int64(0), ""
	for _, s := range all {
		switch {
		case s.size > room-s.at: // not at+size, which may overflow
			return fmt.Errorf("tensor %q ends at byte %d of the data, which has %d: cut off", clip(s.name), uint64(s.at)+uint64(s.size), room)
		case s.at < end:
			return fmt.Errorf("tensors %q and %q overlap", clip(last), clip(s.name))
		case s.at > end:
			return fmt.Errorf("%d bytes before tensor %q belong to no tensor, which the format forbids", s.at-end, clip(s.name))
		}
		end, last = s.at+s.size, s.name
	}
	if end < room {
		return fmt.Errorf("%d bytes after the last tensor belong to none, which the format forbids", room-end)
	}
	return nil
}

// clipInts shortens a list for an error.
func clipInts[T int | int64](v []T) string {
	if len(v) <= 8 {
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%v and %d more", v[:8], len(v)-8)
}

// Begins tells whether the first bytes of a file are those of a safetensors
// file.
func Begins(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) <= maxHeader
}
