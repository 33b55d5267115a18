package display

// Questions to the person.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"fourmlab/internal/fault"
	"fourmlab/internal/show"
	"fourmlab/kernel/engine"
)

// asker is a host that can put a question.
type asker interface {
	Ask(prompt string, secret bool) (string, error)
}

// Input asks for a line and waits for it. A script reads it from standard
// input. Where nobody can answer it panics with an error of one line.
func Input(prompt string) string { return ask("display.Input", prompt, false) }

// Password asks for a line that is not seen while it is typed.
func Password(prompt string) string { return ask("display.Password", prompt, true) }

func ask(op, prompt string, secret bool) string {
	var s string
	var err error
	if h, ok := show.CurrentHost().(asker); ok {
		s, err = h.Ask(prompt, secret)
	} else if page() != nil {
		err = errors.New("this kernel cannot ask")
	} else {
		s, err = typed(prompt, secret)
	}
	switch {
	case errors.Is(err, engine.ErrInterrupted):
		panic(err) // the cell ends as any that is stopped
	case err != nil:
		fault.Panic(op, "no answer to %q: %v", prompt, err)
	}
	return s
}

// typed reads a line from standard input, byte by byte, for what follows it
// belongs to the program.
func typed(prompt string, secret bool) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	if secret && term.IsTerminal(int(os.Stdin.Fd())) {
		b, err := term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(os.Stderr)
		return string(b), err
	}
	var line strings.Builder
	one := make([]byte, 1)
	for {
		n, err := os.Stdin.Read(one)
		switch {
		case n == 1 && one[0] == '\n':
			return strings.TrimSuffix(line.String(), "\r"), nil
		case n == 1:
			line.WriteByte(one[0])
		case err == io.EOF && line.Len() > 0:
			return line.String(), nil
		case err == io.EOF:
			return "", errors.New("standard input has ended")
		case err != nil:
			return "", err
		}
	}
}
