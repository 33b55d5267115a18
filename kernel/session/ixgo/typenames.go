package ixgo

// The names of generic types with their arguments, as %T shows them. The
// interpreter writes the arguments of the function that first made such a type
// into its name as well (main.Opt[int;int]), and forgets the numbers of types
// that are local to functions where a pointer or another type leads to them.
// Here the names are written as the compiler writes them, before the program
// runs.

import (
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/goplus/ixgo"
	"github.com/goplus/reflectx"
)

// nameBytes is a name as reflection keeps it.
type nameBytes struct{ _ *byte }

//go:linkname newName github.com/goplus/reflectx.newName
func newName(n, tag string, exported bool) nameBytes

//go:linkname resolveName github.com/goplus/reflectx.resolveReflectName
func resolveName(n nameBytes) int32

// typeHead is how the runtime keeps a type.
type typeHead struct {
	size, pointers            uintptr
	hash                      uint32
	flags, align, field, sort uint8
	equal                     func(unsafe.Pointer, unsafe.Pointer) bool
	data                      *byte
	text, pointer             int32
}

const extraStar = 1 << 1 // the text has a star before the name

// headKnown tells whether the runtime keeps types as they are written here.
var headKnown = func() bool {
	t := reflect.TypeFor[*int32]()
	h := (*typeHead)(TypeWord(t))
	return h.size == t.Size() && h.sort&31 == uint8(reflect.Pointer) && h.align == uint8(t.Align())
}()

// namer knows the types of a program.
type namer struct {
	types   Types
	numbers map[token.Pos]int // of types within functions
}

// NameTypes puts the names of a program's types right.
func NameTypes(ctx *ixgo.Context, in *ixgo.Interp) {
	table := localTable(ctx)
	if unknown != nil || !headKnown || table == nil {
		return
	}
	n := &namer{types: TypesOf(in), numbers: map[token.Pos]int{}}
	for t, i := range *table {
		n.numbers[t.Obj().Pos()] = i
	}
	var named []reflect.Type
	for t, rt := range n.types {
		if x, ok := t.(*types.Named); ok && rt != nil && x.TypeArgs().Len() > 0 && rt.PkgPath() == "main" && n.numbers[x.Obj().Pos()] == 0 {
			if name := n.name(x); name != rt.Name() && name != "" {
				reflectx.SetTypeName(rt, "main", name)
			}
			named = append(named, rt)
		}
	}
	for _, rt := range named {
		rewrite(reflect.PointerTo(rt))
	}
	for _, rt := range n.types {
		if rt != nil {
			rewrite(rt)
		}
	}
}

// name is that of a type with arguments.
func (n *namer) name(t *types.Named) string {
	var args []string
	for i := range t.TypeArgs().Len() {
		arg := n.argument(t.TypeArgs().At(i))
		if arg == "" {
			return ""
		}
		args = append(args, arg)
	}
	return t.Obj().Name() + "[" + strings.Join(args, ",") + "]"
}

// argument is how a type is written as an argument of another, or "" where
// that is not known.
func (n *namer) argument(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() < types.Typ[types.UntypedBool].Kind() {
			return types.Typ[t.Kind()].Name()
		}
	case *types.Pointer:
		return n.prefixed("*", t.Elem())
	case *types.Slice:
		return n.prefixed("[]", t.Elem())
	case *types.Array:
		return n.prefixed("["+strconv.FormatInt(t.Len(), 10)+"]", t.Elem())
	case *types.Map:
		if key := n.argument(t.Key()); key != "" {
			return n.prefixed("map["+key+"]", t.Elem())
		}
	case *types.Named:
		rt := n.types[t]
		if rt == nil || rt.Name() == "" {
			break
		}
		name := rt.Name()
		if t.TypeArgs().Len() > 0 && rt.PkgPath() == "main" && n.numbers[t.Obj().Pos()] == 0 {
			if name = n.name(t); name == "" {
				return ""
			}
		}
		if rt.PkgPath() != "" {
			name = rt.PkgPath() + "." + name
		}
		if i := n.numbers[t.Obj().Pos()]; i > 0 {
			name += "·" + strconv.Itoa(i)
		}
		return name
	default:
		if rt := n.types[t]; rt != nil && rt.Name() == "" {
			return rt.String()
		}
	}
	return ""
}

func (n *namer) prefixed(prefix string, elem types.Type) string {
	if s := n.argument(elem); s != "" {
		return prefix + s
	}
	return ""
}

// rewrite puts the text of a type without a name right that leads to others.
func rewrite(rt reflect.Type) {
	text := rt.String()
	if rt.Name() != "" || !strings.Contains(text, "main.") {
		return
	}
	switch rt.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		rewrite(rt.Elem())
	case reflect.Map:
		rewrite(rt.Key())
		rewrite(rt.Elem())
	}
	var right string
	switch rt.Kind() {
	case reflect.Pointer:
		right = "*" + rt.Elem().String()
	case reflect.Slice:
		right = "[]" + rt.Elem().String()
	case reflect.Array:
		right = "[" + strconv.Itoa(rt.Len()) + "]" + rt.Elem().String()
	case reflect.Map:
		right = "map[" + rt.Key().String() + "]" + rt.Elem().String()
	default:
		return
	}
	if right != text {
		h := (*typeHead)(TypeWord(rt))
		h.text, h.flags = resolveName(newName("*"+right, "", false)), h.flags|extraStar
	}
}
