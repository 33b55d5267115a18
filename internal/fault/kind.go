package fault

// Errors that say one thing to a person and another to a program.

// kinded is an error that is of a kind as well.
type kinded struct{ err, kind error }

// Kind makes an error one that errors.Is finds to be of a kind, a sentinel that
// a program asks for. What it prints stays as it is; nil stays nil.
func Kind(kind, err error) error {
	if err == nil {
		return nil
	}
	return kinded{err, kind}
}

func (k kinded) Error() string   { return k.err.Error() }
func (k kinded) Unwrap() []error { return []error{k.err, k.kind} }
