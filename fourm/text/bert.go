package text

// BERT's normaliser and pre-tokenizer as the tokenizers library has them
// (docs/4m.md, 2.1): clean text, blanks around Chinese characters, no accents,
// lower case; then words at white space and around every punctuation mark.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// bert says which steps of the normaliser are done.
type bert struct {
	clean, chinese, accents, lower bool // accents: they are taken off

	// whether the file says so, or leaves accents to what lower is
	accentsSaid bool
}

// The library carries tables of Unicode 8 for categories and of Unicode 9 for
// decompositions; characters that came later have none of either there.
var (
	unicode8 = rangetable.Assigned("8.0.0")
	unicode9 = rangetable.Assigned("9.0.0")
)

// normalize makes the text that words are cut from. It must be valid UTF-8.
func (b *bert) normalize(s string) string {
	if printable(s) {
		if b.lower {
			return strings.ToLower(s)
		}
		return s
	}
	if b.clean || b.chinese {
		var out strings.Builder
		for _, r := range s {
			switch {
			case b.clean && isRemoved(r):
			case b.clean && unicode.IsSpace(r):
				out.WriteByte(' ')
			case b.chinese && isChinese(r):
				out.WriteByte(' ')
				out.WriteRune(r)
				out.WriteByte(' ')
			default:
				out.WriteRune(r)
			}
		}
		s = out.String()
	}
	if b.accents {
		s = strings.Map(func(r rune) rune {
			if isAccent(r) {
				return -1
			}
			return r
		}, decompose(s))
	}
	if b.lower {
		// character by character, so that a final sigma is like any other
		var out strings.Builder
		for _, r := range s {
			if r == 'İ' { // the one whose lower case is two characters
				out.WriteString("i̇")
				continue
			}
			out.WriteRune(unicode.ToLower(r))
		}
		s = out.String()
	}
	return s
}

// printable tells whether a text is plain ASCII, on which only lower case has
// an effect.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isRemoved tells what cleaning takes away: control and format characters,
// those of private use, and the sign for what could not be decoded.
func isRemoved(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case 0, utf8.RuneError:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) && unicode.Is(unicode8, r)
}

// isChinese has the ranges that BERT takes for ideographs; the second but
// last begins at 2B920 where the block begins at 2B820.
func isChinese(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x2A6DF || r >= 0x2A700 && r <= 0x2B73F ||
		r >= 0x2B740 && r <= 0x2B81F || r >= 0x2B920 && r <= 0x2CEAF || r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F
}

// isAccent tells nonspacing marks of Unicode 8; five characters changed their
// category since.
func isAccent(r rune) bool {
	switch r {
	case 0x1734:
		return true
	case 0x1885, 0x1886, 0xA9BD, 0x111C9:
		return false
	}
	return r > '~' && unicode.Is(unicode.Mn, r) && unicode.Is(unicode8, r)
}

// isPunct tells punctuation of ASCII, in the wide sense, and of Unicode 8; two
// characters changed their category since.
func isPunct(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z' && r < 0x7f
	}
	if r == 0x166D || r == 0x111C9 {
		return true
	}
	return unicode.IsPunct(r) && unicode.Is(unicode8, r)
}

// decompose is the canonical decomposition (NFD) of Unicode 9. What came
// later stands for itself and orders no marks across it.
func decompose(s string) string {
	var out strings.Builder
	from := 0
	for i, r := range s {
		if r > '~' && !unicode.Is(unicode9, r) {
			out.WriteString(norm.NFD.String(s[from:i]))
			from = i + utf8.RuneLen(r)
			out.WriteString(s[i:from])
		}
	}
	if from == 0 {
		return norm.NFD.String(s)
	}
	out.WriteString(norm.NFD.String(s[from:]))
	return out.String()
}

// words calls word for every word and punctuation mark of a normalised text.
func words(s string, word func(string)) {
	from := 0
	for i, r := range s {
		space := unicode.IsSpace(r)
		if !space && !isPunct(r) {
			continue
		}
		if from < i {
			word(s[from:i])
		}
		from = i + utf8.RuneLen(r)
		if !space {
			word(s[i:from])
		}
	}
	if from < len(s) {
		word(s[from:])
	}
}

func trimLeft(s string) string  { return strings.TrimLeftFunc(s, unicode.IsSpace) }
func trimRight(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }

// Split cuts a text into words as BERT's uncased tokenizer does: lower case,
// no accents, at white space and around every punctuation mark.
func Split(s string) []string {
	var out []string
	words(labRules().bert.normalize(valid(s)), func(w string) { out = append(out, w) })
	return out
}

// valid puts the sign for what cannot be decoded in the place of broken UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, string(utf8.RuneError)) }
