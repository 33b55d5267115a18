package checkpoint

// The few classes and functions that a pickle may name, and what they stand
// for.

import (
	"errors"
	"fmt"
	"math"
	"slices"
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
	rebuildParameter pyClass = "torch._utils._rebuild_parameter"
)

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
	c := pyClass(module + "." + name)
	switch c {
	case orderedDict, namespace, torchSize, rebuildTensor, rebuildParameter:
		return u.push(c, nil)
	}
	if _, ok := storageTypes[c]; ok {
		return u.push(c, nil)
	}
	return fmt.Errorf("it names %q of the module %q; only tensors, plain containers and argparse.Namespace are read, and nothing is run", name, module)
}

// construct gives what the call of a class or function stands for.
func construct(class, args any) (any, error) {
	c, ok := class.(pyClass)
	a, tuple := args.(pyTuple)
	if !ok || !tuple {
		return nil, fmt.Errorf("a call of %s with %s", kindOf(class), kindOf(args))
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
	case rebuildParameter: // tensor, requires_grad, hooks
		if len(a) == 3 {
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
		if isStorage && isInt && err == nil && err2 == nil {
			return s.view(offset, shape, stride)
		}
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
