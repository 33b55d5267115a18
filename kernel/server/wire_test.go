package server

import (
	"strings"
	"testing"
)

func TestWire(t *testing.T) {
	k := signer("secret")
	h := newHeader("s", "execute_request")
	frames, err := k.encode([][]byte{[]byte("id")}, h, nil, map[string]any{"code": "1"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.decode(frames)
	if err != nil || m.header != h || string(m.identities[0]) != "id" || !strings.Contains(string(m.content), `"code":"1"`) {
		t.Fatalf("got %+v, %v", m, err)
	}
	clone := func(edit func(f [][]byte) [][]byte) [][]byte {
		var out [][]byte
		for _, f := range frames {
			out = append(out, append([]byte(nil), f...))
		}
		return edit(out)
	}
	for name, bad := range map[string][][]byte{
		"no delimiter":    {[]byte("a"), []byte("b")},
		"nothing":         nil,
		"truncated":       frames[:4],
		"wrong signature": clone(func(f [][]byte) [][]byte { f[2][0] ^= 1; return f }),
		"short signature": clone(func(f [][]byte) [][]byte { f[2] = f[2][:5]; return f }),
		"other content":   clone(func(f [][]byte) [][]byte { f[6] = []byte(`{"code":"2"}`); return f }),
	} {
		if m, err := k.decode(bad); err == nil {
			t.Errorf("%s: decoded as %+v", name, m)
		}
	}
	open := signer("")
	for name, parts := range map[string][5]string{
		"header is no JSON":   {"", "nope", "{}", "{}", "{}"},
		"header without type": {"", "{}", "{}", "{}", "{}"},
		"content is a list":   {"", `{"msg_type":"x"}`, "{}", "{}", "[]"},
	} {
		f := [][]byte{[]byte(delimiter)}
		for _, p := range parts {
			f = append(f, []byte(p))
		}
		if _, err := open.decode(f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestPositionsAreCharacters(t *testing.T) {
	code := "é := 1; é"
	if b := byteAt(code, 9); b != len(code) || charAt(code, b) != 9 || byteAt(code, 1) != 2 {
		t.Errorf("byteAt %d, charAt %d", byteAt(code, 9), charAt(code, b))
	}
}
