package checkpoint

// The pickle inside of what torch.save writes: an interpreter for the opcodes
// of protocols 2 to 5 that it uses. It builds plain values only. A class or function
// is a name on a short list, and what the list says happens; nothing is ever
// looked up or called. Each step takes a constant amount of memory, and what
// the memo shares stays shared, so a small file stays small.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"unicode/utf8"
)

const (
	maxPickle = 64 << 20 // bytes; a checkpoint with its optimizer has one
	maxValues = 1 << 20  // values on the way
)

// unpickler is the machine: a stack, marks on it, and a memo.
type unpickler struct {
	b       []byte
	at      int
	stack   []any
	marks   []int
	memo    map[uint32]any
	made    int
	storage func(id pyTuple) (pyStorage, error) // finds what a tensor's numbers lie in
}

// unpickle runs a pickle and gives the value it ends with.
func unpickle(b []byte, storage func(pyTuple) (pyStorage, error)) (any, error) {
	u := &unpickler{b: b, memo: map[uint32]any{}, storage: storage}
	for {
		from := u.at
		op, err := u.take(1)
		if err == nil && op[0] == '.' {
			var v any
			if v, err = u.pop(); err == nil {
				return v, nil
			}
		}
		if err == nil {
			err = u.step(op[0])
		}
		if err == nil && u.made > maxValues {
			err = fmt.Errorf("more than %d values", maxValues)
		}
		if err != nil {
			return nil, fmt.Errorf("pickle at byte %d: %w", from, err)
		}
	}
}

// take gives the next n bytes.
func (u *unpickler) take(n int) ([]byte, error) {
	if n > len(u.b)-u.at {
		return nil, errors.New("cut off")
	}
	u.at += n
	return u.b[u.at-n : u.at], nil
}

// number reads n little-endian bytes.
func (u *unpickler) number(n int) (uint32, error) {
	b, err := u.take(n)
	var v uint32
	for i, c := range b {
		v |= uint32(c) << (8 * i)
	}
	return v, err
}

// line reads to the end of a line, which it leaves out.
func (u *unpickler) line() (string, error) {
	i := bytes.IndexByte(u.b[u.at:], '\n')
	if i < 0 || i > 256 {
		return "", errors.New("a name without end")
	}
	b, err := u.take(i + 1)
	return string(b[:i]), err
}

// push puts a value on the stack, unless making it failed.
func (u *unpickler) push(v any, err error) error {
	u.made++
	u.stack = append(u.stack, v)
	return err
}

// pop takes the topmost value above the last mark.
func (u *unpickler) pop() (any, error) {
	v, err := u.popN(1)
	if err != nil {
		return nil, err
	}
	return v[0], nil
}

// popN takes the n topmost values; they are valid until the next push.
func (u *unpickler) popN(n int) ([]any, error) {
	low := 0
	if len(u.marks) > 0 {
		low = u.marks[len(u.marks)-1]
	}
	if len(u.stack)-n < low {
		return nil, errors.New("nothing on the stack")
	}
	v := u.stack[len(u.stack)-n:]
	u.stack = u.stack[:len(u.stack)-n]
	return v, nil
}

// popMark takes all above the last mark, and the mark.
func (u *unpickler) popMark() ([]any, error) {
	if len(u.marks) == 0 {
		return nil, errors.New("no mark on the stack")
	}
	low := u.marks[len(u.marks)-1]
	u.marks = u.marks[:len(u.marks)-1]
	v := u.stack[low:]
	u.stack = u.stack[:low]
	return v, nil
}

// top gives the topmost value, without taking it.
func (u *unpickler) top() any {
	if len(u.stack) == 0 {
		return nil
	}
	return u.stack[len(u.stack)-1]
}

