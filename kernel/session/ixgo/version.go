package ixgo

// Which interpreter this package knows. What it reaches for has no accessors:
// fields of the interpreter's structs, functions that are not exported, and
// the way a compiler laid them out. It is looked up by name and type, once; and
// the version that the program was built with has to be the one whose source
// was read for it.

import (
	"fmt"
	"runtime/debug"
)

const (
	modulePathIxgo = "github.com/goplus/ixgo"
	// Version is the one of ixgo that this package knows; go.mod requires it.
	Version = "v1.1.1"
)

// unknown says what is not as this package knows it, or is nil.
var unknown = func() error {
	if info, ok := debug.ReadBuildInfo(); ok {
		if err := versionIn(info); err != nil {
			return err
		}
	}
	return fieldsErr
}()

// Unknown says in what the interpreter is another one than this package knows,
// or gives nil. Then programs are run as that interpreter runs them: they
// cannot be stopped, nothing in them is corrected, and nothing is quick.
func Unknown() error { return unknown }

// versionIn looks for the interpreter among the modules of a program. Where
// they are not listed, as in test programs, the fields alone have to tell.
func versionIn(info *debug.BuildInfo) error {
	for _, m := range info.Deps {
		if m.Path != modulePathIxgo {
			continue
		}
		if m.Replace != nil {
			return fmt.Errorf("ixgo is replaced by %s %s, and %s is known here", m.Replace.Path, m.Replace.Version, Version)
		}
		if m.Version != Version {
			return fmt.Errorf("ixgo is %s, and %s is known here", m.Version, Version)
		}
	}
	return nil
}
