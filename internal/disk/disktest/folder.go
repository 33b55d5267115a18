package disktest

import (
	"os"
	"testing"
)

// Folder gives a folder that is removed after the test: in memory where the
// system has such a place, for a test that flushes its files some thousand
// times.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "fourm-disktest-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
