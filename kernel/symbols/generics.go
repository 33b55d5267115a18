package symbols

// Generic functions of packages that are bound as compiled: reflect cannot
// hold them, so they are source here, in terms of what it can. ixgo has most
// of them; these it lacks.

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"hash"
	"hash/maphash"

	"github.com/goplus/ixgo"
)

func init() {
	for path, source := range map[string]string{
		"errors": `package errors

import "errors"

func AsType[E error](err error) (E, bool) {
	var e E
	ok := errors.As(err, &e)
	return e, ok
}
`,
		"reflect": `package reflect

import "reflect"

func TypeAssert[T any](v reflect.Value) (T, bool) {
	x, ok := v.Interface().(T)
	return x, ok
}
`,
		"crypto/hkdf": `package hkdf

import (
	"hash"
	_ "unsafe"
)

//go:linkname extract crypto/hkdf.extract
func extract(h func() hash.Hash, secret, salt []byte) ([]byte, error)

//go:linkname expand crypto/hkdf.expand
func expand(h func() hash.Hash, key []byte, info string, n int) ([]byte, error)

//go:linkname key crypto/hkdf.key
func key(h func() hash.Hash, secret, salt []byte, info string, n int) ([]byte, error)

func Extract[H hash.Hash](h func() H, secret, salt []byte) ([]byte, error) {
	return extract(func() hash.Hash { return h() }, secret, salt)
}

func Expand[H hash.Hash](h func() H, pseudorandomKey []byte, info string, keyLength int) ([]byte, error) {
	return expand(func() hash.Hash { return h() }, pseudorandomKey, info, keyLength)
}

func Key[Hash hash.Hash](h func() Hash, secret, salt []byte, info string, keyLength int) ([]byte, error) {
	return key(func() hash.Hash { return h() }, secret, salt, info, keyLength)
}
`,
		"crypto/pbkdf2": `package pbkdf2

import (
	"hash"
	_ "unsafe"
)

//go:linkname key crypto/pbkdf2.key
func key(h func() hash.Hash, password string, salt []byte, iter, n int) ([]byte, error)

func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return key(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
`,
		"hash/maphash": `package maphash

import (
	"hash/maphash"
	_ "unsafe"
)

//go:linkname compare hash/maphash.compare
func compare(seed maphash.Seed, v any) uint64

//go:linkname writeComparable hash/maphash.writeComparable
func writeComparable(h *maphash.Hash, x any)

func Comparable[T comparable](seed maphash.Seed, v T) uint64 { return compare(seed, v) }

func WriteComparable[T comparable](h *maphash.Hash, x T) { writeComparable(h, x) }
`,
	} {
		ixgo.RegisterPatch(path, []byte(source))
	}
	ixgo.RegisterExternal("crypto/hkdf.extract", hkdf.Extract[hash.Hash])
	ixgo.RegisterExternal("crypto/hkdf.expand", hkdf.Expand[hash.Hash])
	ixgo.RegisterExternal("crypto/hkdf.key", hkdf.Key[hash.Hash])
	ixgo.RegisterExternal("crypto/pbkdf2.key", pbkdf2.Key[hash.Hash])
	ixgo.RegisterExternal("hash/maphash.compare", maphash.Comparable[any])
	ixgo.RegisterExternal("hash/maphash.writeComparable", maphash.WriteComparable[any])
}
