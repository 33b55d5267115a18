//go:build unix

package inside

import "syscall"

// nonblock opens what turns out to be a FIFO without waiting for its writer.
const nonblock = syscall.O_NONBLOCK
