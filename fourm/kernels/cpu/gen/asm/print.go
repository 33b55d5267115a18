package asm

// Printing for Go's assembler, and the declarations in Go.

import (
	"fmt"
	"io"
	"strings"
)

// Signature is the kernel's declaration in Go.
func (k *Kernel) Signature() string {
	var s strings.Builder
	for i, p := range k.Params {
		name, kind := split(p)
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(name)
		// parameters of one type that follow each other share it
		if last := i+1 == len(k.Params); !last {
			if _, next := split(k.Params[i+1]); next == kind {
				continue
			}
		}
		s.WriteString(" " + kind)
	}
	return fmt.Sprintf("func %s(%s)", k.Name, s.String())
}

// split gives the name and the Go type of a parameter.
func split(param string) (name, kind string) {
	if name, kind, ok := strings.Cut(param, " "); ok {
		return name, kind
	}
	if name, ok := strings.CutSuffix(param, "*"); ok {
		return name, "unsafe.Pointer"
	}
	return param, "uintptr"
}

// Declare writes the declaration.
func (k *Kernel) Declare(w io.Writer) {
	fmt.Fprintf(w, "\n// %s %s\n//\n//go:noescape\n%s\n", k.Name, k.Doc, k.Signature())
}

// Print writes the text that Go's assembler reads.
func (k *Kernel) Print(w io.Writer) {
	fmt.Fprintf(w, "\n// %s\nTEXT ·%s(SB), NOSPLIT, $%d-%d\n", k.Signature(), k.Name, 8*len(k.Locals), 8*len(k.Params))
	for _, in := range k.Code {
		if in.Label != "" {
			fmt.Fprintf(w, "%s:\n", in.Label)
			continue
		}
		fmt.Fprintf(w, "\t%v\n", in)
	}
}
