package ixgo

// A correction of ssa. It finds the types whose methods reflection may call by
// walking from each type that is put into an interface, and goes through an
// alias to what it stands for; but it has marked that type as seen by then, for
// the two are identical, and ends there. A value of type []T that was declared
// as an alias would have elements without methods: their String, called by fmt,
// would jump to nowhere. So what lies below an alias is put beside the types
// that the walk begins with.

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"
)

var shownTypes, shownTypesErr = findShownTypes()

// findShownTypes tells where a program has the types that it puts into
// interfaces.
func findShownTypes() (uintptr, error) {
	f, ok := reflect.TypeFor[ssa.Program]().FieldByName("makeInterfaceTypes")
	if !ok || f.Type.Kind() != reflect.Map || f.Type.Key() != reflect.TypeFor[types.Type]() || f.Type.Elem().Size() != 0 {
		return 0, fmt.Errorf("ssa.Program has no map makeInterfaceTypes, as x/tools 0.51.0 has")
	}
	return f.Offset, nil
}

// showAliased adds what only an alias leads to.
func showAliased(prog *ssa.Program) error {
	if shownTypesErr != nil {
		return shownTypesErr
	}
	shown := *fieldAt[map[types.Type]struct{}](unsafe.Pointer(prog), shownTypes)
	a := aliasWalk{prog: prog}
	for t := range shown {
		a.visit(t, false)
	}
	for _, t := range a.found {
		shown[t] = struct{}{}
	}
	return nil
}

type aliasWalk struct {
	prog  *ssa.Program
	seen  [2]typeutil.Map // not below an alias, and below one
	found []types.Type
}

func (a *aliasWalk) visit(t types.Type, below bool) {
	seen := &a.seen[0]
	if alias, ok := t.(*types.Alias); ok {
		t, below = types.Unalias(alias), true
	}
	if below {
		seen = &a.seen[1]
	}
	if again, _ := seen.Set(t, true).(bool); again {
		return
	}
	if below {
		a.found = append(a.found, t)
	}
	for m := range a.prog.MethodSets.MethodSet(t).Methods() {
		a.parts(m.Type(), below)
	}
	if named, ok := t.(*types.Named); ok {
		a.visit(types.NewPointer(named), below)
	}
	a.parts(t.Underlying(), below)
}

// parts visits what a type is made of.
func (a *aliasWalk) parts(t types.Type, below bool) {
	switch t := t.(type) {
	case *types.Pointer:
		a.visit(t.Elem(), below)
	case *types.Slice:
		a.visit(t.Elem(), below)
	case *types.Array:
		a.visit(t.Elem(), below)
	case *types.Chan:
		a.visit(t.Elem(), below)
	case *types.Map:
		a.visit(t.Key(), below)
		a.visit(t.Elem(), below)
	case *types.Struct:
		for f := range t.Fields() {
			a.visit(f.Type(), below)
		}
	case *types.Signature:
		if t.TypeParams() == nil {
			for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
				for v := range tuple.Variables() {
					a.visit(v.Type(), below)
				}
			}
		}
	}
}
