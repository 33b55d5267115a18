// Methods that are deferred in every way, and whether recover sees the panic.
package main

import (
	"fmt"
	"sync"
)

type R interface{ Rec() }
type C struct{ n int }

func (c C) Rec()   { fmt.Print("C", c.n, " ", recover(), "; ") }
func (c *C) PRec() { fmt.Print("P", c.n, " ", recover(), "; ") }

type Emb struct{ R }
type Ptr struct{ *C }
type Deep struct{ Emb }
type Fn func(string)

func (f Fn) Rec() { f(fmt.Sprint(recover())) }

type Int int

func (i Int) Rec() { fmt.Print("Int", i, " ", recover(), "; ") }

type RR interface {
	R
	Other()
}

func (i Int) Other() {}

type Holder struct {
	f func()
	r R
	m map[string]func()
}
type G[T any] struct{ v T }

func (g G[T]) Rec()       { fmt.Print("G", g.v, " ", recover(), "; ") }
func GRec[T any](x T)     { fmt.Print("GF", x, " ", recover(), "; ") }
func named(s string)      { fmt.Print("named ", s, recover(), "; ") }
func multi() (int, error) { fmt.Print("multi ", recover(), "; "); return 1, nil }
func indirect()           { named("indirect") }
func variadic(xs ...any)  { fmt.Print(len(xs), recover(), "; ") }

type Sl []int

func (s Sl) Rec() { fmt.Print("Sl", s, " ", recover(), "; ") }

type Big struct{ a, b, c, d, e int }

func (b Big) Rec() { fmt.Print("Big", b, " ", recover(), "; ") }

func try(name string, f func()) {
	defer func() { fmt.Println(name, "outer", recover()) }()
	f()
}

func main() {
	try("embedded interface", func() { defer Emb{C{1}}.Rec(); panic(1) })
	try("embedded interface in interface", func() { var r R = Emb{&C{2}}; defer r.Rec(); panic(2) })
	try("deep", func() { var r R = &Deep{Emb{Int(3)}}; defer r.Rec(); panic(3) })
	try("embedded pointer", func() { defer Ptr{&C{4}}.Rec(); panic(4) })
	try("embedded pointer iface", func() { var r R = Ptr{&C{5}}; defer r.Rec(); panic(5) })
	try("ptr method", func() { c := &C{6}; defer c.PRec(); panic(6) })
	try("ptr method promoted", func() { p := Ptr{&C{7}}; defer p.PRec(); panic(7) })
	try("ptr method value", func() { c := C{8}; f := c.PRec; defer f(); panic(8) })
	try("fn", func() { var r R = Fn(func(s string) { fmt.Print("fn ", s, "; ") }); defer r.Rec(); panic(9) })
	try("int iface", func() { var r RR = Int(10); defer r.Rec(); panic(10) })
	try("iface conv", func() { var rr RR = Int(11); var r R = rr; defer r.Rec(); panic(11) })
	try("iface method expr", func() { f := R.Rec; defer f(C{12}); panic(12) })
	try("rr method expr", func() { defer RR.Rec(Int(13)); panic(13) })
	try("ptr method expr", func() { defer (*C).PRec(&C{14}); panic(14) })
	try("ptr type method expr of value method", func() { defer (*C).Rec(&C{15}); panic(15) })
	try("field func", func() { h := Holder{f: func() { fmt.Print("ff ", recover(), "; ") }}; defer h.f(); panic(16) })
	try("field iface", func() { h := &Holder{r: Int(17)}; defer h.r.Rec(); panic(17) })
	try("map func", func() { h := Holder{m: map[string]func(){"a": C{18}.Rec}}; defer h.m["a"](); panic(18) })
	try("generic", func() { defer G[string]{"x"}.Rec(); panic(19) })
	try("generic iface", func() { var r R = G[Int]{20}; defer r.Rec(); panic(20) })
	try("generic ptr iface", func() { var r R = &G[float64]{2.5}; defer r.Rec(); panic(21) })
	try("generic func", func() { defer GRec(22); panic(22) })
	try("generic func value", func() { f := GRec[string]; defer f("s"); panic(23) })
	try("named", func() { defer named("n"); panic(24) })
	try("multi", func() { defer multi(); panic(25) })
	try("indirect", func() { defer indirect(); panic(26) })
	try("variadic", func() { defer variadic(1, 2); panic(27) })
	try("variadic spread", func() { defer variadic([]any{1, 2, 3}...); panic(28) })
	try("slice", func() { var r R = Sl{1, 2}; defer r.Rec(); panic(29) })
	try("big", func() { var r R = Big{1, 2, 3, 4, 5}; defer r.Rec(); panic(30) })
	try("big ptr", func() { var r R = &Big{1, 2, 3, 4, 5}; f := r.Rec; defer f(); panic(31) })
	try("closure calls", func() { defer func() { C{32}.Rec() }(); panic(32) })
	try("closure calls iface", func() { defer func() { var r R = C{33}; r.Rec() }(); panic(33) })
	try("loop", func() {
		for i := range 3 {
			defer Int(i).Rec()
		}
		panic(34)
	})
	try("once", func() { var o sync.Once; defer o.Do(C{35}.Rec); panic(35) })
	try("func returning func", func() { defer func() func() { fmt.Print("made "); return C{36}.Rec }()(); panic(36) })
	try("goroutine", func() {
		d := make(chan int)
		go func() { defer close(d); var r R = &C{37}; defer r.Rec(); panic(37) }()
		<-d
	})
	try("nested", func() {
		defer func() {
			defer Emb{Int(38)}.Rec()
			panic("inner")
		}()
		panic("outer one")
	})
	try("nil iface", func() { var r R; defer r.Rec(); panic(39) })
	try("nil ptr", func() { var c *C; defer c.Rec(); panic(40) })
	try("nil func", func() { var f func(); defer f(); panic(41) })
	type local struct{ C }
	try("local", func() { var r R = local{C{42}}; defer r.Rec(); panic(42) })
	try("anonymous struct", func() { var r R = struct{ C }{C{43}}; defer r.Rec(); panic(43) })
	try("ptr anonymous struct", func() { var r R = &struct{ *C }{&C{44}}; defer r.Rec(); panic(44) })
	var rs []R = []R{C{45}, &C{46}, Int(47)}
	for _, r := range rs {
		try("slice of iface", func() { defer r.Rec(); panic("s") })
	}
}
