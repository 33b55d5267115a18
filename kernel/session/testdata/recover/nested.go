// Panics in deferred calls, and recover where it is none.
package main

import (
	"fmt"
)

func main() {
	func() {
		defer func() { fmt.Println("3", recover()) }()
		defer func() { defer func() { fmt.Println("2", recover()) }(); panic("second") }()
		defer func() { fmt.Println("1") }()
		panic("first")
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		defer func() { func() { fmt.Println("nested", recover()) }() }()
		panic("x")
	}()
	func() {
		defer func() { fmt.Println("outer", recover()) }()
		defer recover()
		panic("squelched?")
	}()
	for i := range 3 {
		defer fmt.Println("d", i)
	}
}
