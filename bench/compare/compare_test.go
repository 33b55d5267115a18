package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourmlab/bench/cases"
)

func result(gflop, mb float64, seconds ...float64) *cases.Result {
	s := spreadOf(seconds)
	return &cases.Result{Case: "x", GFLOP: gflop, PeakRSS: mb, Threads: 2, Seconds: cases.Seconds{Median: s.median, Best: s.least, All: seconds}}
}

// Only quiet rounds count; ratios are of the medians of a round.
func TestLine(t *testing.T) {
	r := row{Case: "x", Rounds: []round{
		{Kept: true, Ours: outcome{Result: result(10, 100, 1, 2, 3)}, Torch: &outcome{Result: result(10, 150, 4, 4, 6)}},
		{Kept: false, Ours: outcome{Result: result(10, 900, 50, 60)}, Torch: &outcome{Result: result(10, 900, 99, 99)}},
		{Kept: true, Ours: outcome{Result: result(10, 110, 2, 2, 2)}, Torch: &outcome{Result: result(10, 140, 6, 6, 6)}},
	}}
	l := r.line()
	if l.ours != (spread{2, 1, 3}) || l.torch != (spread{6, 4, 6}) || l.ratio != (spread{2.5, 2, 3}) || l.n != 2 || l.mb != 110 || l.torchMB != 150 || l.gflops != 5 || l.note != "" {
		t.Errorf("%+v", l)
	}
	r.Rounds, r.Disturbed = r.Rounds[1:2], true
	if l := r.line(); l.n != 1 || l.ratio.median != 1.8 || l.note != "others worked in every round" {
		t.Errorf("%+v", l)
	}
	r.Rounds[0].Torch.Result.GFLOP = 10.1
	if l := r.line(); !strings.Contains(l.note, "not the same work: 10.000 and 10.100 GFLOP") {
		t.Errorf("note %q", l.note)
	}
	r.Rounds[0].Torch = &outcome{Error: "signal: killed"}
	if l := r.line(); l.both || !strings.Contains(l.note, "failed: signal: killed") {
		t.Errorf("%+v", l)
	}
}

func TestMachine(t *testing.T) {
	info := "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: A CPU\nflags\t\t: fma avx2 avx512f avx512bw avx512dq avx512vl\n\nprocessor\t: 1\nmodel name\t: another\n"
	if m := cpu(info); m.CPU != "A CPU" || !m.AMD || !m.AVX2 || !m.AVX512 {
		t.Errorf("%+v", m)
	}
	if m := cpu(strings.Replace(info, "avx512vl", "", 1)); m.AVX512 || !strings.Contains(m.String(), "A CPU, 0 cores, AVX2, 0 MB") {
		t.Errorf("%v", m)
	}
	if s, ok := worked("cpu  100 20 30 4000 500 6 7 80 0 0\ncpu0 1 1 1 1\n"); !ok || s < 1.6299 || s > 1.6301 {
		t.Errorf("%g s", s)
	}
	for _, bad := range []string{"", "cpu 1 2 3", "cpu a b c d e f g h"} {
		if _, ok := worked(bad); ok {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-cases", "ar_tiny, train_tiny_b1", "-reps", "2"}, io.Discard)
	if err != nil || strings.Join(o.names, " ") != "ar_tiny train_tiny_b1" || o.reps != 2 || o.rounds != 3 || o.threads < 1 {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := parse([]string{"-cases", ""}, io.Discard); err != nil || strings.Join(o.names, " ") != cases.Names() {
		t.Errorf("%v, %v", o.names, err)
	}
	for _, bad := range [][]string{{"-cases", "dance"}, {"-reps", "0"}, {"-rounds", "x"}, {"-quiet", "-1"}, {"more"}} {
		if _, err := parse(bad, io.Discard); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if _, err := parse([]string{"-h"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

// Libraries that come near the best are tried once more, those that fail are
// passed over.
func TestTryAll(t *testing.T) {
	calls := map[string]int{}
	times := map[string][]float64{"a": {2, 1.5}, "b": {1, 9}, "c": {1.2, 0.9}, "d": {0}}
	ts := tryAll([]library{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}, func(l library, _ time.Duration) trial {
		calls[l.Name]++
		if l.Name == "d" {
			return trial{library: l, Error: "no such library"}
		}
		return trial{library: l, Seconds: times[l.Name][calls[l.Name]-1]}
	})
	for i, want := range []float64{2, 1, 0.9} {
		if ts[i].Seconds != want {
			t.Errorf("%+v, expected %g", ts[i], want)
		}
	}
	if calls["a"] != 1 || calls["b"] != 2 || calls["c"] != 2 || calls["d"] != 1 {
		t.Errorf("calls %v", calls)
	}
}

// script writes a program that answers for any case: half a second of ours, one
// of PyTorch's.
func script(t *testing.T, name, body string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+body), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

const answer = `
while [ $# -gt 0 ]; do
  case "$1" in -case|--case) name=$2;; -reps|--reps) reps=$2;; esac
  shift
done
all=SECONDS; i=1
while [ $i -lt $reps ]; do all="$all,SECONDS"; i=$((i+1)); done
echo "{\"case\":\"$name\",\"seconds\":{\"median\":SECONDS,\"best\":SECONDS,\"all\":[$all]},\"gflop\":7,\"peak_rss_mb\":50,\"threads\":2}"
`

// Everything from the command line to the table and the file, with programs
// that answer at once.
func TestCompare(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh")
	}
	o, err := parse([]string{"-cases", "train_tiny_b1 ar_base", "-reps", "2", "-rounds", "2", "-quiet", "1000"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o.fourm = script(t, "fourm", strings.ReplaceAll(answer, "SECONDS", "0.5"))
	o.python = script(t, "python", "[ \"$1\" = -c ] && exit 0\necho torch 0, libraries >&2\n"+strings.ReplaceAll(answer, "SECONDS", "1"))
	o.out = filepath.Join(t.TempDir(), "out", "bench.json")
	var out bytes.Buffer
	if err := compare(context.Background(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"machine: ", "torch 0, libraries", "BLAS of PyTorch: ", "| ar_base | 0.5 [0.5 0.5] | 1 [1 1] | 2 [2 2] | 50 | 50 | 1.00 | 14 | 2 of 2 |", o.out} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	b, err := os.ReadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	var rep report
	if err := json.Unmarshal(b, &rep); err != nil || len(rep.Rows) != 2 || len(rep.Rows[1].Rounds) != 2 || rep.Rows[1].Rounds[0].Torch.Result.Seconds.All[1] != 1 {
		t.Errorf("%v: %s", err, b)
	}

	// a PyTorch that brings its own BLAS is not tried with others
	o.python = script(t, "python", "[ \"$1\" = -c ] && { echo mkl; exit 0; }\n"+strings.ReplaceAll(answer, "SECONDS", "1"))
	out.Reset()
	if err := compare(context.Background(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if want := "BLAS of PyTorch: mkl, built in"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}

	// without PyTorch, and with a program that fails
	o.python = script(t, "python", "exit 1\n")
	o.fourm = script(t, "fourm", "echo no memory >&2; exit 3\n")
	out.Reset()
	if err := compare(context.Background(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"cannot import torch", "this project alone", "| ar_base | | | | | | | | 0 of 1 |", "* ar_base: failed: exit status 3: no memory"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
