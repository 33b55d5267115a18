//go:build unix

package started

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What belongs to a leader, by session, by parents, and as an orphan.
func TestChoose(t *testing.T) {
	line := func(pid, parent, session int) Process { return Process{PID: pid, parent: parent, session: session} }
	over := line(60, 50, 50)
	over.over = true
	list := []Process{
		line(1, 0, 1), line(os.Getpid(), 1, sessionOf(0)),
		line(50, os.Getpid(), 50),                 // the leader
		line(51, 50, 50),                          // its child
		line(52, 1, 50),                           // an orphan that has stayed in the session
		line(53, 50, 53),                          // a child with a session of its own
		line(54, 53, 54),                          // and the child's child, with another
		line(55, os.Getpid(), 55),                 // taken in
		line(56, 55, 56),                          // and its child
		line(57, os.Getpid(), sessionOf(0)), over, // somebody else's; one that has ended
		line(58, 1, 58), line(59, 58, 58), // strangers
	}
	numbers := func(list []Process) (out []int) {
		for _, p := range list {
			out = append(out, p.PID)
		}
		slices.Sort(out)
		return out
	}
	if got, want := numbers(choose(list, 50, orphan)), []int{51, 52, 53, 54, 55, 56}; !slices.Equal(got, want) {
		t.Errorf("found %v, expected %v", got, want)
	}
	if got, want := numbers(choose(list, 50, nobody)), []int{51, 52, 53, 54}; !slices.Equal(got, want) {
		t.Errorf("found %v without orphans, expected %v", got, want)
	}
	slices.Reverse(list)
	if got, want := numbers(choose(list, 50, nobody)), []int{51, 52, 53, 54}; !slices.Equal(got, want) {
		t.Errorf("found %v from behind, expected %v", got, want)
	}
}

func TestLine(t *testing.T) {
	if got := Line(nil); got != "" {
		t.Errorf("nothing is %q", got)
	}
	list := []Process{{PID: 7, Name: "sleep"}, {PID: 8, Name: "a\x1b[2J\xffb"}}
	if got, want := Line(list), "sleep (pid 7), a?[2J?b (pid 8)"; got != want {
		t.Errorf("%q, expected %q", got, want)
	}
	for len(list) < 14 {
		list = append(list, Process{PID: 9, Name: "x"})
	}
	if got := Line(list); !strings.HasSuffix(got, "x (pid 9), 4 more") {
		t.Errorf("many are %q", got)
	}
}

// The table has this process, as the system knows it, and what it starts.
func TestTable(t *testing.T) {
	// a name with everything in it that a reader of the table could stumble over
	odd := filepath.Join(t.TempDir(), "a) Z 1 (b")
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("no sleep here")
	}
	if err := os.Symlink(sleep, odd); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(odd, "777")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	find := func(pid int) (Process, bool) {
		list := table()
		i := slices.IndexFunc(list, func(p Process) bool { return p.PID == pid })
		if i < 0 {
			return Process{}, false
		}
		return list[i], true
	}
	if p, ok := find(os.Getpid()); !ok || p.parent != os.Getppid() || p.session != sessionOf(0) || p.over {
		t.Errorf("this process is %+v, %v", p, ok)
	}
	p, ok := find(child.Process.Pid)
	if !ok || p.parent != os.Getpid() || p.session != sessionOf(0) || p.over {
		t.Errorf("the child is %+v, %v", p, ok)
	}
	if runtime.GOOS == "linux" && p.Name != filepath.Base(odd) && p.Name != "sleep" && p.Name != "coreutils" {
		t.Errorf("the child's name is %q", p.Name)
	}
	child.Process.Kill()
	for begun := time.Now(); !p.over; p, ok = find(child.Process.Pid) {
		if !ok || time.Since(begun) > 10*time.Second {
			t.Fatalf("an ended child is %+v, %v", p, ok)
		}
	}
	child.Wait()
	if _, ok := find(child.Process.Pid); ok {
		t.Error("a child that was waited for is there")
	}
}

