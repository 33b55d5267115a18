//go:build unix

package link

import (
	"os"
	"syscall"
	"testing"
)

// Of pipes that cannot all be opened none stays open.
func TestAllPipesOrNone(t *testing.T) {
	open := func() int {
		found, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(found)
	}
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old)
	before, failed := open(), 0
	for more := range 10 {
		limit := old
		limit.Cur = uint64(before + more)
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
		pipes, err := openPipes(4)
		if err != nil {
			failed++
		}
		closePipes(pipes)
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old)
		if now := open(); now != before {
			t.Errorf("with %d descriptors to spare %d are open, %d were", more, now, before)
		}
	}
	if failed == 0 || failed == 10 {
		t.Errorf("%d of 10 failed, expected some", failed)
	}
}
