// Package symbols links the lab's packages into the interpreters. Its tables
// (files z_*.go) are generated: one for ixgo, which runs cells and from which
// gophernotes' tables are copied, and one for yaegi, which runs scripts, for
// each package; z_docs.zip and z_docs_lab.zip are the documentation. A table of
// ixgo's is filled when its package is first imported. Package symbols is the
// one package of the kernel that knows what the lab computes; a program that
// imports it for its side effects has everything:
//
//	import _ "fourmlab/kernel/symbols"
//
// After an exported name was added anywhere below:
//
//	go run ./kernel/symbols/gen -lab
package symbols

//go:generate go run ./gen

import (
	"fmt"
	"os"
	"reflect"
	"runtime"

	_ "github.com/goplus/ixgo/pkg" // the standard library, for cells
	"github.com/traefik/yaegi/stdlib"

	"fourmlab/fourm"
	"fourmlab/kernel/display"
	"fourmlab/kernel/engine"
)

// Symbols are yaegi's tables of the lab's packages; the generated files fill
// it, the standard library is added at start.
var Symbols = map[string]map[string]reflect.Value{}

func init() {
	// The generated files' init functions run after this one and fill the
	// same map.
	for path, names := range stdlib.Symbols {
		Symbols[path] = names
	}
	engine.Link(engine.Linked{
		Prelude: prelude,
		Dots:    dots,
		Aliases: aliases,
		Yaegi:   Symbols,
		Docs:    documentation,
		Has:     "the standard library, fourm, viz, datasets, gonum, gorgonia, plot and x/image",
		Lab:     "fourm, viz and datasets",
		Line:    display.Line,
		SetHost: func(h engine.Host) { fourm.SetHost(h) },
		Commands: []engine.Command{{
			Name: "device", Args: "[NAME]", About: "say what models run on, or choose it", Run: device,
		}},
	})
}

// device chooses where models run, for this process, and says what that is.
func device(name string) (any, error) {
	if name == "" {
		name = os.Getenv("FOURM_DEVICE")
	}
	if err := fourm.CheckDevice(name); err != nil {
		return nil, err
	}
	if err := os.Setenv("FOURM_DEVICE", name); err != nil {
		return nil, err
	}
	if name == "" {
		name = "cpu"
	}
	return fmt.Sprintf("%s (%d threads)", name, runtime.GOMAXPROCS(0)), nil
}
