package session

import (
	"context"
	"strings"
	"testing"

	"fourmlab/kernel/session/cell"
)

// What people paste, and what a cell cannot be.
func TestPasted(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"ran\") }", "ran\n"},
		{"// Command x.\npackage main\n\nfunc two() int { return 2 }\nfmt.Print(two())", "2"},
		{"package lib\n\nvar x = 1", "In [1]:1:1: a cell is part of package main"},
		{"x := 1\npackage main", "In [1]:2:1: a cell is part of package main"},
		{"fmt.Print(1)\n/* note\nfmt.Print(2)", "In [1]:2:1: comment not terminated"},
		{"func f() {\n\t/* note\n}", "In [1]:2:2: comment not terminated"},
		{"fmt.Print(\"/* no comment\") // /*", "/* no comment"},
		{"1 << 70", "cannot use 1 << 70 (untyped int constant 1180591620717411303424) as int value (overflows)"},
		{"x := 1 << 70", "cannot use 1 << 70 (untyped int constant 1180591620717411303424) as int value in "},
		{"nil", ""},
		{"int", "int (type) is not an expression"},
		{"func g[T any](x T) T { return x }\ng", "cannot use generic function g without instantiation"},
		{"fmt", "use of package fmt not in selector"},
		{"func h() {}\nh()", ""},
		{"x := 1\nmain := 3", "In [1]:2:1: cannot declare main - must be func"},
		{"var a, init = 1, 2", "In [1]:1:8: cannot declare init - must be func"},
	} {
		var r string
		out := capture(t, func() {
			res := New().Run(context.Background(), 1, c.cell)
			if res.Err != nil {
				r = res.Err.Value
			}
		})
		if got := out + r; c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Contains(got, cell.Hidden) {
			t.Errorf("%q gives %q, expected %q", c.cell, got, c.want)
		}
	}
}
