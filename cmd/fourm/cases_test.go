package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// ran runs the program as a person does and gives what it prints.
func ran(t *testing.T, dir string, args ...string) (out, errs string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "FOURM_TEST_AS_PROGRAM=1")
	var o, e strings.Builder
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// The scripts of the cases (Y01 to Y15, C01, S01, S02) print and end as the Go
// compiler's programs.
func TestScriptCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixture.Path(t, "cases", "scripts"), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		want, err := os.ReadFile(f + ".expected")
		if err != nil {
			t.Error(err)
			continue
		}
		out, _, code := ran(t, t.TempDir(), "run", f)
		if got := out + "exit status " + strconv.Itoa(code) + "\n"; got != string(want) {
			t.Errorf("%s: got\n%s\nexpected\n%s", filepath.Base(f), got, want)
		}
	}
	t.Logf("%d scripts", len(files))
}

// scripts are programs of our own of the same kinds, with what the compiler's
// print; the exit status is last.
var scripts = []struct{ name, src, want string }{
	{"a deadlock", `package main

import "fmt"

func main() {
	c := make(chan int)
	go func() { c <- 1 }()
	fmt.Println(<-c)
	<-c
}
`, "1\n|fatal error: all goroutines are asleep - deadlock!\n|2"},
	{"a deadlock of locks", `package main

import "sync"

func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	var mu sync.Mutex
	mu.Lock()
	go func() { mu.Lock(); wg.Done() }()
	wg.Wait()
}
`, "|fatal error: all goroutines are asleep - deadlock!\n|2"},
	{"Goexit of main", `package main

import "runtime"

func main() {
	go func() {}()
	runtime.Goexit()
}
`, "|fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n|2"},
	{"timers that come", `package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 1200*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	c := make(chan int)
	time.AfterFunc(500*time.Millisecond, func() { c <- 1 })
	fmt.Println(<-c, ctx.Err())
}
`, "1 context deadline exceeded\n||0"},
	{"a panic in a goroutine", `package main

type T struct{}

func main() {
	go func() {
		defer println("deferred")
		panic("oh")
	}()
	select {}
}
`, "|deferred\npanic: oh\n\tmain.go:8\n|2"},
	{"a panic in a timer", `package main

import "time"

func main() {
	time.AfterFunc(time.Millisecond, func() { panic("late") })
	time.Sleep(time.Minute)
}
`, "|panic: late\n\tmain.go:6\n|2"},
	{"os.Exit in a goroutine", `package main

import "os"

func main() {
	defer println("never")
	go func() {
		defer func() { println("never", recover()) }()
		os.Exit(3)
	}()
	select {}
}
`, "||3"},
	{"log.Fatalf of a logger", `package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	defer fmt.Println("never")
	log.New(os.Stdout, "", 0).Fatalf("no %d", 3)
}
`, "no 3\n||1"},
	{"Goexit runs what is deferred, and recover sees nothing", `package main

import (
	"fmt"
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() { fmt.Println("second", recover()) }()
		func() {
			defer func() { fmt.Println("first", recover()) }()
			runtime.Goexit()
		}()
		fmt.Println("never")
	}()
	wg.Wait()
}
`, "first <nil>\nsecond <nil>\n||0"},
}

func TestScriptsEndAsCompiled(t *testing.T) {
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(s.src), 0o644); err != nil {
				t.Fatal(err)
			}
			out, errs, code := ran(t, dir, "run", "main.go")
			if got := out + "|" + errs + "|" + strconv.Itoa(code); got != s.want {
				t.Errorf("got %q, expected %q", got, s.want)
			}
		})
	}
}
