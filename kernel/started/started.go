// Package started finds what a process has started, whoever its parent is by
// now, and ends it: a server in the background of a shell, a command that nobody
// waits for.
//
// A process that is launched here leads a session of its own (setsid), so all it
// starts is known by that. What leaves the session is found by its parents; on
// Linux this process takes in what has lost them (it is their "subreaper"), or
// else it is known by a variable of its environment; elsewhere such a process is
// not found and lives on. Where there are no sessions (Windows), nothing is
// found.
//
//	err := started.Launch(cmd)
//	cmd.Wait()
//	started.Gone(cmd.Process.Pid)
//	ended, stay := started.End(func() []started.Process { return started.By(cmd.Process.Pid) })
package started

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Process is a line of the system's table of processes.
type Process struct {
	PID  int
	Name string // that of its program, cut by the system to some fifteen bytes

	parent, session int
	over            bool // it has ended, and its parent has not asked yet
}

const (
	// Grace is how long a process may take to end by itself when it is asked
	// to: it may have something to save. After it, it is not asked any more.
	Grace = 2 * time.Second
	// Longest is how long End may take.
	Longest = Grace + time.Second
)

// leaders are the processes that were launched and are not gone.
var leaders = struct {
	sync.Mutex
	pids map[int]bool
}{pids: map[int]bool{}}

// mark names the variable by which a leader knows what it has started though it
// has left the session, and lost its parents with nobody to take it in.
const mark = "FOURM_STARTED_BY"

// ownMark is the one that this process was launched with; it may change its
// environment.
var ownMark = os.Getenv(mark)

// Launch starts a command as the leader of a session. A terminal's Ctrl-C does
// not reach it then.
func Launch(cmd *exec.Cmd) error {
	lead(cmd)
	adopt()
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, mark+"="+rand.Text())
	leaders.Lock() // so that nobody sees the child before it is listed
	defer leaders.Unlock()
	err := cmd.Start()
	if err == nil {
		leaders.pids[cmd.Process.Pid] = true
	}
	return err
}

// Gone says that a leader has ended and was waited for.
func Gone(leader int) {
	leaders.Lock()
	defer leaders.Unlock()
	delete(leaders.pids, leader)
}

// By finds what a leader has started and what lives.
func By(leader int) []Process {
	leaders.Lock()
	defer leaders.Unlock()
	others := 0
	for pid := range leaders.pids {
		if pid != leader {
			others++
		}
	}
	// Whose an orphan is that has left its session is known of one leader only.
	return choose(table(), leader, func(p Process) bool { return others == 0 && orphan(p) })
}

// Here finds what this process, a leader, has started and what lives, also when
// the one that launched it is gone and took in nothing any more.
func Here() []Process {
	return choose(table(), os.Getpid(), func(p Process) bool { return ownMark != "" && marked(p.PID, mark+"="+ownMark) })
}

// Below finds the living processes that descend from one, or are of the session
// that it leads.
func Below(pid int) []Process { return choose(table(), pid, nobody) }

// Interrupt does to a process, and to what it has started in the same session,
// what Ctrl-C does in a terminal. A shell's commands in the background do not
// heed it.
func Interrupt(pid int) { each(pid, interrupt) }

// Kill ends a process, and what it has started in the same session.
func Kill(pid int) { each(pid, kill) }

func each(pid int, do func(pid int)) {
	at := sessionOf(pid)
	for _, p := range Below(pid) {
		if p.session == at {
			do(p.PID)
		}
	}
	do(pid)
}

func nobody(Process) bool { return false }

// orphan tells whether a process was taken in: it is a child of this one, and
// neither a leader nor of this session, as what this process starts itself is.
// Leaders must be locked.
func orphan(p Process) bool {
	return p.parent == os.Getpid() && p.session != sessionOf(0) && !leaders.pids[p.PID] && !leaders.pids[p.session]
}

// choose takes from a table what lives, and is of a leader's session, an orphan,
// or a descendant of these or of the leader.
func choose(table []Process, leader int, orphan func(Process) bool) []Process {
	children := map[int][]Process{}
	var found []Process
	seen := map[int]bool{leader: true, os.Getpid(): true, 0: true, 1: true}
	take := func(p Process) {
		if !seen[p.PID] {
			seen[p.PID] = true
			found = append(found, p)
		}
	}
	for _, p := range table {
		children[p.parent] = append(children[p.parent], p)
		if p.session == leader || p.parent == leader || orphan(p) {
			take(p)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, p := range children[found[i].PID] {
			take(p)
		}
	}
	return slices.DeleteFunc(found, func(p Process) bool { return p.over })
}

// End ends what find finds, by asking first, and gives all that it found, and
// what of it lives on: another user's, or what waits for a disk. What begins
// meanwhile is ended, too. It takes at most Longest.
func End(find func() []Process) (found, stay []Process) {
	asked := map[int]bool{}
	begun := time.Now()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		living := find()
		switch {
		case len(living) == 0:
			return found, nil
		case time.Since(begun) > Longest:
			return found, living
		}
		for _, p := range living {
			if !asked[p.PID] {
				asked[p.PID] = true
				found = append(found, p)
				askToEnd(p.PID)
			} else if time.Since(begun) > Grace {
				kill(p.PID)
			}
		}
		time.Sleep(wait)
	}
}

// mostNamed is how many are named in a line.
const mostNamed = 10

// Line lists processes in a line, and is empty for none.
func Line(list []Process) string {
	var words []string
	for i, p := range list {
		if i == mostNamed {
			words = append(words, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		words = append(words, fmt.Sprintf("%s (pid %d)", printable(p.Name), p.PID))
	}
	return strings.Join(words, ", ")
}

// printable is the name that a process gave itself, without what a terminal
// would act upon.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
}
