package session_test

import (
	"context"
	"fmt"

	"fourmlab/kernel/session"
)

func Example() {
	s, ctx := session.New(), context.Background()
	s.Run(ctx, 1, "x := 20")
	fmt.Println(s.Run(ctx, 2, "x + 1").Values...)
	fmt.Println(s.Run(ctx, 3, "x + y").Err)

	s.Run(ctx, 4, "func f() string { return fmt.Sprint(x) }")
	s.Run(ctx, 5, "x := \"a text\"") // f has been compiled with a number
	fmt.Println(s.Run(ctx, 6, "f() + x").Values...)
	// Output:
	// 21
	// compile error: In [3]:1:5: undefined: y
	// 20a text
}
