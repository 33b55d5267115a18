package assist_test

import (
	"context"
	"fmt"
	"strings"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/assist"
)

func Example() {
	s := session.New()
	s.Run(context.Background(), 1, "type Point struct{ X, Y int }\nfunc (p Point) Norm() float64 { return 0 }\npoint := Point{3, 4}")

	code := "fmt.Println(point."
	for _, m := range assist.Complete(s.Scope(), code, len(code)).Matches {
		fmt.Println(m.Kind, m.Text, m.Type)
	}
	forms := assist.Inspect(s.Scope(), new(assist.Library), "point", 0, false)
	fmt.Println(strings.ReplaceAll(forms["text/plain"], "\n\n", "\n"))
	// Output:
	// method Norm func() float64
	// field X int
	// field Y int
	// var point Point
	// variable
	// from In [1]
}
