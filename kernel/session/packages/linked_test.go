package packages

import (
	"testing"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

// What can be imported instead is said in the words of who has linked it in.
func TestNotLinked(t *testing.T) {
	old := engine.Current()
	defer engine.Link(old)
	for has, want := range map[string]string{
		"":                      "package example.org/none is not linked into this kernel",
		"gonum and a few tools": "package example.org/none is not linked into this kernel (have gonum and a few tools)",
	} {
		linked := old
		linked.Has = has
		engine.Link(linked)
		ctx := ixgo.NewContext(0)
		Use(ctx)
		if _, err := ctx.Importer.Import("example.org/none"); err == nil || err.Error() != want {
			t.Errorf("%v, expected %s", err, want)
		}
	}
}
