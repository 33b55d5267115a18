package ixgo

import "testing"

// Pretend makes the interpreter one that this package does not know, until the
// test ends.
func Pretend(t *testing.T, why error) {
	old := unknown
	unknown = why
	t.Cleanup(func() { unknown = old })
}
