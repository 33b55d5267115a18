package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/link"
)

func TestMain(m *testing.M) { kerneltest.Main(m, nil) }

// talk is a worker and what it has printed and shown since it was asked.
type talk struct {
	t    *testing.T
	p    *link.Process
	mu   sync.Mutex
	said strings.Builder
}

func newTalk(t *testing.T, dir string) *talk {
	t.Helper()
	k := &talk{t: t}
	var err error
	k.p, err = link.Start(link.Options{
		Dir: dir,
		Print: func(name, text string, _ int) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.said.WriteString(text)
		},
		Event: func(_ *link.Process, _ int, e link.Event) {
			k.mu.Lock()
			defer k.mu.Unlock()
			switch e := e.(type) {
			case link.Display:
				fmt.Fprintf(&k.said, "<display %v>", e.Data["text/plain"])
			default:
				fmt.Fprintf(&k.said, "<%T>", e)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.p.Close)
	return k
}

// ask runs a cell and gives all that came of it as one text.
func (k *talk) ask(n int, code string) string {
	k.t.Helper()
	k.mu.Lock()
	k.said.Reset()
	k.mu.Unlock()
	reply, alive := k.p.Ask(link.RunCell{Number: n, Code: code})
	r, _ := reply.(link.Result)
	k.mu.Lock()
	defer k.mu.Unlock()
	out := k.said.String()
	switch {
	case !alive:
		out += "[died]"
	case r.Failure != nil:
		out += "[" + r.Failure.Error() + "]" + strings.Join(r.Failure.Trace, "\n")
	case r.Data != nil:
		out += fmt.Sprint("=> ", r.Data["text/plain"])
	}
	for _, p := range r.Payload {
		if data, ok := p["data"].(map[string]any); ok {
			p["text"] = data["text/plain"]
		}
		out += fmt.Sprintf("{%v %q}", p["source"], p["text"])
	}
	return out
}

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"f.go":    "package main\n\nimport \"strings\"\n\nvar word = \"ab\"\n\nfunc twice(s string) string { return strings.Repeat(s, 2) }\n\nfunc main() {\n\tfmt.Println(len(os.Args))\n\tfmt.Println(twice(word))\n}\n",
		"bad.go":  "package main\nfunc {",
		"text.md": "a\nb",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	k := newTalk(t, dir)
	for i, c := range []struct{ code, want string }{ // want is a pattern
		{"x := 20", `^$`},
		{"%time x + 1", `(?s)^wall [\d.]+ .?s, cpu [\d.e+]+ .?s, .*B in \d+ allocations\n=> 21$`},
		{"%time\ny := 0\nfor i := range 10 { y += i }\ny", `(?s)wall .*=> 45$`},
		{"%%time\n\ny + 1", `(?s)wall .*=> 46$`},
		{"%time z := 3\nz + x", `(?s)wall .*=> 23$`},
		{"%time 1\n%time 2\n3", `(?s)wall .*<display 1>wall.*<display 2>=> 3$`},
		{"%time x +", `^\[compile error: In \[7\]:1:\d+`},
		{"%time\n\n  x + nope", `^\[compile error: In \[8\]:3:7: undefined: nope`},
		{"%timeit -n 3 -r2 x++", `^[\d.]+ .?s ± [\d.]+ .?s per loop \(mean ± standard deviation of 2 runs of 3 loops\)\n$`},
		{"x", `^=> 26$`},
		{"%timeit -r1 -n10 x * 2", `of 1 run of 10 loops`},
		{"%timeit -r1 -n10 len(\"abc\")", `of 1 run of 10 loops`},
		{"%%timeit -n 4 -r 1\nx--\nx++", `of 1 run of 4 loops`},
		{"%timeit -r 1 time.Sleep(time.Millisecond)", `^[1-9][\d.]* ms ± 0 ns per loop \(mean ± standard deviation of 1 run of [\d,]+ loops?\)`},
		{"%timeit -n many x", `^\[command error: In \[15\]: %timeit: -n "many", expected a number`},
		{"%timeit", `nothing to time`},
		{"%timeit nope()", `^\[compile error: In \[17\]:1:\d+: undefined: nope`},
		{"%who", `(?s)=> 3 rows.*x .*variable.*int.*26.*y.*z`},
		{"type T struct{ A int }\nfunc f() {}\nconst c = 3\nimport \"regexp\"\nt := &T{1}\nre := regexp.MustCompile(\"a\")", `^$`},
		{"%who", `(?s)T .*type.*f .*function.*re .*variable.*\*regexp.Regexp.*regexp .*package.*t .*\*T`},
		{"%load text.md", `^{set_next_input "a\\nb"}$`},
		{"%load none", `^\[command error: In \[22\]: %load: .*none`},
		{"%run f.go a b", `^(3\nabab|abab\n3)\n$`},
		{"twice(\"c\")", `^=> cc$`},
		{"%run bad.go", `bad.go:2:6`},
		{"%save out.go 1, 10", `^out.go: 2 cells\n$`},
		{"%save out.ipynb 1-4", `^out.ipynb: 4 cells\n$`},
		{"%save out.txt", `ends in .go or .ipynb`},
		{"%save out.go 99", `cell 99 has not run here`},
		{"%save out.go x", `cells "x", expected numbers`},
		{"$ echo hi; echo ho >&2", `(?s)hi.*ho|ho.*hi`},
		{"$ exit 3", `^\[command error: In \[32\]: \$: exit 3: exit status 3\]`},
		{"$ echo a\nx + 1", `^a\n=> 27$`},
		{"%cd ..", `^/.*\n$`},
		{"%cd nowhere", `nowhere`},
		{"%help", `(?s)%%time \[CODE\] .*%who .*\$ COMMAND`},
		{"%tim x", `no command %tim \(did you mean %time\?\); %help lists them`},
		{"%%who", `%%who takes no cell`},
		{"x = 5\n%time x", `(?s)compile error.*stand at the head of a cell`},
		{"x", `^=> 26$`},
		{"% ", `no command %`},
		{"strings.ToUpper?", `^{page .*func strings.ToUpper\(`},
		{" ?? x", `^{page .*x`},
		{"nope?", `nothing is known of nope`},
		{"x ? y", `compile error`},
		{"%reset", `^$`},
		{"x", `undefined: x`},
		{"%who", `nothing is defined yet`},
		{"$ mkfifo pipe", `^$`},
		{"%load pipe", `%load: pipe: is a FIFO that nobody writes into`},
		{"%run /dev/zero", `%run: /dev/zero: is a device`},
	} {
		if got := k.ask(i+1, c.code); !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("In [%d]: %q gave\n%s\nexpected %s", i+1, c.code, got, c.want)
		}
	}
	if src, err := os.ReadFile(filepath.Join(dir, "out.go")); err != nil || !strings.Contains(string(src), "x := 20") || !strings.Contains(string(src), "display.Show(x)") {
		t.Errorf("saved %s, %v", src, err)
	}
}

// Stopping a cell stops the shell's command, too.
func TestShellStopped(t *testing.T) {
	k := newTalk(t, t.TempDir())
	time.AfterFunc(500*time.Millisecond, func() { k.p.Send(link.Interrupt{}) })
	if got := k.ask(1, "$ sleep 600"); !strings.Contains(got, "interrupted") {
		t.Errorf("said %q", got)
	}
	if got := k.ask(2, "1 + 1"); got != "=> 2" {
		t.Errorf("said %q", got)
	}
}

// What a cell has started in the shell does not keep the kernel from ending.
func TestShellLeft(t *testing.T) {
	k := newTalk(t, t.TempDir())
	if got := k.ask(1, "$ sleep 5 & echo started"); !strings.Contains(got, "started") {
		t.Errorf("said %q", got)
	}
}
