// Methods that reflection gives, deferred.
package main

import (
	"fmt"
	"reflect"
	"sync"
)

type R interface{ Rec() }
type C struct{ n int }

func (c C) Rec()           { fmt.Print("C", c.n, " ", recover(), "; ") }
func (c *C) PRec(s string) { fmt.Print("P", c.n, s, " ", recover(), "; ") }
func (c C) None()          { fmt.Print("none; ") }

type Emb struct{ *C }

func try(name string, f func()) {
	defer func() { fmt.Println(name, "outer", recover()) }()
	f()
}

func main() {
	try("reflect method value", func() { f := reflect.ValueOf(C{1}).MethodByName("Rec").Interface().(func()); defer f(); panic(1) })
	try("reflect ptr", func() {
		f := reflect.ValueOf(&C{2}).MethodByName("PRec").Interface().(func(string))
		defer f("x")
		panic(2)
	})
	try("reflect promoted", func() { f := reflect.ValueOf(Emb{&C{3}}).Method(2).Interface().(func()); defer f(); panic(3) })
	try("reflect iface", func() {
		var r R = C{4}
		f := reflect.ValueOf(&r).Elem().Method(0).Interface().(func())
		defer f()
		panic(4)
	})
	try("reflect none", func() { f := reflect.ValueOf(C{5}).MethodByName("None").Interface().(func()); defer f(); panic(5) })
	try("reflect call", func() { defer reflect.ValueOf(C{6}).MethodByName("Rec").Call(nil); panic(6) })
	try("compiled method value", func() {
		var mu sync.Mutex
		mu.Lock()
		f := reflect.ValueOf(&mu).MethodByName("Unlock").Interface().(func())
		defer f()
		panic(7)
	})
	try("no panic", func() { f := reflect.ValueOf(C{8}).MethodByName("Rec").Interface().(func()); defer f() })
	try("called in deferred", func() {
		f := reflect.ValueOf(C{9}).MethodByName("Rec").Interface().(func())
		defer func() { f() }()
		panic(9)
	})
}
