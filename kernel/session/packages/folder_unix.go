//go:build unix

package packages

import (
	"os"
	"syscall"
)

// mine tells whether a file is this user's.
func mine(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
