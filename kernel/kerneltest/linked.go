package kerneltest

// What the cells of tests can import.

import (
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/goplus/ixgo"
	"github.com/traefik/yaegi/stdlib"

	_ "github.com/goplus/ixgo/pkg" // the standard library for the cells of the tests

	"fourmlab/internal/show"
	"fourmlab/kernel/display"
	"fourmlab/kernel/engine"
)

// demo is a linked package with one long call that shows its progress.
func init() {
	var host engine.Host
	ixgo.RegisterPackage(&ixgo.Package{
		Name: "demo", Path: "lab/demo", Deps: map[string]string{},
		Interfaces: map[string]reflect.Type{}, NamedTypes: map[string]reflect.Type{}, AliasTypes: map[string]reflect.Type{}, Vars: map[string]reflect.Value{},
		TypedConsts: map[string]ixgo.TypedConst{}, UntypedConsts: map[string]ixgo.UntypedConst{},
		Funcs: map[string]reflect.Value{"Train": reflect.ValueOf(func(steps int) int {
			id := host.Show(map[string]any{"text/plain": "step 0", "image/png": []byte("png")})
			for i := range steps {
				if host.Interrupted() {
					return i
				}
				time.Sleep(10 * time.Millisecond)
				host.Update(id, map[string]any{"text/plain": fmt.Sprint("step ", i+1)})
			}
			return steps
		})},
	})
	engine.Link(engine.Linked{
		Prelude: []string{"lab/demo", "fourmlab/kernel/display"},
		Yaegi:   bindDisplay(),
		SetHost: func(h engine.Host) { host = h; show.SetHost(h) },
	})
}

// bindDisplay makes package display known to both interpreters, as the
// generated tables do, which the kernel itself cannot import.
func bindDisplay() map[string]map[string]reflect.Value {
	const path = "fourmlab/kernel/display"
	funcs := map[string]any{
		"Show": display.Show, "Of": display.Of, "Clear": display.Clear, "Progress": display.Progress, "Input": display.Input, "Password": display.Password,
		"OnComm": display.OnComm, "OpenComm": display.OpenComm, "HTML": display.HTML, "Markdown": display.Markdown, "Latex": display.Latex,
		"SVG": display.SVG, "PNG": display.PNG, "JPEG": display.JPEG, "JSON": display.JSON, "JavaScript": display.JavaScript,
	}
	p := &ixgo.Package{
		Name: "display", Path: path, Deps: map[string]string{},
		Interfaces: map[string]reflect.Type{}, AliasTypes: map[string]reflect.Type{}, Vars: map[string]reflect.Value{},
		TypedConsts: map[string]ixgo.TypedConst{}, UntypedConsts: map[string]ixgo.UntypedConst{},
		Funcs: map[string]reflect.Value{},
		NamedTypes: map[string]reflect.Type{
			"Handle": reflect.TypeFor[display.Handle](), "Bar": reflect.TypeFor[display.Bar](),
			"Comm": reflect.TypeFor[display.Comm](), "Data": reflect.TypeFor[display.Data](),
		},
	}
	names := map[string]reflect.Value{}
	for name, f := range funcs {
		p.Funcs[name], names[name] = reflect.ValueOf(f), reflect.ValueOf(f)
	}
	for name, t := range p.NamedTypes {
		names[name] = reflect.Zero(reflect.PointerTo(t))
	}
	ixgo.RegisterPackage(p)
	tables := maps.Clone(stdlib.Symbols)
	tables[path+"/display"] = names
	return tables
}
