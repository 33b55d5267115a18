// What the runtime panics with, and what kind of value that is.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	for i, f := range []func(){
		func() { var xs []int; _ = xs[2] },
		func() { xs := make([]int, 3); i := 5; _ = xs[1:i] },
		func() { a, b := 1, 0; fmt.Println(a / b) },
		func() { var p *struct{ A int }; fmt.Println(p.A) },
		func() { var a any = 3; fmt.Println(a.(string)) },
		func() { var a any; fmt.Println(a.(fmt.Stringer)) },
		func() { c := make(chan int); close(c); close(c) },
		func() { var c chan int; close(c) },
		func() { c := make(chan int, 1); close(c); c <- 1 },
		func() { n := -1; _ = make([]int, n) },
		func() { var f func(); f() },
		func() { m := map[any]int{}; m[[]int{1}] = 2 },
		func() { var a, b any = []int{1}, []int{1}; fmt.Println(a == b) },
		func() { xs := []int{1, 2}; _ = [4]int(xs) },
		func() { s := "abc"; n := 7; fmt.Println(s[n]) },
		func() { s := "abc"; n := 7; fmt.Println(s[n:]) },
		func() { var e error; fmt.Println(e.Error()) },
		func() { n := -3; fmt.Println(1 << n) },
		func() { xs := []int{1, 2, 3}; i, j := 2, 1; fmt.Println(xs[i:j]) },
	} {
		func() {
			defer func() {
				r := recover()
				_, ok := r.(runtime.Error)
				_, isErr := r.(error)
				fmt.Println(i, r, ok, isErr)
			}()
			f()
		}()
	}
}
