package assist

// What is asked of who knows what cells have declared.

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// Scope is what the cell that is being typed can name: what earlier cells have
// declared and imported, and what can be imported. It is asked by one goroutine
// at a time, and only read.
type Scope interface {
	// Names lists all names that have a meaning, in any order.
	Names() []string
	// Lookup gives what a name means, if it means anything.
	Lookup(name string) (m Meaning, ok bool)
	// Dots lists the packages whose names need no package before them.
	Dots() []Meaning
	// Knows tells whether an object is one that Lookup gives.
	Knows(o types.Object) bool
	// Declaration gives how a name was declared, or a method of the type of that
	// name; ok is false for packages and for names without a meaning.
	Declaration(name, method string) (d Declaration, ok bool)
	// Import gives a package that can be imported.
	Import(path string) (*types.Package, error)
	// Importable lists the paths of those that are there.
	Importable() []string
	// WaitFor waits until the packages that the file imports stay as they are:
	// checkers do not lock them.
	WaitFor(f *ast.File)
}

// Meaning is what a name means: a package with its path, or an object, which is
// nil where nobody could find out what it is.
type Meaning struct {
	Path    string
	Package *types.Package
	Object  types.Object
}

// Declaration is where a name comes from.
type Declaration struct {
	Cell    int           // its number, 0 where it comes from none
	Source  string        // as it was typed; "" for variables
	Comment string        // above it, without slashes
	Value   reflect.Value // of a variable; the zero Value where it has none
}

// packageName gives a package that was imported as an object, or nil.
func packageName(s Scope, name string) types.Object {
	if m, ok := s.Lookup(name); ok && m.Package != nil {
		return types.NewPkgName(token.NoPos, nil, name, m.Package)
	}
	return nil
}
