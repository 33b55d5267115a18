package viz

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourmlab/fourm"
)

// A run of another process is shown as its files grow: each state once, the
// last one as a picture, nothing after the last step.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	history := filepath.Join(dir, "history.jsonl")
	add := func(text string) {
		f, err := os.OpenFile(history, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	step := func(n int) string {
		l := 4 / float64(n)
		b, err := json.Marshal(fourm.Point{Step: n, Loss: l, Losses: map[string]float64{"tok_rgb": l}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + "\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "run.json"), []byte(`{"Steps": 4}`), 0o644); err != nil {
		t.Fatal(err)
	}
	run, err := fourm.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	away := history + ".away"
	// What happens to the files before a look, and what that look shows; ""
	// stands for nothing new.
	looks := []struct {
		before func()
		want   string
	}{
		{func() {}, "step 0/4"},
		{func() {}, ""},
		{func() { add(step(1) + step(2)) }, "step 2/4  loss 2.000"},
		{func() { add(step(3)[:5]) }, "line 3 is cut off"},
		{func() { add(step(3)[5:]) }, "step 3/4"},
		{func() { os.Rename(history, away); os.Mkdir(history, 0o777) }, "history.jsonl"},
		{func() {}, ""},
		{func() { os.Remove(history); os.Rename(away, history) }, "step 3/4"},
		{func() { add(step(4)) }, "step 4/4"},
	}
	var last map[string]any
	at, news := 0, ""
	judge := func() {
		if want := looks[at].want; want == "" && news != "" || !strings.Contains(news, want) {
			t.Errorf("look %d shows %q, expected %q", at, news, want)
		}
		news = ""
		at++
	}
	put := func(b map[string]any) {
		if news != "" {
			t.Errorf("look %d shows two things", at)
		}
		last, news = b, b["text/plain"].(string)
	}
	after := func(d time.Duration) <-chan time.Time {
		if judge(); d < 500*time.Millisecond || at == len(looks) {
			t.Fatalf("looks again after %v, %d looks so far", d, at)
		}
		looks[at].before()
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}
	follow(t.Context(), run, put, after)
	judge()
	p, _ := last["image/png"].([]byte)
	if im, err := png.Decode(bytes.NewReader(p)); at != len(looks) || err != nil || im.Bounds().Dx() != 600 {
		t.Errorf("%d looks of %d, the last picture: %v", at, len(looks), err)
	}

	// An interrupt ends it; a run in no folder is shown once.
	ctx, cancel := context.WithCancel(t.Context())
	run.Steps, news = 9, ""
	follow(ctx, run, func(map[string]any) { cancel() }, func(time.Duration) <-chan time.Time { return nil })
	n := 0
	follow(t.Context(), &fourm.Run{Steps: 9}, func(map[string]any) { n++ }, nil)
	if n != 1 {
		t.Errorf("a run in memory is shown %d times", n)
	}
}