// A shell with all kinds of offspring: what is found, what ends at once, and
// what has to be killed.
func TestEnd(t *testing.T) {
	dir := t.TempDir()
	commands := []string{
		"sleep 777 & echo $! >one",
		"(sleep 777 & echo $! >two) &",
		"nohup sleep 777 >/dev/null 2>&1 & echo $! >three",
		"sh -c 'trap \"\" TERM; echo $$ >four; while :; do sleep 777; done' &",
		"sh -c 'trap \"echo saved >said; exit\" TERM; echo $$ >five; while :; do sleep 0.01; done' &",
	}
	names := []string{"one", "two", "three", "four", "five"}
	if _, err := exec.LookPath("setsid"); err == nil && adopts {
		commands = append(commands, "setsid sh -c 'echo $$ >six; exec sleep 777' &")
		names = append(names, "six")
	}
	for _, alive := range []bool{true, false} { // whether the leader is
		shell := exec.Command("sh", "-c", strings.Join(commands, "\n")+"\nread line")
		shell.Dir = dir
		if _, err := shell.StdinPipe(); err != nil { // which the shell waits for
			t.Fatal(err)
		}
		if err := Launch(shell); err != nil {
			t.Fatal(err)
		}
		leader := shell.Process.Pid
		other := exec.Command("sleep", "777") // of this process, not of the leader
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		var pids []int
		for _, name := range names {
			pids = append(pids, number(t, filepath.Join(dir, name)))
			os.Remove(filepath.Join(dir, name))
		}
		if !alive {
			shell.Process.Kill()
			shell.Wait()
			Gone(leader)
		}
		begun := time.Now()
		found, stay := End(func() []Process { return By(leader) })
		t.Logf("leader alive %v: %d ms, %s", alive, time.Since(begun).Milliseconds(), Line(found))
		if stay != nil {
			t.Errorf("stay: %s", Line(stay))
		}
		for i, pid := range pids {
			if !slices.ContainsFunc(found, func(p Process) bool { return p.PID == pid }) {
				t.Errorf("%s was not found", names[i])
			}
			for begun := time.Now(); lives(pid); time.Sleep(time.Millisecond) {
				if time.Since(begun) > 10*time.Second {
					t.Errorf("%s lives on", names[i])
					break
				}
			}
		}
		if said, _ := os.ReadFile(filepath.Join(dir, "said")); string(said) != "saved\n" {
			t.Errorf("what heeds SIGTERM could not save: %q", said)
		}
		os.Remove(filepath.Join(dir, "said"))
		if slices.ContainsFunc(found, func(p Process) bool { return p.PID == other.Process.Pid || p.PID == leader }) {
			t.Error("more was ended than what the leader had started")
		}
		if !lives(other.Process.Pid) {
			t.Error("another process was ended")
		}
		other.Process.Kill()
		other.Wait()
		if alive {
			if !lives(leader) {
				t.Error("the leader was ended")
			}
			shell.Process.Kill()
			shell.Wait()
			Gone(leader)
		}
	}
}

// What has ended below a living leader, and lost its parent, does not stay in
// the table.
func TestOrphansAreWaitedFor(t *testing.T) {
	dir := t.TempDir()
	shell := exec.Command("sh", "-c", "(sleep 0.05 & echo $! >one) &\nread line")
	shell.Dir = dir
	if _, err := shell.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := Launch(shell); err != nil {
		t.Fatal(err)
	}
	pid := number(t, filepath.Join(dir, "one"))
	for begun := time.Now(); syscall.Kill(pid, 0) == nil; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("it stays")
		}
	}
	shell.Process.Kill()
	if err := shell.Wait(); err == nil {
		t.Error("the leader's end was not this process's to hear of")
	}
	Gone(shell.Process.Pid)
}

func lives(pid int) bool {
	return slices.ContainsFunc(table(), func(p Process) bool { return p.PID == pid && !p.over })
}

// number reads a process's number from a file that is being written.
func number(t *testing.T, path string) int {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(time.Millisecond) {
		text, _ := os.ReadFile(path)
		if pid, err := strconv.Atoi(string(bytes.TrimSpace(text))); err == nil && bytes.HasSuffix(text, []byte("\n")) {
			return pid
		}
	}
	t.Fatalf("no number in %s", path)
	return 0
}
