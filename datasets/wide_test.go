package datasets

// Files of many columns, rows, fields and captions: the time they take grows as
// they do. Each of these would take minutes if it grew as their square.

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is far more than any of them takes, and far less than a square.
const patience = 60 * time.Second

func TestWideTables(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const n = 200_000
	list := func(format, sep string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(sep)
			}
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	object := func(fields map[string]string) string {
		for i := range n {
			fields[fmt.Sprint("k", i)] = "v"
		}
		b, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + "\n"
	}
	for _, c := range []struct{ what, file, text, want string }{
		{"columns of words", "captions.csv", "file,caption," + list("c%d", ",") + "\na.png,x," + list("w%d", ",") + "\n", "1 sample"},
		{"columns of numbers", "captions.csv", "file,caption," + list("c%d", ",") + "\na.png,x," + list("%d", ",") + "\n", "1 sample"},
		{"columns of captions", "captions.csv", "file," + list("caption_%d", ",") + "\na.png," + list("w%d", ",") + "\n", "1 sample"},
		{"captions of a picture", "captions.csv", "file,caption\n" + list("a.png,word %d\n", ""), "1 sample"},
		{"rows without a picture", "captions.csv", "file,caption\na.png,x\n" + list("b%d.png,x\n", ""), "1 sample"},
		{"columns that say no key", "captions.csv", list("c%d", ",") + "\n" + list("w%d", ",") + "\n", "expected one that names the picture"},
		{"fields of a line", "captions.jsonl", object(map[string]string{"file": "a.png", "caption": "x"}), "1 sample"},
		{"fields of their own", "captions.jsonl", list(`{"file": "a.png", "caption": "x", "k%d": "v"}`, "\n"), "has no k"},
	} {
		began := time.Now()
		dir := t.TempDir()
		put(t, filepath.Join(dir, "a.png"), photo(t, 9))
		put(t, filepath.Join(dir, c.file), []byte(c.text))
		rep, err := Pack(dir, filepath.Join(t.TempDir(), "out"), PackOptions{SkipBroken: true})
		said := rep.String()
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, c.want) {
			t.Errorf("%d %s: %.200s, expected %q", n, c.what, said, c.want)
		}
		if len(said) > 1000 && err != nil {
			t.Errorf("%d %s: a sentence of %d bytes", n, c.what, len(said))
		}
		if spent := time.Since(began); spent > patience {
			t.Errorf("%d %s took %v", n, c.what, spent)
		} else {
			t.Logf("%d %s: %.1f s", n, c.what, spent.Seconds())
		}
	}
	for _, c := range []struct{ what, text, want string }{
		{"fields of a line", object(map[string]string{"key": "a", "caption": "x"}), "1 whole sample"},
		{"fields of their own", list(`{"key": "a%d", "caption": "x"}`, "\n") + "\n" + object(map[string]string{"key": "a", "caption": "x"}), "passed over"},
	} {
		began := time.Now()
		dir := t.TempDir()
		put(t, filepath.Join(dir, "rgb", "a.png"), photo(t, 9))
		put(t, filepath.Join(dir, "meta.jsonl"), []byte(c.text))
		rep, err := Check(dir)
		if err != nil || !strings.Contains(rep.String(), c.want) {
			t.Errorf("meta.jsonl, %s: %.300s (%v), expected %q", c.what, rep, err, c.want)
		}
		if spent := time.Since(began); spent > patience {
			t.Errorf("meta.jsonl, %s took %v", c.what, spent)
		}
	}
}
