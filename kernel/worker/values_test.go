package worker_test

import (
	"context"
	"strings"
	"testing"

	"fourmlab/kernel/headless"
	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/notebook"
)

// execute runs cells without a front end, to their end or to one that fails. The
// notebook can be written in both forms.
func execute(t *testing.T, o headless.Options, cells ...string) *notebook.File {
	t.Helper()
	nb, err := notebook.Read(kerneltest.Notebook(t, t.TempDir(), cells...))
	if err != nil {
		t.Fatal(err)
	}
	if err := headless.Execute(context.Background(), nb, o); err != nil {
		t.Fatal(err)
	}
	if _, err := nb.Page(); err != nil {
		t.Fatal(err)
	}
	if _, err := nb.Encode(); err != nil {
		t.Fatal(err)
	}
	return nb
}

// outputsOf runs cells and gives what each has shown, printed or failed with,
// text only.
func outputsOf(t *testing.T, cells ...string) []string {
	t.Helper()
	nb := execute(t, headless.Options{AllowErrors: true}, cells...)
	var out []string
	for _, c := range nb.Cells {
		var b strings.Builder
		for _, o := range c.Outputs {
			if o.Kind() == "error" {
				b.WriteString("[" + o["ename"].(string) + ": " + o["evalue"].(string) + "]\n")
				continue
			}
			b.WriteString(strings.TrimRight(o.Text(), "\n") + "\n")
		}
		out = append(out, b.String())
	}
	return out
}

// Whatever a value's methods do, the cell's other output and the session stay.
func TestBehaviour(t *testing.T) {
	got := outputsOf(t,
		"kept := 42",
		"import \"image\"\nfmt.Println(\"before\")\nimage.White",
		"type Again struct{ n int }\nfunc (a Again) String() string { return fmt.Sprintf(\"%v\", a) }\nfmt.Println(\"before\")\nAgain{3}",
		"type Loop struct{}\nfunc (Loop) HTML() string { for {} }\nfmt.Println(\"before\")\nLoop{}",
		"type Exits struct{}\nfunc (Exits) PNG() []byte { os.Exit(3); return nil }\nExits{}",
		"type Says struct{}\nfunc (Says) Error() string { panic(\"oh\") }\nSays{}",
		"type Waits struct{}\nfunc (Waits) Error() string { select {} }\nWaits{}",
		"display.Show(Again{3})",
		"w := Loop{}\n_ = w",
		"%who",
		"kept",
	)
	for i, want := range map[int]string{
		1:  "before\n*image.Uniform, 2000000000 × 2000000000, of which (0,0)-(256,256) is shown\n",
		2:  "before\nAgain cannot be shown: stack overflow: a function calls itself without end",
		3:  "before\nmain.Loop.HTML: not done after 10s, left behind\n",
		4:  "Exits.PNG: panic: exit status 3",
		5:  "[error: %!v(PANIC=Error method: oh)]",
		6:  "[error: main.Waits.Error is not done after 10s, left behind]",
		7:  "[panic: stack overflow: a function calls itself without end",
		9:  "kept",
		10: "42\n",
	} {
		if !strings.Contains(got[i], want) {
			t.Errorf("cell %d gave %q, expected %q", i+1, got[i], want)
		}
	}
}

// A cell that closes or loses the standard streams mutes itself and no other.
func TestStreamsComeBack(t *testing.T) {
	const prints = "fmt.Println(\"out\")\nfmt.Fprintln(os.Stderr, \"err\")"
	for _, c := range []string{
		"os.Stdout.Close()\nos.Stderr.Close()", "os.Stdout = nil\nos.Stderr = nil", "os.Stdout, os.Stderr = nil, os.Stdout\nos.Stderr.Close()",
		"r, w, _ := os.Pipe()\nos.Stdout = w\nos.Stderr = w\nw.Close()\nr.Close()", "import \"syscall\"\nsyscall.Close(1)\nsyscall.Close(2)", "f, _ := os.Open(os.DevNull)\nos.Stdout.Close()\nos.Stdout = f\nf.Close()",
	} {
		if got := outputsOf(t, c, prints)[1]; !strings.Contains(got, "out\n") || !strings.Contains(got, "err\n") {
			t.Errorf("after %q: %q", c, got)
		}
	}
	// What a cell has put there itself, and what works, stays.
	got := outputsOf(t, "old := os.Stdout\nr, w, err := os.Pipe()\nos.Stdout = w\nerr", "fmt.Println(\"caught\")", "os.Stdout = old\nw.Close()\nimport \"io\"\nb, _ := io.ReadAll(r)\nstring(b)")
	if got[1] != "" || got[2] != "caught\n" {
		t.Errorf("a redirection gave %q", got)
	}
}

// Metadata of forms comes with them.
func TestMetadata(t *testing.T) {
	nb := execute(t, headless.Options{}, "display.Data{\"Data\": map[string]any{\"text/html\": \"<b>\"}, \"Metadata\": map[string]any{\"a\": 1}}", "display.Show(display.Data{\"text/html\": \"<i>\", \"Metadata\": map[string]any{\"b\": 2}})\n1")
	for i, key := range []string{"a", "b"} {
		o := nb.Cells[i].Outputs[0]
		if meta, _ := o["metadata"].(map[string]any); meta[key] == nil || o.Data()["Metadata"] != nil {
			t.Errorf("cell %d: %v", i+1, o)
		}
	}
}
