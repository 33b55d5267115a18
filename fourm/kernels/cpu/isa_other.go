//go:build !amd64

package cpu

// fastISAs are the instruction sets beside Go: none here.
func fastISAs() []isa { return nil }
