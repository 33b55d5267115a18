package symbols

// What cells have without a package's name: two packages so small that their
// tables are written by hand.

import (
	"go/constant"
	"reflect"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/display/bare"
	"fourmlab/kernel/display/fields"
)

// aliases are the paths by which notebooks of gophernotes import what they have
// anyway.
var aliases = map[string]string{
	"display":                           "fourmlab/kernel/display",
	"github.com/gopherdata/gophernotes": "fourmlab/kernel/display",
}

// dots are their paths.
var dots = []string{"fourmlab/kernel/display/bare", "fourmlab/kernel/display/fields"}

func init() {
	names := map[string]any{"Data": fields.Data, "Metadata": fields.Metadata, "Transient": fields.Transient}
	consts, values := map[string]ixgo.UntypedConst{}, map[string]reflect.Value{}
	for name, v := range names {
		consts[name] = ixgo.UntypedConst{Typ: "untyped string", Value: constant.MakeString(v.(string))}
		values[name] = reflect.ValueOf(v)
	}
	show := map[string]reflect.Value{"Display": reflect.ValueOf(bare.Display)}
	ixgo.RegisterPackage(&ixgo.Package{Name: "bare", Path: dots[0], Deps: map[string]string{}, Funcs: show})
	ixgo.RegisterPackage(&ixgo.Package{Name: "fields", Path: dots[1], Deps: map[string]string{}, UntypedConsts: consts})
	Symbols[dots[0]+"/bare"], Symbols[dots[1]+"/fields"] = show, values
}
