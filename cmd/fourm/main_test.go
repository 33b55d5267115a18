package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fourmlab/internal/version"
)

func call2(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = start(args, &o, &e)
	return status, o.String(), e.String()
}

// A wrong call ends with status 2 and says what is wrong; -h explains on
// standard output, with one dash or two, wherever it stands.
func TestCalls(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"", 2, "Usage: fourm COMMAND"},
		{"-h", 0, "ablate"},
		{"--help", 0, "ablate"},
		{"help", 0, "ablate"},
		{"dance", 2, `no command "dance"`},
		{"help notebook", 0, "fourm notebook to-script NOTEBOOK"},
		{"help notebook run", 0, "-allow-errors"},
		{"help data pack", 0, "-captions FILE"},
		{"help data check", 0, "fourm data check SET"},
		{"help kernel doctor", 0, "-name NAME"},
		{"help help", 0, "Usage: fourm COMMAND"},
		{"notebook help test", 0, "-rtol DIFFERENCE"},
		{"data -h", 0, "fourm data pack DIR -o FOLDER"},
		{"version", 0, "fourm " + version.Number},
		{"--version", 0, "fourm " + version.Number},
		{"version -h", 0, "Say which build"},
		{"version now", 2, "1 arguments, expected none"},
		{"help dance", 2, `no command "dance"`},
		{"help notebook dance", 2, `no "dance"`},
		{"notebok", 2, `did you mean "notebook"?`},
		{"notebook runn a.ipyn", 2, `no "runn" (did you mean "run"?)`},
		{"data chek x", 2, `did you mean "check"?`},
		{"run", 2, "no script given"},
		{"run -h", 0, "-engine ENGINE"},
		{"run x.go --help", 0, "-engine ENGINE"},
		{"run no/such/file.go", 1, "no/such/file.go"},
		{"notebook", 2, "expected run, test, to-script or from-script"},
		{"notebook -h", 0, "fourm notebook to-script NOTEBOOK"},
		{"notebook dance", 2, `no "dance"; expected run, test`},
		{"notebook run", 2, "expected one notebook"},
		{"notebook run -h", 0, "-allow-errors"},
		{"notebook run a.ipynb b.ipynb", 2, "2 arguments"},
		{"notebook a.ipynb b.ipynb", 2, "2 arguments"},
		{"notebook run no-such.ipynb", 1, "no-such.ipynb"},
		{"notebook run x.ipynb -p steps", 2, "expected NAME=VALUE"},
		{"notebook run x.ipynb -timeout 5", 2, "invalid value"},
		{"notebook run x.ipynb -timeout -5s", 2, "expected more than 0"},
		{"notebook test no-such.ipynb", 1, "no-such.ipynb"},
		{"notebook to-script no-such.ipynb", 1, "no-such.ipynb"},
		{"notebook from-script", 2, "expected one program"},
		{"notebook from-script no-such.go", 1, "no-such.go"},
		{"kernel", 2, "expected install, uninstall, list or doctor, or a connection file"},
		{"kernel -h", 0, "fourm kernel doctor"},
		{"kernel no-such-file.json", 1, "no-such-file.json"},
		{"kernel install now", 2, "now"},
		{"kernel install -name a/b", 2, "a/b"},
		{"kernel install -user -prefix x", 2, "-user and -prefix"},
		{"kernel uninstall -prefix no-such-folder", 1, "no-such-folder"},

		{"tokenizer", 2, "expected train or eval"},
		{"tokenizer -h", 0, "fourm tokenizer eval SET -modality NAME"},
		{"tokenizer train scenes -modality rgb", 2, "train needs -o FILE"},
		{"tokenizer train -o x", 2, "no set given"},
		{"tokenizer train scenes -o x", 2, "-modality says which modality"},
		{"tokenizer train scenes -modality rgbb -o x", 1, `no modality "rgbb"`},
		{"tokenizer train scenes -modality rgb -o x step=3", 2, `no key "step" (did you mean "steps"?)`},
		{"tokenizer train scenes -modality rgb -o x lr=fast", 2, `lr is "fast", expected a number`},
		{"tokenizer train scenes -modality rgb -o x quantizer=vq", 1, `no quantizer "vq"`},
		{"tokenizer eval scenes -modality rgb -tokenizer no-such.safetensors", 1, "no-such.safetensors"},
		{"tokenizer eval no-such-set -modality rgb", 1, "no-such-set"},
		{"tokenizer eval scenes scenes -modality rgb", 2, "2 arguments, expected one set"},
		{"data pack", 2, "expected one"},
		{"data pack DIR", 2, "-o FOLDER"},
		{"data pack DIR -o", 2, "flag needs an argument"},
		{"data --size=x pack DIR", 2, "invalid value"},
		{"data sort DIR", 2, `no "sort"`},
		{"data check no-such-set", 1, "no-such-set"},
		{"parity", 2, "expected fixtures"},
		{"parity no-such-folder", 2, "no fixture found"},
		{"parity -vm third .", 2, "expected own or tape"},
		{"parity --json .", 2, `{"passed":0,"failed":0,"skipped":0}`},
		{"bench", 0, "maskgit_base_25"},
		{"bench -case train_huge", 2, "train_tiny_b1, train_tiny_b8"},
		{"bench -case ar_tiny -reps 0", 2, "expected 1 to"},
		{"bench ar_tiny", 2, "named with -case"},
		{"peek", 2, "expected one checkpoint"},
		{"peek no-such-file", 1, "no-such-file"},
		{"watch", 2, "expected the folder of a run"},
		{"watch -h", 0, "-allow-remote"},
		{"watch . -addr 0.0.0.0:0", 2, "others on the network could read the runs; -allow-remote"},
		{"watch . -addr here", 2, "expected HOST:PORT"},
		{"ablate", 2, "no file given"},
		{"ablate no-such-file.yaml", 1, "no-such-file.yaml"},
	} {
		status, out, errs := call2(strings.Fields(c.args)...)
		if all := out + errs; status != c.status || !strings.Contains(all, c.says) {
			t.Errorf("fourm %s: status %d, expected %d with %q:\n%s", c.args, status, c.status, c.says, all)
		}
		if strings.Contains(errs, "goroutine") {
			t.Errorf("fourm %s shows a stack", c.args)
		}
	}
}

