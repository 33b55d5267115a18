package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"fourmlab/internal/fault"
)

func caught(f func()) (err error) {
	defer fault.Catch(&err)
	f()
	return nil
}

// A mistake of a typist becomes an error of one line; any other panic goes on.
func TestCatch(t *testing.T) {
	for want, f := range map[string]func(){
		"fourm.X: 3 is too many":          func() { fault.Panic("fourm.X", "%d is too many", 3) },
		"fourm.X: no y (type z instead)":  func() { fault.Hint("fourm.X", "type z instead", "no %s", "y") },
		"fourm.X: 100% wrong (do it 50%)": func() { fault.Hint("fourm.X", "do it 50%", "100%% wrong") },
	} {
		err := caught(f)
		var e *fault.Error
		if err == nil || err.Error() != want || !errors.As(err, &e) || e.Op != "fourm.X" {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
	if err := caught(func() {}); err != nil {
		t.Errorf("nothing went wrong, got %v", err)
	}
	defer func() {
		if recover() != "another" {
			t.Error("another panic was swallowed")
		}
	}()
	caught(func() { panic("another") })
}

// A kind is found by errors.Is, the error itself by errors.As, and what a person
// reads is the error alone.
func TestKind(t *testing.T) {
	kind := errors.New("no such thing")
	err := fmt.Errorf("open: %w", fault.Kind(kind, &fault.Error{Op: "datasets.Open", Msg: "no set"}))
	var typed *fault.Error
	if !errors.Is(err, kind) || !errors.As(err, &typed) || err.Error() != "open: datasets.Open: no set" {
		t.Errorf("%v", err)
	}
	if fault.Kind(kind, nil) != nil {
		t.Error("nothing wrong is something wrong")
	}
}
