//go:build linux && !ps

package started

import (
	"bytes"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// table reads the processes of this machine from /proc.
func table() (out []Process) {
	dirs, _ := os.ReadDir("/proc")
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join("/proc", d.Name(), "stat"))
		if err != nil {
			continue // it has ended
		}
		if p, ok := parseStat(pid, text); ok {
			out = append(out, p)
		}
	}
	return out
}

// parseStat reads a line of proc(5): number, name in parentheses, state,
// parent, group, session. The name may hold anything.
func parseStat(pid int, text []byte) (Process, bool) {
	from, to := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if from < 0 || to < from {
		return Process{}, false
	}
	words := strings.Fields(string(text[to+1:]))
	if len(words) < 4 {
		return Process{}, false
	}
	parent, err1 := strconv.Atoi(words[1])
	session, err2 := strconv.Atoi(words[3])
	over := words[0] == "Z" || words[0] == "X"
	return Process{pid, string(text[from+1 : to]), parent, session, over}, err1 == nil && err2 == nil
}

// marked tells whether a process was started with a variable.
func marked(pid int, variable string) bool {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	return err == nil && bytes.Contains(append([]byte{0}, text...), []byte("\x00"+variable+"\x00"))
}

// adopts tells that orphans are taken in.
const adopts = true

// adopt takes in what loses its parent below this process, so that it is found,
// and asks for its end when it has come. What ends comes in crowds; they are
// looked at ten times a second.
var adopt = sync.OnceFunc(func() {
	if unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != nil {
		return
	}
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGCHLD)
	go func() {
		for range ends {
			time.Sleep(100 * time.Millisecond)
			reap()
		}
	}()
})

// reap asks for the end of orphans: of all children of another session but the
// leaders, for whom somebody waits.
func reap() {
	leaders.Lock()
	defer leaders.Unlock()
	for _, p := range table() {
		if p.over && p.parent == os.Getpid() && p.session != sessionOf(0) && !leaders.pids[p.PID] {
			syscall.Wait4(p.PID, nil, syscall.WNOHANG, nil)
		}
	}
}