// Every command and use has a help of its own, on standard output, by all the
// ways to ask for it.
func TestHelp(t *testing.T) {
	asked := 0
	ask := func(words ...string) string {
		asked++
		status, out, errs := call2(words...)
		if status != 0 || errs != "" || !strings.HasPrefix(out, "Usage: fourm "+strings.Join(strings.Fields(out)[2:3], "")) {
			t.Errorf("fourm %v: status %d, %q, %q", words, status, out, errs)
		}
		return out
	}
	of := regexp.MustCompile(`(?m)^  fourm (\w+) ([a-z-]+)`)
	for _, c := range commands {
		if c.hidden {
			continue
		}
		page := ask("help", c.name)
		for _, way := range [][]string{{c.name, "-h"}, {c.name, "--help"}, {c.name, "-help"}} {
			if got := ask(way...); got != page {
				t.Errorf("fourm %v says another thing than fourm help %s", way, c.name)
			}
		}
		for _, m := range of.FindAllStringSubmatch(page, -1) {
			use := ask("help", m[1], m[2])
			if got := ask(m[1], m[2], "-h"); got != use || !strings.HasPrefix(use, "Usage: fourm "+m[1]+" "+m[2]) {
				t.Errorf("fourm %s %s: %q and %q", m[1], m[2], use, got)
			}
		}
	}
	if asked < 50 {
		t.Errorf("only %d pages", asked)
	}
}

// What fixtures say decides the exit status; a kind that cannot be run is no
// failure.
func TestParity(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("good/schedules.json", `{"cases": [{"num_steps": 2, "total_tokens": 5, "linear": [3, 2]}]}`)
	write("later/config.json", `{"kind": "telepathy"}`)
	for _, vm := range []string{"own", "tape"} {
		if status, out, _ := call2("parity", root, "-vm", vm); status != 0 || !strings.HasSuffix(out, "1 passed, 0 failed, 1 skipped\n") || !strings.Contains(out, "telepathy") {
			t.Errorf("%s: status %d: %s", vm, status, out)
		}
	}
	write("bad/schedules.json", `{"cases": [{"num_steps": 2, "total_tokens": 5, "linear": [4, 1]}]}`)
	status, out, errs := call2("parity", "-json", root)
	if status != 1 || !strings.HasSuffix(out, `{"passed":1,"failed":1,"skipped":1}`+"\n") || !strings.Contains(errs, "telepathy") || !strings.Contains(out, `"pass":false`) {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}

// Another device than the CPU is a sentence and not a crash.
func TestDevice(t *testing.T) {
	t.Setenv("FOURM_DEVICE", "cuda")
	status, _, errs := call2("peek", "x")
	if status != 1 || !strings.Contains(errs, `no device "cuda"`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

// Pictures with captions become a set that checks, flags before or behind.
func TestPackAndCheck(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "set")
	for i, name := range []string{"a", "b", "c"} {
		im := image.NewRGBA(image.Rect(0, 0, 80, 90))
		for y := range 90 {
			for x := range 80 {
				im.Set(x, y, color.RGBA{uint8(x * i), uint8(y), 90, 255})
			}
		}
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, im); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if err := os.WriteFile(filepath.Join(dir, "captions.csv"), []byte("file,caption\na.png,first\nb.png,second\nc.png,third\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, o, e := call2("data", "--size", "32", "pack", dir, "-o", out); status != 0 || !strings.Contains(o, "3") {
		t.Fatalf("pack: status %d: %s%s", status, o, e)
	}
	if status, o, e := call2("data", "check", out); status != 0 || !strings.Contains(o, "caption") {
		t.Errorf("check: status %d: %s%s", status, o, e)
	}
	if status, _, e := call2("data", "pack", dir, "-o", out); status != 1 || !strings.Contains(e, out) {
		t.Errorf("packing into a full folder: status %d: %s", status, e)
	}
}
