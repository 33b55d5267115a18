package kernel

// What cells start: a server in the background of a shell, a command that a
// cell does not wait for. It lives as long as the kernel, from cell to cell,
// and ends with the process that ran the cell.
//
// A worker leads a session of its own (setsid), so all it starts is known by
// that, whoever its parent is by then. What leaves the session is found by its
// parents; on Linux this process takes in what has lost them (it is their
// "subreaper"), elsewhere such a process is not found and lives on.

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// proc is a line of the system's table of processes.
type proc struct {
	pid, parent, session int
	name                 string
	over                 bool // it has ended, and its parent has not asked yet
}

const (
	// graceToEnd is how long what cells have started may take to end by itself
	// when it is asked to.
	graceToEnd = time.Second
	// dying is how long it may take when it is not asked any more.
	dying = time.Second
)

// workers are the numbers of this process's workers that live.
var workers = struct {
	sync.Mutex
	pids map[int]bool
}{pids: map[int]bool{}}

// startedBy finds what the cells of a worker have started and what lives.
func startedBy(worker int) []proc {
	workers.Lock()
	defer workers.Unlock()
	others := 0
	for pid := range workers.pids {
		if pid != worker {
			others++
		}
	}
	return choose(table(), worker, func(p proc) bool { return others == 0 && orphan(p) })
}

// orphan tells whether a process was taken in: it is a child of this one, and
// neither a worker nor of this session, as what this process starts itself is.
// Workers must be locked.
func orphan(p proc) bool {
	return p.parent == os.Getpid() && p.session != ownSession() && !workers.pids[p.pid] && !workers.pids[p.session]
}

// choose takes from a table what lives, and is of a worker's session, an
// orphan, or a descendant of these or of the worker.
func choose(table []proc, worker int, orphan func(proc) bool) []proc {
	children := map[int][]proc{}
	var found []proc
	seen := map[int]bool{worker: true, os.Getpid(): true, 0: true, 1: true}
	take := func(p proc) {
		if !seen[p.pid] {
			seen[p.pid] = true
			found = append(found, p)
		}
	}
	for _, p := range table {
		children[p.parent] = append(children[p.parent], p)
		if p.session == worker || p.parent == worker || orphan(p) {
			take(p)
		}
	}
	for i := 0; i < len(found); i++ {
		for _, p := range children[found[i].pid] {
			take(p)
		}
	}
	return slices.DeleteFunc(found, func(p proc) bool { return p.over })
}

// endAll ends what find finds, by asking first, and gives all that it found, and
// what of it lives on: another user's, or what waits for a disk. What begins
// meanwhile is ended, too.
func endAll(find func() []proc) (found, stay []proc) {
	asked := map[int]bool{}
	begun := time.Now()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		living := find()
		if len(living) == 0 || time.Since(begun) > graceToEnd+dying {
			return found, living
		}
		for _, p := range living {
			if !asked[p.pid] {
				asked[p.pid] = true
				found = append(found, p)
				askToEnd(p.pid)
			} else if time.Since(begun) > graceToEnd {
				killNow(p.pid)
			}
		}
		time.Sleep(wait)
	}
}

// mostNamed is how many processes are named in a line.
const mostNamed = 10

// named lists processes in a line, or is empty.
func named(list []proc) string {
	var words []string
	for i, p := range list {
		if i == mostNamed {
			words = append(words, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		words = append(words, fmt.Sprintf("%s (pid %d)", printable(p.name), p.pid))
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
