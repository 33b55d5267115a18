package assist

// Where a cursor stands in the text of a cell, by its tokens alone: in a
// string, in an import path, in a word, behind what.

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cursor is a place in a cell.
type cursor struct {
	offset     int         // bytes
	from, to   int         // the word around it, empty where there is none
	noName     bool        // in a comment, a string or a number: nothing to complete
	importPath bool        // in an import path; from and to are what stands between the quotes
	prev       token.Token // before the word
	newline    bool        // a line ends between prev and the word
	literal    [2]int      // the string, character or number around it
	blocks     []token.Token
	closed     token.Token // what the brace opened that prev closes
	loop       bool        // in the head of a for statement
}

// locate finds out what stands around a place. Blocks lists the braces that are
// open there by what opened them: FUNC, FOR, IF, SWITCH, SELECT, STRUCT,
// INTERFACE, or LBRACE for a block or literal.
func locate(code string, at int) cursor {
	at = min(max(at, 0), len(code))
	for at > 0 && at < len(code) && !utf8.RuneStart(code[at]) {
		at--
	}
	p := cursor{offset: at, from: wordStart(code, at), to: wordEnd(code, at), prev: token.SEMICOLON, newline: true}
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(f, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	importing, group := false, false
	opener := token.LBRACE // what the next brace at this depth opens
	type bracket struct{ tok, opener token.Token }
	var open []bracket
	for {
		pos, tok, lit := sc.Scan()
		off := f.Offset(pos)
		if tok == token.EOF {
			break
		}
		end := off + len(lit)
		if tok == token.COMMENT {
			if off < at && (at < end || at == end && !strings.HasSuffix(lit, "*/")) {
				p.noName = true
			}
			continue
		}
		if tok == token.SEMICOLON && lit == "\n" {
			end = off
		}
		if tok.IsLiteral() && tok != token.IDENT && off <= at && at <= end {
			p.literal = [2]int{off, end}
			closed := len(lit) > 1 && lit[len(lit)-1] == lit[0]
			switch {
			case off == at:
			case tok == token.STRING && (importing || group) && (at < end || !closed):
				p.importPath, p.from, p.to = true, off+1, end
				if closed {
					p.to--
				}
				return p
			case tok == token.STRING || tok == token.CHAR:
				p.noName = p.noName || at < end || !closed
			default:
				p.noName = true
			}
		}
		if off >= p.from || off >= at {
			break
		}
		p.prev, p.newline = tok, strings.Contains(code[min(end, p.from):p.from], "\n") || lit == "\n"
		switch tok {
		case token.IMPORT:
			importing = len(open) == 0
		case token.FUNC, token.FOR, token.IF, token.SWITCH, token.SELECT, token.STRUCT, token.INTERFACE:
			opener = tok
			if tok == token.FOR {
				p.loop = true
			}
		case token.LPAREN, token.LBRACK:
			group = group || importing && tok == token.LPAREN
			open = append(open, bracket{tok, opener})
		case token.LBRACE:
			if opener == token.FOR || opener == token.FUNC {
				p.loop = false
			}
			open = append(open, bracket{opener, opener})
			opener = token.LBRACE
		case token.RPAREN, token.RBRACK, token.RBRACE:
			group, importing = false, false
			if n := len(open); n > 0 {
				if tok != token.RBRACE {
					opener = open[n-1].opener
				}
				p.closed = open[n-1].tok
				open = open[:n-1]
			}
		case token.SEMICOLON:
			importing = false
			if lit == "\n" {
				opener, p.loop = token.LBRACE, false
			}
		}
	}
	for _, b := range open {
		if b.tok != token.LPAREN && b.tok != token.LBRACK {
			p.blocks = append(p.blocks, b.tok)
		}
	}
	return p
}

// stuck tells whether the cursor follows an operand at once, where no name
// can stand.
func (p cursor) stuck(code string) bool {
	if p.from < p.to && p.from < p.offset {
		r, _ := utf8.DecodeRuneInString(code[p.from:])
		return unicode.IsDigit(r)
	}
	if p.from == 0 {
		return false
	}
	return strings.IndexByte(")]}\"'`", code[p.from-1]) >= 0
}

func letterOfName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func wordStart(code string, at int) int {
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:at])
		if !letterOfName(r) {
			break
		}
		at -= n
	}
	return at
}

func wordEnd(code string, at int) int {
	for at < len(code) {
		r, n := utf8.DecodeRuneInString(code[at:])
		if !letterOfName(r) {
			break
		}
		at += n
	}
	return at
}
