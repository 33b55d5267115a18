package session

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// typeNames is a program that says the names of types, among them those that
// only generic functions make, and of types within functions.
const typeNames = `
type Pair[A, B any] struct {
	First  A
	Second B
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) string {
	s.items = append(s.items, x)
	return fmt.Sprintf("%T %T", s, x)
}

type Opt[T any] struct{ v *T }

func Some[T any](v T) Opt[T] { return Opt[T]{&v} }

func name[T any]() string { var z T; return fmt.Sprintf("%T", z) }

func inner[T any]() string {
	type Inner struct{ x T }
	return name[Inner]() + " " + name[Pair[Inner, T]]()
}

type Meters float64

func names() string {
	out := []string{name[Meters](), name[Pair[Meters, string]](), name[map[string]Pair[Meters, *Meters]](), name[Pair[error, any]]()}
	type Feet float64
	type Meters int
	var s Stack[Meters]
	out = append(out, name[Pair[Meters, Feet]](), name[[]Pair[*Feet, []Meters]](), s.Push(3), fmt.Sprintf("%T %T", s, &s))
	out = append(out, fmt.Sprintf("%T %T", Some("x"), Some(Some(2.5))), inner[int](), inner[Meters]())
	return strings.Join(out, "\n")
}
`

func TestNamesOfTypes(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command")
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte("package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n"+typeNames+"\nfunc main() { fmt.Println(names()) }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(out)), "\n")
	r := New().Run(context.Background(), 1, typeNames+"names()")
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for i, got := range strings.Split(fmt.Sprint(r.Values...), "\n") {
		if got != want[i] {
			t.Errorf("%s, compiled Go says %s", got, want[i])
		}
	}
}
