package zmtp

import (
	"bufio"
	"bytes"
	"net"
	"testing"
	"time"
)

// Whatever comes: no panic, limits kept, and what was read is written again
// as something that reads the same.
func FuzzReadMessage(f *testing.F) {
	for _, seed := range []string{
		"", "\x00", "\x00\x00", "\x01\x01a\x00\x01b", "\x04\x05\x04PING", "\x02\x00\x00\x00\x00\x00\x00\x01\x00", "\x02\xff\xff\xff\xff\xff\xff\xff\xff", "\x05\x00", "\x80\x00",
		string(message([][]byte{[]byte("id"), {}, bytes.Repeat([]byte("x"), 300)}).parts[0]),
	} {
		f.Add([]byte(seed))
	}
	const limit = 1 << 16
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			frames, isCommand, err := readMessage(r, limit)
			if err != nil {
				return
			}
			total := 0
			for _, b := range frames {
				total += len(b)
			}
			if total > limit || len(frames) > MaxFrames || len(frames) == 0 {
				t.Fatalf("%d frames, %d bytes", len(frames), total)
			}
			if isCommand {
				splitCommand(frames[0])
				continue
			}
			var out bytes.Buffer
			w := message(frames)
			w.parts.WriteTo(&out)
			again, _, err := readMessage(bufio.NewReader(&out), limit)
			if err != nil || len(again) != len(frames) || !bytes.Equal(bytes.Join(again, []byte{0}), bytes.Join(frames, []byte{0})) {
				t.Fatalf("%q became %q, %v", frames, again, err)
			}
		}
	})
}

// talker is a connection whose other side says what it is given.
type talker struct {
	*bytes.Reader
	net.Conn
}

func (t talker) Read(b []byte) (int, error)  { return t.Reader.Read(b) }
func (t talker) Write(b []byte) (int, error) { return len(b), nil }
func (t talker) Close() error                { return nil }
func (talker) SetDeadline(time.Time) error   { return nil }

func FuzzGreet(f *testing.F) {
	f.Add([]byte(hello("DEALER")))
	f.Add([]byte(hello("PUSH")))
	f.Add(greeting)
	f.Add([]byte("GET / HTTP/1.1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := talker{Reader: bytes.NewReader(data)}
		id, err := greet(c, bufio.NewReader(c), "ROUTER")
		if err == nil && (len(id) > 255 || !bytes.HasPrefix(data, []byte{0xff})) {
			t.Fatalf("identity %q of %q", id, data)
		}
	})
}
