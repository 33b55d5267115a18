package fault_test

import (
	"errors"
	"fmt"

	"fourmlab/internal/fault"
)

func Example() {
	lookup := func(name string) (err error) {
		defer fault.Catch(&err)
		fault.Hint("fourm.Lookup", `did you mean "depth"?`, "no modality %q", name)
		return nil
	}
	err := lookup("dept")
	var typed *fault.Error
	fmt.Println(err, errors.As(err, &typed))
	// Output: fourm.Lookup: no modality "dept" (did you mean "depth"?) true
}

// What a program asks for, and what a person reads.
func ExampleKind() {
	errNoRun := errors.New("no run")
	err := fault.Kind(errNoRun, errors.New("runs/a: it is empty"))
	fmt.Println(err, errors.Is(err, errNoRun))
	// Output: runs/a: it is empty true
}
