package session

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// A type that is declared anew with another layout leaves those alone that no
// longer fit it, however many they are; those that fit go with it.
func TestRedefinedTypeWithManyUsers(t *testing.T) {
	const users = 40
	for range 3 {
		s := New()
		run := func(n int, code string) string {
			r := s.Run(context.Background(), n, code)
			if r.Err != nil {
				return r.Err.Error()
			}
			return fmt.Sprint(r.Values...)
		}
		var b strings.Builder
		b.WriteString("type T struct{ A int }\n")
		for i := range users {
			fmt.Fprintf(&b, "func f%d(t T) int { return t.A + %d }\n", i, i)
			fmt.Fprintf(&b, "func g%d(t T) int { return f%d(t) * 2 }\n", i, i)
			fmt.Fprintf(&b, "func h%d(t *T) bool { return t == nil }\n", i)
		}
		for i := range users {
			fmt.Fprintf(&b, "func (t T) M%d() int { return t.A - %d }\n", i, i)
		}
		b.WriteString("x := T{1}")
		if got := run(1, b.String()); got != "" {
			t.Fatal(got)
		}
		if got := run(2, "type T struct{ B string }"); got != "" {
			t.Fatal(got)
		}
		for i := range users {
			if got, want := run(3+i, fmt.Sprintf("fmt.Sprint(f%d(x), g%d(x), x.M%d(), h%d(nil), h%d(&T{\"b\"}))", i, i, i, i, i)), fmt.Sprint(1+i, 2+2*i, 1-i, true, false); got != want {
				t.Errorf("user %d gives %s, expected %s", i, got, want)
			}
		}
	}
}