// step carries out one opcode.
func (u *unpickler) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		v, err := u.number(1)
		if err == nil && (v < 2 || v > 5) {
			err = fmt.Errorf("protocol %d, expected 2 to 5", v)
		}
		return err
	case 0x95: // FRAME: how far the next piece reaches
		_, err := u.take(8)
		return err
	case '(':
		u.made++
		u.marks = append(u.marks, len(u.stack))
		return nil
	case 'N':
		return u.push(nil, nil)
	case 0x88:
		return u.push(true, nil)
	case 0x89:
		return u.push(false, nil)
	case 'J': // BININT
		v, err := u.number(4)
		return u.push(int(int32(v)), err)
	case 'K': // BININT1
		v, err := u.number(1)
		return u.push(int(v), err)
	case 'M': // BININT2
		v, err := u.number(2)
		return u.push(int(v), err)
	case 0x8a: // LONG1
		return u.long()
	case 'G': // BINFLOAT
		b, err := u.take(8)
		if err != nil {
			return err
		}
		return u.push(math.Float64frombits(binary.BigEndian.Uint64(b)), nil)
	case 'X': // BINUNICODE
		return u.text(4)
	case 0x8c: // SHORT_BINUNICODE
		return u.text(1)
	case 'B', 'C', 0x8e, 0x96: // BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
		return u.bytes(op)
	case 0x8f: // EMPTY_SET
		return u.push(&pyList{}, nil)
	case 0x90: // ADDITEMS
		return u.extend(false)
	case 0x91: // FROZENSET
		v, err := u.popMark()
		return u.push(&pyList{slices.Clone(v)}, err)
	case 0x94: // MEMOIZE
		if len(u.stack) == 0 {
			return errors.New("nothing on the stack")
		}
		u.made++
		u.memo[uint32(len(u.memo))] = u.top()
		return nil
	case 0x93: // STACK_GLOBAL
		v, err := u.popN(2)
		if err != nil {
			return err
		}
		module, ok := v[0].(string)
		name, ok2 := v[1].(string)
		if !ok || !ok2 {
			return fmt.Errorf("a name of %s and %s", kindOf(v[0]), kindOf(v[1]))
		}
		return u.known(module, name)
	case ']':
		return u.push(&pyList{}, nil)
	case '}':
		return u.push(&pyDict{}, nil)
	case ')':
		return u.push(pyTuple{}, nil)
	case 't':
		v, err := u.popMark()
		return u.push(pyTuple(slices.Clone(v)), err)
	case 0x85, 0x86, 0x87: // TUPLE1 to TUPLE3
		v, err := u.popN(int(op) - 0x84)
		return u.push(pyTuple(slices.Clone(v)), err)
	case 'a', 'e': // APPEND, APPENDS
		return u.extend(op == 'a')
	case 's', 'u': // SETITEM, SETITEMS
		return u.set(op == 's')
	case 'q': // BINPUT
		return u.remember(1)
	case 'r': // LONG_BINPUT
		return u.remember(4)
	case 'h': // BINGET
		return u.recall(1)
	case 'j': // LONG_BINGET
		return u.recall(4)
	case 'c':
		return u.global()
	case 'Q': // BINPERSID
		id, err := u.pop()
		if err != nil {
			return err
		}
		t, ok := id.(pyTuple)
		if !ok {
			return fmt.Errorf("%s as the name of a storage", kindOf(id))
		}
		s, err := u.storage(t)
		return u.push(s, err)
	case 'R', 0x81: // REDUCE, NEWOBJ
		v, err := u.popN(2)
		if err != nil {
			return err
		}
		made, err := construct(v[0], v[1])
		return u.push(made, err)
	case 'b':
		return u.build()
	}
	return fmt.Errorf("the opcode %#x, which torch.save does not write", op)
}

// remember notes the topmost value in the memo under a number of n bytes.
func (u *unpickler) remember(n int) error {
	i, err := u.number(n)
	if err == nil && len(u.stack) == 0 {
		err = errors.New("nothing on the stack")
	}
	u.made++
	u.memo[i] = u.top()
	return err
}

// recall pushes a value of the memo.
func (u *unpickler) recall(n int) error {
	i, err := u.number(n)
	v, ok := u.memo[i]
	if err == nil && !ok {
		err = fmt.Errorf("value %d of the memo was never put there", i)
	}
	return u.push(v, err)
}

// long reads a whole number of any length; what is beyond 64 bits becomes a
// float64.
func (u *unpickler) long() error {
	n, err := u.number(1)
	if err != nil {
		return err
	}
	b, err := u.take(int(n))
	if err != nil {
		return err
	}
	b = slices.Clone(b)
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 { // two's complement
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if v.IsInt64() && int64(int(v.Int64())) == v.Int64() {
		return u.push(int(v.Int64()), nil)
	}
	f, _ := new(big.Float).SetInt(v).Float64()
	return u.push(f, nil)
}

// bytes reads bytes as they are.
func (u *unpickler) bytes(op byte) error {
	size := 4
	if op == 'C' {
		size = 1
	}
	n, err := u.number(size)
	if err == nil && op > 'C' { // the upper half of a length of eight bytes
		var high uint32
		if high, err = u.number(4); high > 0 {
			n = math.MaxUint32
		}
	}
	if err == nil && int64(n) > int64(len(u.b)-u.at) {
		err = errors.New("cut off inside bytes")
	}
	if err != nil {
		return err
	}
	b, err := u.take(int(n))
	return u.push(pyBytes{b: b}, err)
}

// text reads a text whose length has so many bytes.
func (u *unpickler) text(size int) error {
	n, err := u.number(size)
	if err != nil {
		return err
	}
	if int64(n) > int64(len(u.b)-u.at) {
		return errors.New("cut off inside a text")
	}
	b, err := u.take(int(n))
	if err == nil && !utf8.Valid(b) {
		err = fmt.Errorf("the text %.40q is no UTF-8", b)
	}
	return u.push(string(b), err)
}
