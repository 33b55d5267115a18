// Package gophernotes makes the lab's packages known to gophernotes, the
// other Go kernel for Jupyter, which runs cells on gomacro: older Go, quick
// loops. It is built from its own unchanged release, as a second binary,
// beside a file of ours (main.go.txt) and with one line added where a cell
// begins, so that long calls can show their progress:
//
//	go run ./kernel/gophernotes/overlay >build/overlay.json
//	go build -overlay build/overlay.json -o bin/gophernotes ./build/gophernotes
//
// Nothing of gophernotes' source is kept here: the command overlay reads it
// from the module cache.
package gophernotes

import (
	"go/constant"
	r "reflect"
	"strings"

	"github.com/cosmos72/gomacro/imports"
	"github.com/goplus/ixgo"

	_ "fourmlab/kernel/symbols" // the tables to copy
)

// Bind copies the tables of the lab's packages, and of those it computes and
// plots with, from ixgo's registry into gomacro's. Generic functions are in
// neither.
func Bind() {
	for _, path := range ixgo.PackageList() {
		if strings.HasPrefix(path, "fourmlab/") || strings.HasPrefix(path, "gonum.org/") {
			p, _ := ixgo.LookupPackage(path)
			imports.Packages[path] = table(p)
		}
	}
}

func table(p *ixgo.Package) imports.Package {
	out := imports.Package{
		Name:     p.Name,
		Binds:    map[string]r.Value{},
		Types:    map[string]r.Type{},
		Proxies:  proxies[p.Path],
		Untypeds: map[string]string{},
		Wrappers: map[string][]string{},
	}
	for k, v := range p.Funcs {
		out.Binds[k] = v
	}
	for k, v := range p.Vars {
		out.Binds[k] = v.Elem()
	}
	for k, c := range p.TypedConsts {
		if v, ok := plain(c.Value); ok && v.CanConvert(c.Typ) {
			out.Binds[k] = v.Convert(c.Typ)
		}
	}
	for k, c := range p.UntypedConsts {
		if v, ok := plain(c.Value); ok {
			out.Binds[k] = v
			out.Untypeds[k] = untyped(c.Value)
		}
	}
	for _, m := range []map[string]r.Type{p.Interfaces, p.NamedTypes, p.AliasTypes} {
		for k, t := range m {
			out.Types[k] = t
		}
	}
	return out
}

// plain is a constant as a Go value of its default type.
func plain(c constant.Value) (r.Value, bool) {
	switch c.Kind() {
	case constant.Bool:
		return r.ValueOf(constant.BoolVal(c)), true
	case constant.String:
		return r.ValueOf(constant.StringVal(c)), true
	case constant.Int:
		if n, exact := constant.Int64Val(c); exact {
			return r.ValueOf(int(n)), true
		}
	case constant.Float:
		f, _ := constant.Float64Val(c)
		return r.ValueOf(f), true
	}
	return r.Value{}, false
}

// untyped is gomacro's way of writing a constant down.
func untyped(c constant.Value) string {
	switch c.Kind() {
	case constant.Bool:
		return "bool:" + c.ExactString()
	case constant.String:
		return "string:" + constant.StringVal(c)
	case constant.Int:
		return "int:" + c.ExactString()
	}
	return "float:" + c.ExactString()
}
