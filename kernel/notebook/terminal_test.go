package notebook

import (
	"encoding/json"
	"html"
	"math/rand"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var tagOfHTML = regexp.MustCompile(`<[^>]*>`)

// words is what a reader of the page sees.
func words(page string) string { return html.UnescapeString(tagOfHTML.ReplaceAllString(page, "")) }

// Printed text is on the page as a terminal shows it in the end.
func TestPrinted(t *testing.T) {
	for _, c := range []struct{ in, page string }{
		{"plain <b>\n\tx", "plain &lt;b&gt;\n\tx"},
		{"10%\r20%\rdone", "done"},
		{"long line\rshort", "shortline"},
		{"working\x1b[2K\rdone", "done"},
		{"working\r\x1b[Kdone", "done"},
		{"a\x1b[2Kb", " b"},
		{"a\r\nb\r\n", "a\nb"},
		{"abc\b\bX", "aXc"},
		{"one\ntwo\x1b[1A\r\x1b[2KONE\n", "ONE\ntwo"},
		{"\x1b[?25l\x1b]0;title\x07text\x1b[?25h\a", "text"},
		{"\x1b[31mred\x1b[0m \x1b[34mblue\x1b[39m.", `<span class="red">red</span> <span class="blue">blue</span>.`},
		{"\x1b[38;5;196mx\x1b[m", `<span style="color:#ff0000">x</span>`},
		{"\x1b[38;5;244;1mx", `<span style="color:#808080;font-weight:600">x</span>`},
		{"\x1b[38;2;1;2;255mx\x1b[48:2::9:8:7my", `<span style="color:#0102ff">x</span><span style="color:#0102ff;background:#090807">y</span>`},
		{"\x1b[92;44mx\x1b[49m", `<span style="color:var(--t10);background:var(--t4)">x</span>`},
		{"\x1b[7mx", `<span style="color:var(--paper);background:var(--ink)">x</span>`},
		{"\x1b[1;3;4;9mx\x1b[22;23;24;29my", `<span style="font-weight:600;font-style:italic;text-decoration:underline line-through">x</span>y`},
		{"\x1b]8;;https://go.dev/?a=1&b\x1b\\Go\x1b]8;;\x1b\\ x", `<a href="https://go.dev/?a=1&amp;b">Go</a> x`},
		{"\x1b]8;id=1;javascript:alert(1)\x07Go\x1b]8;;\x07", `<a href="#">Go</a>`},
		{"日本\b\bx", "日x "},
		{"e\u0301\rE", "E"},
		{"a\x1b[999999999Cb", "a" + strings.Repeat(" ", 4095) + "b"},
		{"a\x1b[", "a"},
		{"\x1b[38;5mx\x1b[48;9mx", "xx"},
		{"\x1b[1m\x1b[31mbad <i>\x1b[0m", `<span style="color:var(--t1);font-weight:600">bad &lt;i&gt;</span>`},
		{"\x1b[4:3mx\x1b[4:0my", `<span style="text-decoration:underline">x</span>y`},
	} {
		if got := string(pre(c.in)); got != "<pre>"+c.page+"</pre>" {
			t.Errorf("%q is shown as\n%s, expected\n%s", c.in, got, c.page)
		}
	}
}

// sequences are what random texts are made of.
var sequences = []string{
	"a", "bc", "xyz", "é", "\r", "\n", "\b", "\t", " ", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[A", "\x1b[2A", "\x1b[B", "\x1b[C", "\x1b[3C", "\x1b[D",
	"\x1b[2D", "\x1b[G", "\x1b[5G", "\x1b[J", "\x1b[1J", "\x1b[2J", "\x1b[H", "\x1b[3;4H", "\x1b[E", "\x1b[F", "\x1b[31m", "\x1b[0m", "\x1b[2P", "\x1b[2X",
	"\x1b[2@", "\x1b7", "\x1b8", "\x1b[?25l", "\x1b]0;t\x07", "\x1b[d",
}

// What is left on the screen is what another terminal shows.
func TestAnotherTerminal(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import pyte").Run() != nil {
		t.Skip("no pyte to compare with (Debian: apt install python3-pyte)")
	}
	r := rand.New(rand.NewSource(1))
	var texts []string
	for range 400 {
		var b strings.Builder
		for range 1 + r.Intn(25) {
			b.WriteString(sequences[r.Intn(len(sequences))])
		}
		texts = append(texts, b.String())
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(python, "-c", `
import sys, json, pyte
out = []
for text in json.load(sys.stdin):
    screen = pyte.Screen(200, 100)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(text)
    out.append("\n".join(line.rstrip() for line in screen.display).rstrip())
json.dump(out, sys.stdout)
`)
	c.Stdin = strings.NewReader(string(in))
	data, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	var want []string
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		lines := strings.Split(words(shown(text)), "\n")
		for k, l := range lines {
			lines[k] = strings.TrimRight(l, " ")
		}
		if got := strings.TrimRight(strings.Join(lines, "\n"), "\n "); got != want[i] {
			t.Errorf("%q is %q, expected %q", text, got, want[i])
		}
	}
	t.Logf("%d texts", len(texts))
}
