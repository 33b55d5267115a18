package zmtp

// Addresses as ZeroMQ writes them.

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// listen binds to an endpoint and to nothing else: tcp://address:port, where
// * stands for all interfaces, or ipc://path. A path that a dead process left
// behind is taken over.
func listen(endpoint string) (net.Listener, error) {
	scheme, address, _ := strings.Cut(endpoint, "://")
	switch scheme {
	case "tcp":
		if rest, all := strings.CutPrefix(address, "*:"); all {
			address = "0.0.0.0:" + rest
		}
		if host, _, err := net.SplitHostPort(address); err != nil || host == "" {
			return nil, fmt.Errorf("zmtp: endpoint %s: expected tcp://address:port", endpoint)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("zmtp: endpoint %s: %w", endpoint, err)
		}
		return l, nil
	case "ipc":
		l, err := net.Listen("unix", address)
		if errors.Is(err, syscall.EADDRINUSE) && stale(address) {
			os.Remove(address)
			l, err = net.Listen("unix", address)
		}
		if err != nil {
			return nil, fmt.Errorf("zmtp: endpoint %s: %w", endpoint, err)
		}
		if !strings.HasPrefix(address, "@") {
			os.Chmod(address, 0o600)
		}
		return l, nil
	}
	return nil, fmt.Errorf("zmtp: endpoint %q: expected tcp:// or ipc://", endpoint)
}

// stale tells whether a path is a socket to which nobody listens.
func stale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
