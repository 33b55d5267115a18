package ixgo

// Types that are declared within functions have numbers, which the names of
// generic types show that have them as arguments: main.Stack[main.Local·1].
// The compiler counts them from 1 in the order of the text. The interpreter
// counts variables of such types as well, in scripts, and nothing in cells.

import (
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"github.com/goplus/ixgo"
)

// NumberLocals gives the types of the next program that are local to functions
// their numbers: those that info holds, or where there is none those that the
// interpreter has found. The table is a new one, for goroutines of earlier
// programs go on reading theirs. A context without the table numbers as it does.
func NumberLocals(ctx *ixgo.Context, info *types.Info) {
	table := localTable(ctx)
	if table == nil || unknown != nil {
		return
	}
	var list []*types.Named
	if info != nil {
		list = localTypes(info)
	} else {
		for t := range *table {
			list = append(list, t)
		}
	}
	list = slices.DeleteFunc(list, func(t *types.Named) bool {
		o := t.Obj()
		return o.Pkg() == nil || o.Parent() == nil || o.Parent() == o.Pkg().Scope() || t.Origin() != t
	})
	slices.SortFunc(list, func(a, b *types.Named) int { return int(a.Obj().Pos()) - int(b.Obj().Pos()) })
	numbers := make(map[*types.Named]int, len(list))
	for i, t := range list {
		numbers[t] = i + 1
	}
	*table = numbers
}

// localTable is where the interpreter keeps them, nil where it does not.
func localTable(ctx *ixgo.Context) *map[*types.Named]int {
	f := reflect.ValueOf(ctx).Elem().FieldByName("nestedMap")
	if !f.IsValid() || f.Type() != reflect.TypeFor[map[*types.Named]int]() {
		return nil
	}
	return (*map[*types.Named]int)(unsafe.Pointer(f.UnsafeAddr()))
}

// localTypes lists the types that are declared within functions.
func localTypes(info *types.Info) (out []*types.Named) {
	for _, obj := range info.Defs {
		if o, ok := obj.(*types.TypeName); ok && !o.IsAlias() && o.Parent() != o.Pkg().Scope() {
			if t, ok := o.Type().(*types.Named); ok {
				out = append(out, t)
			}
		}
	}
	return out
}
