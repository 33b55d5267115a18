//go:build unix

package worker_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/link"
)

// soonEnough is far below the 777 seconds that what is started here sleeps, and
// far above what any end takes.
const soonEnough = 10 * time.Second

// ways are cells that start something which outlives them and writes its number
// to a file.
var ways = []struct{ name, cell string }{
	{"cmd.Start", "import \"os/exec\"\nc := exec.Command(\"sleep\", \"777\")\nc.Start()\nos.WriteFile(\"FILE\", fmt.Append(nil, c.Process.Pid), 0o644)"},
	{"cmd.Start with the cell's output", "import \"os/exec\"\nc := exec.Command(\"sleep\", \"777\")\nc.Stdout, c.Stderr = os.Stdout, os.Stderr\nc.Start()\nos.WriteFile(\"FILE\", fmt.Append(nil, c.Process.Pid), 0o644)"},
	{"cmd.Start in a group of its own", "import (\"os/exec\"; \"syscall\")\nc := exec.Command(\"sleep\", \"777\")\nc.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}\nc.Start()\nos.WriteFile(\"FILE\", fmt.Append(nil, c.Process.Pid), 0o644)"},
	{"in the background", "$ sleep 777 & echo $! >FILE"},
	{"in the background of the background", "$ (sleep 777 & echo $! >FILE) &"},
	{"nohup", "$ nohup sleep 777 & echo $! >FILE"},
	{"setsid", "$ setsid sh -c 'echo $$ >FILE; exec sleep 777' &"},
	{"ignores SIGTERM", "$ sh -c 'trap \"\" TERM INT HUP; echo $$ >FILE; while :; do sleep 777; done' &"},
	{"is stopped", "$ sleep 777 & echo $! >FILE; kill -STOP $!"},
	{"keeps writing", "$ sh -c 'echo $$ >FILE; while :; do echo chatter; sleep 0.01; done' &"},
	{"floods", "$ yes & echo $! >FILE"},
}

// left is a process that a cell has started.
func left(t *testing.T, file string) int {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < soonEnough; time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(file)
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && strings.HasSuffix(string(text), "\n") || err == nil && pid > 0 && len(text) > 0 {
			return pid
		}
	}
	t.Fatal("nothing was started")
	return 0
}

// goneSoon waits for a process's end; one that stays is an error, and ended.
func goneSoon(t *testing.T, pid int) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < soonEnough; time.Sleep(5 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil {
			return
		}
	}
	t.Errorf("process %d lives on", pid)
	syscall.Kill(pid, syscall.SIGKILL)
}

// onlyWhereFound skips what this system does not find.
func onlyWhereFound(t *testing.T, way string) {
	t.Helper()
	if way != "setsid" {
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux finds what has left the session")
	}
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("no setsid here")
	}
}

// eachWay starts something in each way in a process for cells.
func eachWay(t *testing.T, f func(t *testing.T, b *cells, pid int)) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			onlyWhereFound(t, w.name)
			file := filepath.Join(t.TempDir(), "pid")
			b := start(t)
			if text, gone := b.run(strings.ReplaceAll(w.cell, "FILE", file)); gone || strings.Contains(text, "error") {
				t.Fatal(text)
			}
			pid := left(t, file)
			if text, gone := b.run("1 + 1"); gone || text != "2" {
				t.Fatalf("the next cell: %s", text)
			}
			f(t, b, pid)
		})
	}
}

// What cells have started does not hold up the end of their process, ends with
// it, and is named.
func TestEndWithWhatCellsStarted(t *testing.T) {
	eachWay(t, func(t *testing.T, b *cells, pid int) {
		begun := time.Now()
		b.Close()
		took := time.Since(begun)
		t.Logf("ended after %d ms: %s", took.Milliseconds(), b.Leftovers())
		if took > soonEnough {
			t.Errorf("the end took %v", took)
		}
		if !strings.Contains(b.Leftovers(), fmt.Sprintf("(pid %d)", pid)) && !strings.HasSuffix(t.Name(), "is_stopped") {
			t.Errorf("process %d is not named in %q", pid, b.Leftovers())
		}
		goneSoon(t, pid)
	})
}

// The death of a process that runs cells is told at once, whoever holds its
// pipes, and what its cells have started ends with it.
func TestDeathWithWhatCellsStarted(t *testing.T) {
	eachWay(t, func(t *testing.T, b *cells, pid int) {
		var killed time.Time
		time.AfterFunc(200*time.Millisecond, func() {
			killed = time.Now()
			b.Kill()
		})
		text, gone := b.run("fmt.Println(\"last\", \"words\")\ntime.Sleep(time.Minute)")
		took := time.Since(killed)
		t.Logf("told after %d ms", took.Milliseconds())
		if !gone || !strings.Contains(text, "signal: killed") || took > soonEnough {
			t.Errorf("after %v: %s", took, text)
		}
		// The system itself ends what stands still when its group is orphaned.
		if !strings.Contains(text, fmt.Sprintf("(pid %d)", pid)) && !strings.HasSuffix(t.Name(), "is_stopped") {
			t.Errorf("process %d is not named in %q", pid, text)
		}
		if !strings.Contains(b.printed(), "last words\n") {
			t.Error("what the cell printed before it is lost")
		}
		goneSoon(t, pid)
	})
}

