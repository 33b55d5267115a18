package notebook

// JSON as other tools write it: with a byte order mark before it, and with
// numbers that JSON does not have (Python writes NaN and Infinity). They pass
// through as texts that nobody writes, and are numbers again in the file.

import (
	"bytes"
	"strings"
)

// odd is the sign around a number that JSON does not have.
const odd = "\ue000"

var oddNumbers = []string{"NaN", "-Infinity", "Infinity"}

// lenient makes JSON of what other tools take for it.
func lenient(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data
	}
	var b bytes.Buffer
	quoted := false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case quoted && c == '\\' && i+1 < len(data):
			b.WriteByte(c)
			i++
			c = data[i]
		case c == '"':
			quoted = !quoted
		case !quoted && (c == 'N' || c == 'I' || c == '-'):
			if n := numberAt(data[i:]); n != "" {
				b.WriteString(`"` + odd + n + odd + `"`)
				i += len(n) - 1
				continue
			}
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}

// numberAt gives the odd number that the text begins with.
func numberAt(data []byte) string {
	for _, n := range oddNumbers {
		if bytes.HasPrefix(data, []byte(n)) {
			return n
		}
	}
	return ""
}

// pythons is the file as it is written: with its odd numbers.
func pythons(data []byte) []byte {
	if !bytes.Contains(data, []byte(odd)) {
		return data
	}
	for _, n := range oddNumbers {
		data = bytes.ReplaceAll(data, []byte(`"`+odd+n+odd+`"`), []byte(n))
	}
	return data
}

// plain is a text without the signs of odd numbers.
func plain(s string) string {
	if !strings.Contains(s, odd) {
		return s
	}
	for _, n := range oddNumbers {
		s = strings.ReplaceAll(s, odd+n+odd, n)
	}
	return s
}
