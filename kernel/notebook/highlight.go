package notebook

// Go in colours, by its own scanner.

import (
	"go/scanner"
	"go/token"
	"html"
	"strings"
)

// highlight wraps keywords, strings, numbers, comments and called names in
// spans; code that does not scan keeps its text.
func highlight(code string) string {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(f, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	at := 0
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			break
		}
		off := f.Offset(pos)
		text := lit
		if text == "" || tok == token.SEMICOLON {
			text = tok.String()
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		end := off + len(text)
		if end > len(code) || off < at {
			continue
		}
		b.WriteString(html.EscapeString(code[at:off]))
		class := ""
		switch {
		case tok.IsKeyword():
			class = "k"
		case tok == token.STRING || tok == token.CHAR:
			class = "s"
		case tok == token.INT || tok == token.FLOAT || tok == token.IMAG:
			class = "n"
		case tok == token.COMMENT:
			class = "c"
		case tok == token.IDENT && end < len(code) && code[end] == '(':
			class = "f"
		}
		text = html.EscapeString(code[off:end])
		if class != "" {
			text = `<span class="` + class + `">` + text + "</span>"
		}
		b.WriteString(text)
		at = end
	}
	return b.String() + html.EscapeString(code[at:])
}
