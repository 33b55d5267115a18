package ixgo

// Which interpreter this package knows, and what is said where it is another.

import (
	"fmt"
	"runtime/debug"
)

const (
	interpreter = "github.com/goplus/ixgo"
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

// Warning is that as a sentence for the person, or "".
func Warning() string {
	if unknown == nil {
		return ""
	}
	return unknown.Error() + ": code runs slowly here, and what does not end by itself cannot be stopped"
}

// versionIn looks for the interpreter among the modules of a program. Where
// they are not listed, as in test programs, the fields alone have to tell.
func versionIn(info *debug.BuildInfo) error {
	for _, m := range info.Deps {
		if m.Path != interpreter {
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
