package plain

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
)

func sixteen(s string, big bool) []byte {
	var b []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func TestUTF8(t *testing.T) {
	const text = "file,caption\na.png,un café ☕ 𝄞\n"
	for name, b := range map[string][]byte{
		"plain": []byte(text), "marked": []byte("\ufeff" + text), "little": sixteen(text, false), "big": sixteen(text, true),
	} {
		if got, err := UTF8(b); err != nil || string(got) != text {
			t.Errorf("%s: %q (%v)", name, got, err)
		}
	}
	for want, b := range map[string][]byte{
		"line 2: byte 10 of it (14 of the file) is 0xe9": []byte("a,b\n123456789\xe9\nmore"),
		"line 1: byte 1 of it (1 of the file) is 0x93":   []byte("\x93quoted\x94"),
		"line 1: byte 2 of it (5 of the file) is 0xff":   []byte("\ufeffa\xff"),
		"UTF-16 without its mark":                        sixteen(text, false)[2:],
		"UTF-32":                                         {0xff, 0xfe, 0, 0, 'a', 0, 0, 0},
		"an even number":                                 {0xff, 0xfe, 'a'},
		"line 2: byte 7 of the file begins half":         {0xff, 0xfe, 'a', 0, '\n', 0, 0, 0xd8, 'a', 0},
	} {
		if got, err := UTF8(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q (%v), expected %q", got, err, want)
		}
	}
}

func TestJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"a": NaN, "b": [-Infinity, Infinity, 1]}`: `{"a": null, "b": [null, null, 1]}`,
		`{"a": "NaN \" -Infinity"}`:                 `{"a": "NaN \" -Infinity"}`,
		`{"NaN\\": NaN}`:                            `{"NaN\\": null}`,
		`{"a": 1}`:                                  `{"a": 1}`,
	} {
		if got := string(JSON([]byte(in))); got != want {
			t.Errorf("%s became %s, expected %s", in, got, want)
		}
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("caf\xe9"))
	f.Add(sixteen("a\nb", true))
	f.Add([]byte("\xef\xbb\xbf"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := UTF8(b)
		if err == nil && (Invalid(got) != nil || bytes.Contains(b[:min(len(b), 3)], Mark) && len(got) != len(b)-3) {
			t.Errorf("%q came out of %q", got, b)
		}
	})
}
