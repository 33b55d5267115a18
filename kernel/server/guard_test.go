package server

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"
)

func TestReplays(t *testing.T) {
	var r replays
	for i := range 5 * keep {
		s := fmt.Appendf(nil, "%064d", i)
		if r.seen(s) {
			t.Fatalf("message %d was there before", i)
		}
		if !r.seen(s) || !r.seen(fmt.Appendf(nil, "%064d", max(0, i-keep+1))) {
			t.Fatalf("message %d or one shortly before it was forgotten", i)
		}
		if n := len(r.now) + len(r.old); n > 2*keep {
			t.Fatalf("%d signatures are kept", n)
		}
	}
}

func TestLimitedLog(t *testing.T) {
	var b bytes.Buffer
	log.SetOutput(&b)
	defer log.SetOutput(os.Stderr)
	var c limitedLog
	for i := range 1000 {
		c.print("line ", i, "\n", strings.Repeat("é", 1000))
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != linesAMinute || !strings.HasSuffix(lines[len(lines)-1], "for a minute") {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
	for _, l := range lines {
		if len(l) > longestLine+60 {
			t.Errorf("a line of %d bytes", len(l))
		}
	}
}
