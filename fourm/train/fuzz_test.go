package train

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// FuzzOpen: whatever lies in a run's folder or in a table, what comes out is a
// run or an error, in words that do nothing but be read.
func FuzzOpen(f *testing.F) {
	f.Add(lineOf(1)+lineOf(2), `{"Steps": 9}`, "step,train/loss\n1,2\n")
	f.Add("\xef\xbb\xbf"+lineOf(1)+"\x00\x00\n{", `{"Name": "\u001b[2J", "Model": {"Dim": 3}}`, "Step,a - loss,b - loss,Wall time\n1,2,,3\n")
	f.Add("{}\n[]\nnull\n", "{", "\xff\xfes\x00")
	f.Fuzz(func(t *testing.T, history, settings, table string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"history.jsonl": history, "run.json": settings, "x.csv": table} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range []string{dir, filepath.Join(dir, "x.csv")} {
			runs, err := OpenAll(path)
			said := ""
			if err != nil {
				said = err.Error()
			}
			for _, r := range runs {
				said += r.Name + strings.Join(r.Notes, "") + r.String() + r.Scores().String()
			}
			for _, c := range said {
				if unicode.IsControl(c) && c != '\n' || unicode.Is(unicode.Bidi_Control, c) {
					t.Fatalf("%q is said", said)
				}
			}
		}
	})
}

func lineOf(step int) string {
	return strings.Replace(`{"step":N,"loss":2,"losses":{"tok_x":2},"val":{"x":1},"val_loss":1}`+"\n", "N", string(rune('0'+step)), 1)
}
