package kernels_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"fourmlab/fourm/kernels/cpu"
)

// digestOf, where it is set, makes TestDigest print a digest of results.
const digestOf = "FOURM_KERNELS_DIGEST"

// again runs some tests of this binary in another process.
func again(t *testing.T, run string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", run, "-test.v")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("with %v: %v\n%s", env, err, out)
	}
	return string(out)
}

// Results are the same to the last bit for any number of workers.
func TestResultsDoNotDependOnWorkers(t *testing.T) {
	digest := func(workers int) string {
		out := again(t, "^TestDigest$", digestOf+"=1", fmt.Sprintf("GOMAXPROCS=%d", workers))
		_, rest, _ := strings.Cut(out, "digest ")
		sum, _, _ := strings.Cut(rest, "\n")
		if len(sum) != 2*sha256.Size {
			t.Fatalf("no digest in %q", out)
		}
		return sum
	}
	want := digest(1)
	for _, workers := range []int{2, 3, 7} {
		if got := digest(workers); got != want {
			t.Errorf("%d workers give %s, one gives %s", workers, got, want)
		}
	}
}

func TestDigest(t *testing.T) {
	if os.Getenv(digestOf) == "" {
		t.Skip("run by TestResultsDoNotDependOnWorkers")
	}
	sum := sha256.New()
	put := func(x ...[]float32) {
		for _, x := range x {
			if err := binary.Write(sum, binary.LittleEndian, x); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := roll(11)
	for i, s := range []cpu.Heads{ // few heads, so that tiles are shared out, and many
		{B: 1, Tq: 200, Tk: 150, H: 1, D: 24}, {B: 1, Tq: 130, Tk: 500, H: 3, D: 16}, {B: 2, Tq: 70, Tk: 70, H: 2, D: 8}, {B: 12, Tq: 40, Tk: 20, H: 6, D: 8},
	} {
		for _, kind := range spanKinds {
			a := d.attention(s, kind)
			dq, dk, dv := make([]float32, len(a.q)), make([]float32, len(a.k)), make([]float32, len(a.v))
			cpu.AttendBack(dq, dk, dv, a.out, a.q, a.k, a.v, a.Heads, a.span)
			put(dq, dk, dv)
			cpu.Attend(a.out, a.q, a.k, a.v, a.Heads, a.span)
			put(a.out)
		}
		const rows, dim = 3000, 24
		x, dy, g, y := d.floats(rows*dim), d.floats(rows*dim), d.floats(dim), make([]float32, rows*dim)
		cpu.NormBack(y, dy, x, g, 1e-6)
		put(y)
		cpu.NormBackParam(g, y[:dim], dy, x, 1e-6)
		put(g, y)
		cpu.SumRows(g, x)
		cpu.Scatter(y, dy, d.places(rows), int32(i%2), dim)
		put(g, y, []float32{float32(cpu.SumSquares(x))})
		for _, k := range elementwises {
			k.fast(y, x, dy, x)
			put(y)
		}
	}
	fmt.Printf("digest %x\n", sum.Sum(nil))
}

// The plain loops, which other processors run, pass the same tests.
func TestWithoutVectorUnit(t *testing.T) {
	if testing.Short() || runtime.GOARCH != "amd64" || strings.Contains(os.Getenv("GODEBUG"), "cpu.avx2=off") {
		t.Skip("nothing else to run here")
	}
	out := again(t, "^Test(Elementwise|Gate|Rows|SumSquares|AdamW|Gather|Scatter|Losses|Nearest|Attention)", "GODEBUG=cpu.avx2=off")
	if strings.Contains(out, "SKIP") || !strings.Contains(out, "--- PASS: TestAttentionOfManyKeys") {
		t.Errorf("not all ran:\n%s", out)
	}
}

// After the first calls no kernel asks for memory but for what starts its work.
func TestKernelsKeepTheirMemory(t *testing.T) {
	if racing {
		t.Skip("the race detector allocates by itself")
	}
	d := roll(12)
	a := d.attention(cpu.Heads{B: 2, Tq: 70, Tk: 70, H: 4, D: 16}, "padded")
	dq, dk, dv := make([]float32, len(a.q)), make([]float32, len(a.k)), make([]float32, len(a.v))
	const rows, dim = 512, 96
	x, y, g, h := d.floats(rows*dim), d.floats(rows*dim), d.floats(dim), d.floats(dim)
	for name, f := range map[string]func(){
		"Attend":        func() { cpu.Attend(a.out, a.q, a.k, a.v, a.Heads, a.span) },
		"AttendBack":    func() { cpu.AttendBack(dq, dk, dv, a.out, a.q, a.k, a.v, a.Heads, a.span) },
		"NormBackParam": func() { cpu.NormBackParam(g, h, y, x, 1e-6) },
		"SumRows":       func() { cpu.SumRows(g, x) },
		"SumSquares":    func() { cpu.SumSquares(x) },
		"Gate":          func() { cpu.Gate(y, x, y) },
		"AdamW":         func() { cpu.AdamW(x, y, y, y, 1, 1e-3, 0.9, 0.95, 1e-8, 0, 1) },
	} {
		// where there are many workers it takes a while until each has met its
		// part of the work
		const times, most, limit = 50, 40, 2048
		least := uint64(limit + 1)
		for i := 0; i < most && least > limit; i++ {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range times {
				f()
			}
			runtime.ReadMemStats(&after)
			least = min(least, (after.TotalAlloc-before.TotalAlloc)/times)
		}
		if least > limit {
			t.Errorf("%s allocates %d bytes a call", name, least)
		}
	}
}
