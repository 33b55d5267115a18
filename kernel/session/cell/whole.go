package cell

// Whether a cell is finished: a front end asks when a person presses Enter.

import (
	"go/scanner"
	"go/token"
	"strings"

	"fourmlab/kernel/engine"
)

// Whole tells whether the code is finished, and the indent of the next line
// when it is not.
func Whole(code string) (engine.Status, string) {
	depth := 0
	fset := token.NewFileSet()
	var sc scanner.Scanner
	open := false
	sc.Init(fset.AddFile("", -1, len(code)), []byte(code), func(_ token.Position, msg string) {
		open = open || strings.Contains(msg, "not terminated")
	}, 0)
	for {
		_, tok, _ := sc.Scan()
		if tok == token.EOF {
			break
		}
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		}
	}
	switch {
	case open || depth > 0:
		return engine.Incomplete, strings.Repeat("\t", max(depth, 0))
	case depth < 0:
		return engine.Invalid, ""
	}
	_, failure := Parse(0, code, nil)
	if failure == nil {
		return engine.Complete, ""
	}
	if strings.Contains(failure.Value, "found the end of the cell") || strings.Contains(failure.Value, "found 'EOF'") || strings.Contains(failure.Value, "found '}'") || strings.Contains(failure.Value, "found newline") {
		return engine.Incomplete, ""
	}
	return engine.Invalid, ""
}
