// Package fault holds the one kind of panic that means "what was typed cannot
// be right": a wrong modality name, shapes that do not fit, an empty range.
// What the world did wrong (a file, a device) is an ordinary returned error.
//
//	defer fault.Catch(&err) // turns exactly these panics into errors
package fault

import "fmt"

// Error says which call was wrong, how, and what would be right. It prints as
// one line; a notebook shows that line and no stack.
type Error struct {
	Op   string // the call as typed, for example "fourm.Lookup"
	Msg  string // what was given and what was expected
	Hint string // what to do instead; may be empty
}

// Error gives the one line: "Op: Msg (Hint)".
func (e *Error) Error() string {
	s := e.Op + ": " + e.Msg
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Panic panics with an *Error without a hint.
func Panic(op, format string, args ...any) {
	panic(&Error{Op: op, Msg: fmt.Sprintf(format, args...)})
}

// Hint panics with an *Error that says what to do instead.
func Hint(op, hint, format string, args ...any) {
	panic(&Error{Op: op, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// Catch is for a deferred call: an *Error in flight becomes *err, any other
// panic goes on.
func Catch(err *error) {
	switch x := recover().(type) {
	case nil:
	case *Error:
		*err = x
	default:
		panic(x)
	}
}
