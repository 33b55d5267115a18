package zmtp

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// pair is a ROUTER that echoes, and publishes on an XPUB what comes behind
// the frame "publish".
func pair(t testing.TB, router, xpub string) (*Router, *XPub) {
	t.Helper()
	tell := func(what ...any) { t.Log(what...) }
	x, err := ListenXPub(xpub, func(topic string) [][]byte {
		if topic == "" {
			return [][]byte{[]byte("welcome to ")}
		}
		return [][]byte{[]byte(topic + ": welcome to " + topic)}
	}, tell)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ListenRouter(router, tell)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	t.Cleanup(r.Close)
	go func() {
		for {
			m, err := r.Recv()
			if err != nil {
				return
			}
			if len(m) > 2 && string(m[1]) == "publish" {
				x.Send(m[2:])
			}
			r.Send(m)
		}
	}()
	return r, x
}

func TestLibzmq(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import zmq").Run() != nil {
		t.Skip("no zmq for " + python + " (Debian: apt install python3-zmq)")
	}
	dir, err := os.MkdirTemp("", "zmtp") // short, for a path of a socket is
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, at := range map[string][2]string{
		"tcp": {"tcp://127.0.0.1:0", "tcp://127.0.0.1:0"},
		"ipc": {"ipc://" + filepath.Join(dir, "r"), "ipc://" + filepath.Join(dir, "x")},
	} {
		t.Run(name, func(t *testing.T) {
			r, x := pair(t, at[0], at[1])
			if name == "tcp" {
				at = [2]string{"tcp://" + r.Addr().String(), "tcp://" + x.Addr().String()}
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			out, err := exec.CommandContext(ctx, python, "testdata/libzmq.py", at[0], at[1]).CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
