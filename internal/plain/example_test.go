package plain_test

import (
	"fmt"

	"fourmlab/internal/plain"
)

func Example() {
	b, err := plain.UTF8([]byte("\xff\xfea\x00")) // UTF-16 with its mark
	fmt.Printf("%s %v\n", b, err)
	_, err = plain.UTF8([]byte("one\ncaf\xe9"))
	fmt.Println(err != nil)
	fmt.Println(plain.Shown("run\x1b[31m"))
	// Output:
	// a <nil>
	// true
	// run\x1b[31m
}
