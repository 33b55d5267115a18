package checkpoint

// The few classes and functions that a pickle may name, and what they stand
// for.

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// storageTypes are torch's classes of storages and the types of their numbers.
var storageTypes = map[pyClass]string{
	"torch.DoubleStorage": "F64", "torch.FloatStorage": "F32", "torch.HalfStorage": "F16", "torch.BFloat16Storage": "BF16",
	"torch.LongStorage": "I64", "torch.IntStorage": "I32", "torch.ShortStorage": "I16", "torch.CharStorage": "I8",
	"torch.ByteStorage": "U8", "torch.BoolStorage": "BOOL",
}

// The other names that are known.
const (
	orderedDict      pyClass = "collections.OrderedDict"
	namespace        pyClass = "argparse.Namespace"
	torchSize        pyClass = "torch.Size"
	rebuildTensor    pyClass = "torch._utils._rebuild_tensor_v2"
	rebuildTensor3   pyClass = "torch._utils._rebuild_tensor_v3"
	rebuildParameter pyClass = "torch._utils._rebuild_parameter"
	rebuildState     pyClass = "torch._utils._rebuild_parameter_with_state"
	untyped          pyClass = "torch.storage.UntypedStorage"
)

// torchTypes are torch's names of types of numbers; where numbers of that type
// are read, the format's name, else "-".
var torchTypes = map[string]string{
	"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
	"float8_e8m0fnu": "F8_E8M0", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint64": "U64", "uint32": "U32",
	"uint16": "U16", "uint8": "U8", "bool": "BOOL", "complex64": "-", "complex128": "-", "float8_e4m3fnuz": "-", "float8_e5m2fnuz": "-",
	"qint8": "-", "quint8": "-", "qint32": "-",
}

// global pushes a name of the list.
func (u *unpickler) global() error {
	module, err := u.line()
	if err != nil {
		return err
	}
	name, err := u.line()
	if err != nil {
		return err
	}
	return u.known(module, name)
}

// known pushes a name, if it is on the list.
func (u *unpickler) known(module, name string) error {
	c := pyClass(module + "." + name)
	if dtype, ok := strings.CutPrefix(string(c), "torch."); ok && torchTypes[dtype] != "" {
		return u.push(string(c), nil)
	}
	switch c {
	case orderedDict, namespace, torchSize, rebuildTensor, rebuildTensor3, rebuildParameter, rebuildState, untyped:
		return u.push(c, nil)
	}
	if plainClasses[c] != nil {
		return u.push(c, nil)
	}
	if _, ok := storageTypes[c]; ok {
		return u.push(c, nil)
	}
	return fmt.Errorf("it names %q of the module %q; only tensors, plain values and containers are read, and nothing is run", name, module)
}

// construct gives what the call of a class or function stands for.
func construct(class, args any) (any, error) {
	c, ok := class.(pyClass)
	a, tuple := args.(pyTuple)
	if !ok || !tuple {
		return nil, fmt.Errorf("a call of %s with %s", kindOf(class), kindOf(args))
	}
	if make := plainClasses[c]; make != nil {
		if v, ok := make(a); ok {
			return v, nil
		}
	}
	switch c {
	case orderedDict:
		if len(a) == 0 {
			return &pyDict{}, nil
		}
	case namespace:
		if len(a) == 0 {
			return &pyDict{namespace: true}, nil
		}
	case torchSize:
		if len(a) == 1 {
			if t, ok := a[0].(pyTuple); ok {
				return t, nil
			}
		}
	case rebuildParameter, rebuildState: // tensor, requires_grad, hooks[, state]
		if len(a) == 3 || len(a) == 4 && c == rebuildState {
			if e, ok := a[0].(entry); ok {
				return e, nil
			}
		}
	case rebuildTensor: // storage, offset, size, stride, requires_grad, hooks[, metadata]
		if len(a) != 6 && len(a) != 7 {
			break
		}
		s, isStorage := a[0].(pyStorage)
		offset, isInt := a[1].(int)
		shape, err := ints(a[2])
		stride, err2 := ints(a[3])
		if isStorage && isInt && err == nil && err2 == nil && s.dtype != untypedBytes {
			return s.view(offset, shape, stride)
		}
	case rebuildTensor3: // storage, offset, size, stride, requires_grad, hooks, dtype[, metadata]
		if len(a) != 7 && len(a) != 8 {
			break
		}
		s, isStorage := a[0].(pyStorage)
		offset, isInt := a[1].(int)
		shape, err := ints(a[2])
		stride, err2 := ints(a[3])
		name, _ := a[6].(string)
		dtype := torchTypes[strings.TrimPrefix(name, "torch.")]
		if !isStorage || !isInt || err != nil || err2 != nil || dtype == "" {
			break
		}
		size := sizes[dtype]
		if size == 0 {
			return nil, fmt.Errorf("a tensor of %s, which is not read", name)
		}
		if s.dtype == untypedBytes {
			s.count /= size
		} else if sizes[s.dtype] != size {
			break
		}
		s.dtype = dtype
		return s.view(offset, shape, stride)
	}
	return nil, fmt.Errorf("%s of %d arguments of other kinds than torch.save writes", c, len(a))
}

// ints gives a tuple of whole numbers.
func ints(v any) ([]int, error) {
	t, ok := v.(pyTuple)
	out := make([]int, len(t))
	for i, x := range t {
		n, whole := x.(int)
		out[i], ok = n, ok && whole
	}
	if !ok {
		return nil, errors.New("not a tuple of whole numbers")
	}
	return out, nil
}

// maxExpanded is how many numbers a tensor may have that repeats those of its
// storage.
const maxExpanded = 1 << 20

// view gives the tensor that a shape, strides and an offset cut out of a
// storage, all in numbers.
func (s pyStorage) view(offset int, shape, stride []int) (entry, error) {
	e := entry{dtype: s.dtype, shape: shape, at: s.at}
	var ok bool
	if e.count, ok = numbers(shape); !ok || len(shape) != len(stride) || offset < 0 {
		return e, fmt.Errorf("a tensor of shape %v, strides %v and offset %d", clipInts(shape), clipInts(stride), offset)
	}
	if e.count == 0 {
		return e, nil
	}
	last := offset // the number that lies furthest
	for i, n := range shape {
		if stride[i] < 0 || n > 1 && stride[i] > (math.MaxInt-last)/(n-1) {
			return e, fmt.Errorf("a tensor of shape %v and strides %v", clipInts(shape), clipInts(stride))
		}
		last += (n - 1) * stride[i]
	}
	if last >= s.count {
		return e, fmt.Errorf("a tensor of shape %v, strides %v and offset %d in a storage of %d numbers", clipInts(shape), clipInts(stride), offset, s.count)
	}
	if e.count > s.count && e.count > maxExpanded {
		return e, fmt.Errorf("a tensor of shape %v that repeats the %d numbers of its storage", clipInts(shape), s.count)
	}
	size := int64(sizes[s.dtype])
	e.at += int64(offset) * size
	e.size = int64(last-offset+1) * size
	dense := 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] > 1 && stride[i] != dense {
			e.stride = slices.Clone(stride)
		}
		dense *= shape[i]
	}
	return e, nil
}
