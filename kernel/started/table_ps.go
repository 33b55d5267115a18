//go:build unix && (!linux || ps)

package started

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// table asks ps, which every Unix has, and the system for sessions, which ps
// has no common word for. "-tags ps" takes this way on Linux, to test it.
func table() (out []Process) {
	ps := exec.Command("/bin/ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "state=", "-o", "comm=")
	text, err := ps.Output()
	if err != nil {
		return nil
	}
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) < 4 {
			continue
		}
		pid, err1 := strconv.Atoi(words[0])
		parent, err2 := strconv.Atoi(words[1])
		if err1 != nil || err2 != nil || pid == ps.Process.Pid {
			continue
		}
		out = append(out, Process{pid, filepath.Base(strings.Join(words[3:], " ")), parent, sessionOf(pid), strings.HasPrefix(words[2], "Z")})
	}
	return out
}

// marked tells nothing here.
func marked(int, string) bool { return false }

// adopts tells that orphans are taken in.
const adopts = false

func adopt() {}
