package parity_test

import (
	"errors"
	"fmt"
	"io"

	"fourmlab/bench/parity"
)

func Example() {
	_, err := parity.Run([]string{"no-such-folder"}, parity.Options{}, io.Discard)
	fmt.Println(errors.Is(err, parity.ErrNone), err != nil)
	// Output: true true
}
