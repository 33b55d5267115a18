package zmtp

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// dial connects as a stranger.
func dial(t testing.TB, at net.Addr) net.Conn {
	t.Helper()
	c, err := net.Dial(at.Network(), at.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	return c
}

// hello is what a peer of some type says first.
func hello(kind string) string {
	ready := command("READY", property(nil, "Socket-Type", kind))
	return string(greeting) + string(ready.parts[0])
}

// echoes tells whether a peer of good will is answered.
func echoes(t *testing.T, r *Router) {
	t.Helper()
	c := dial(t, r.Addr())
	io.WriteString(c, hello("DEALER")+"\x00\x02hi")
	in := bufio.NewReader(c)
	if err := readGreeting(in); err != nil {
		t.Fatal(err)
	}
	if _, is, err := readMessage(in, 1000); err != nil || !is {
		t.Fatalf("READY: %v, %v", is, err)
	}
	if m, _, err := readMessage(in, 1000); err != nil || len(m) != 1 || string(m[0]) != "hi" {
		t.Fatalf("echo: %q, %v", m, err)
	}
}

func TestStrangersAreClosed(t *testing.T) {
	r, x := pair(t, "tcp://127.0.0.1:0", "tcp://127.0.0.1:0")
	long := func(n uint64) string { return string(binary.BigEndian.AppendUint64([]byte{flagLong}, n)) }
	greet := string(greeting)
	for name, sent := range map[string]string{
		"a web browser":             "GET / HTTP/1.1\r\n\r\n",
		"zeros":                     strings.Repeat("\x00", 100),
		"no footer":                 "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x00",
		"ZMTP 2":                    "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x00",
		"another mechanism":         strings.Replace(greet, "NULL", "CURV", 1),
		"a message first":           greet + "\x00\x01a",
		"another command first":     greet + "\x04\x06\x05HELLO",
		"an empty command":          greet + "\x04\x00",
		"a command cut short":       greet + "\x04\x02\x09R",
		"properties cut short":      greet + "\x04\x09\x05READY\x0bSo",
		"a property of 4 GB":        greet + "\x04\x0c\x05READY\x01a\xff\xff\xff\xff",
		"another type":              hello("PUSH"),
		"a reserved flag":           hello("DEALER") + "\x80\x00",
		"a command with more":       hello("DEALER") + "\x05\x00",
		"a command in a message":    hello("DEALER") + "\x01\x01a\x04\x05\x04PING",
		"a frame of 2^62":           hello("DEALER") + long(1<<62),
		"a frame of 2^64-1":         hello("DEALER") + long(1<<64-1),
		"frames above the limit":    hello("DEALER") + "\x01\x01a" + long(MaxMessage),
		"a command that is too big": hello("DEALER") + "\x06" + long(maxCommand + 1)[1:] + strings.Repeat("a", maxCommand+1),
		"too many frames":           hello("DEALER") + strings.Repeat("\x01\x00", MaxFrames) + "\x00\x00",
	} {
		c := dial(t, r.Addr())
		if _, err := io.WriteString(c, sent); err != nil && !strings.Contains(err.Error(), "reset") && !strings.Contains(err.Error(), "pipe") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := io.Copy(io.Discard, c); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: is not closed: %v", name, err)
		}
		echoes(t, r)
	}
	for name, sent := range map[string]string{
		"much from a subscriber": hello("SUB") + long(maxCommand+1),
		"many subscriptions": hello("SUB") + func() (s string) {
			for i := range maxTopics + 1 {
				s += "\x00\x03\x01" + string([]byte{byte(i), byte(i >> 8)})
			}
			return s
		}(),
	} {
		c := dial(t, x.Addr())
		io.WriteString(c, sent)
		if _, err := io.Copy(io.Discard, c); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: is not closed: %v", name, err)
		}
	}
	// An empty message and a cancelled subscription that never was mean nothing.
	c := dial(t, x.Addr())
	io.WriteString(c, hello("SUB")+"\x00\x00\x00\x01\x00\x00\x02\x01a")
	in := bufio.NewReader(c)
	readGreeting(in)
	readMessage(in, 1000)
	if m, _, err := readMessage(in, 1000); err != nil || string(m[0]) != "a: welcome to a" {
		t.Errorf("welcome: %q, %v", m, err)
	}
	// Half a greeting holds nobody up, nor half a frame whose length is a claim.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range 200 {
		c := dial(t, r.Addr())
		if i%2 == 0 {
			io.WriteString(c, "\xff\x00\x00")
		} else {
			io.WriteString(c, hello("DEALER")+long(MaxMessage)+"some")
		}
	}
	echoes(t, r)
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 300<<20 {
		t.Errorf("claims of %d MB took %d MB", 100*MaxMessage>>20, grown>>20)
	}
}

// A subscriber that does not read misses messages; the sender and the others
// do not wait for it, and what is kept for it is bounded.
func TestStalledSubscriber(t *testing.T) {
	_, x := pair(t, "tcp://127.0.0.1:0", "tcp://127.0.0.1:0")
	subscribe := func() *bufio.Reader {
		c := dial(t, x.Addr())
		io.WriteString(c, hello("SUB")+"\x00\x01\x01")
		in := bufio.NewReader(c)
		readGreeting(in)
		readMessage(in, 1000)
		readMessage(in, 1000) // the welcome: it has subscribed
		return in
	}
	subscribe()
	reader := subscribe()
	const n = 200
	got := make(chan int)
	go func() {
		count := 0
		for count < n {
			if _, _, err := readMessage(reader, MaxMessage); err != nil {
				break
			}
			count++
		}
		got <- count
	}()
	frame := make([]byte, 1<<20)
	for range n {
		x.Settle()
		x.Send([][]byte{frame})
	}
	if c := <-got; c != n {
		t.Errorf("who reads got %d of %d", c, n)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for p := range x.peers {
		p.out.mu.Lock()
		if p.out.bytes > HighWater {
			t.Errorf("%d bytes wait for a peer", p.out.bytes)
		}
		p.out.mu.Unlock()
	}
}

func TestListen(t *testing.T) {
	dir, err := os.MkdirTemp("", "zmtp")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	tell := func(...any) {}
	if r, err := ListenRouter("ipc://"+path, tell); err == nil {
		r.Close()
		t.Error("took the place of a socket that is in use")
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close() // as a process leaves it that was killed
	r, err := ListenRouter("ipc://"+path, tell)
	if err != nil {
		t.Fatalf("a stale socket: %v", err)
	}
	r.Close()
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket's file stayed")
	}
	if _, err := r.Recv(); err != net.ErrClosed {
		t.Errorf("Recv of a closed socket: %v", err)
	}
	os.WriteFile(path, []byte("precious"), 0o600)
	for _, endpoint := range []string{"ipc://" + path, "tcp://127.0.0.1", "tcp://:5", "udp://1.2.3.4:5", "", "tcp://127.0.0.1:99999"} {
		if r, err := ListenRouter(endpoint, tell); err == nil {
			r.Close()
			t.Errorf("%s: no error", endpoint)
		}
	}
	if b, _ := os.ReadFile(path); string(b) != "precious" {
		t.Error("a file that is no socket was removed")
	}
}