// When the parent is killed, its worker and what that has started end as well.
func TestDeathOfTheParent(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			onlyWhereFound(t, w.name)
			dir := t.TempDir()
			file, worker := filepath.Join(dir, "pid"), filepath.Join(dir, "worker")
			in := kerneltest.Notebook(t, dir, strings.ReplaceAll(w.cell, "FILE", file), "os.WriteFile(\""+worker+"\", fmt.Append(nil, os.Getpid()), 0o644)\nfor { }")
			parent := exec.Command(kerneltest.Program(t), "execute", in)
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			pids := []int{left(t, worker), left(t, file)}
			begun := time.Now()
			parent.Process.Kill()
			parent.Wait()
			for _, pid := range pids {
				goneSoon(t, pid)
			}
			t.Logf("ended after %d ms", time.Since(begun).Milliseconds())
		})
	}
}

// What a cell starts has nothing open but the three that it is given.
func TestDescriptorsStay(t *testing.T) {
	b := start(t)
	b.run("import \"os/exec\"\nc := exec.Command(\"ls\", \"/dev/fd/\")\nc.Stdout = os.Stdout\nc.Run()")
	b.run("$ ls /dev/fd/")
	// ls itself has the folder open
	if got, want := b.printed(), "0\n1\n2\n3\n0\n1\n2\n3\n"; got != want {
		t.Errorf("open is %q, expected %q", got, want)
	}
}

// An interrupt stops the command in the foreground, and nothing in the
// background, of this cell or an earlier one.
func TestInterruptShell(t *testing.T) {
	b := start(t)
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	b.run("$ sleep 777 & echo $! >" + path("earlier"))
	for i, c := range []string{
		"$ sleep 776 & echo $! >BACK; echo $$ >FRONT; exec sleep 777",
		"$ sleep 776 & echo $! >BACK; sh -c 'echo $$ >FRONT; exec sleep 777'; echo on",
		"$ sh -c 'echo $$ >FRONT; exec sleep 777' | cat",
	} {
		back, front := path(fmt.Sprint("back", i)), path(fmt.Sprint("front", i))
		pids := make(chan int, 1)
		go func() {
			pids <- left(t, front)
			b.Send(link.Interrupt{})
		}()
		begun := time.Now()
		text, gone := b.run(strings.NewReplacer("BACK", back, "FRONT", front).Replace(c))
		t.Logf("stopped after %d ms", time.Since(begun).Milliseconds())
		if gone || text != "interrupted: the command was stopped\n" {
			t.Errorf("%s: %q", c, text)
		}
		goneSoon(t, <-pids)
		alive := []int{left(t, path("earlier"))}
		if strings.Contains(c, "BACK") {
			alive = append(alive, left(t, back))
		}
		for _, pid := range alive {
			if syscall.Kill(pid, 0) != nil {
				t.Errorf("%s: process %d in the background was stopped", c, pid)
			}
		}
	}
	// One that does not heed it is ended.
	front := path("stubborn")
	go func() {
		left(t, front)
		b.Send(link.Interrupt{})
	}()
	begun := time.Now()
	text, gone := b.run("$ trap '' INT; echo $$ >" + front + "; sleep 777; echo on")
	if took := time.Since(begun); gone || text != "interrupted: the command was stopped\n" || took > soonEnough {
		t.Errorf("after %v: %q", took, text)
	}
	goneSoon(t, left(t, front))
	if text, gone := b.run("1 + 1"); gone || text != "2" {
		t.Errorf("the next cell: %s", text)
	}
}

// A server that a cell has started prints on, below the cells that come after.
func TestServerPrintsOn(t *testing.T) {
	b := start(t)
	dir := t.TempDir()
	b.run("$ sh -c 'while [ ! -e " + dir + "/go ]; do sleep 0.01; done; echo served; sleep 777' &")
	b.run("os.WriteFile(\"" + dir + "/go\", nil, 0o644)\ntime.Sleep(100*time.Millisecond)")
	for begun := time.Now(); !strings.Contains(b.printed(), "served\n"); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > soonEnough {
			t.Fatalf("printed %q", b.printed())
		}
	}
}

// Folders of modules do not stay when the process of the cells is killed.
func TestModuleFoldersGo(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	for _, end := range []string{"1", "syscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)", "syscall.Kill(os.Getppid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)"} {
		made, worker := filepath.Join(dir, "made"), filepath.Join(dir, "worker")
		in := kerneltest.Notebook(t, dir, "%get example.org/nothing", "import (\"path/filepath\"; \"syscall\")\nfound, _ := filepath.Glob(\""+temp+"/*\")\nos.WriteFile(\""+made+"\", fmt.Appendln(nil, len(found)), 0o644)\nos.WriteFile(\""+worker+"\", fmt.Appendln(nil, os.Getpid()), 0o644)\n"+end)
		run := exec.Command(kerneltest.Program(t), "execute", in)
		run.Env = append(os.Environ(), "TMPDIR="+temp, "GOPROXY=off")
		out, err := run.CombinedOutput()
		if text, _ := os.ReadFile(made); string(text) != "1\n" {
			t.Fatalf("%s: %q folders were made: %v\n%s", end, text, err, out)
		}
		goneSoon(t, left(t, worker))
		os.Remove(made)
		os.Remove(worker)
		for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			found, _ := os.ReadDir(temp)
			if len(found) == 0 {
				break
			}
			if time.Since(begun) > soonEnough {
				t.Errorf("%s: %v stays", end, found)
				break
			}
		}
	}
}
