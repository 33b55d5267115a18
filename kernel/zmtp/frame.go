package zmtp

// Frames on the wire: a byte of flags, a length of one byte or eight, a body.

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// readFrame reads one frame of at most limit bytes.
func readFrame(r *bufio.Reader, limit int) (flags byte, body []byte, err error) {
	flags, err = r.ReadByte()
	if err != nil {
		return 0, nil, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&flagCommand != 0 && flags&flagMore != 0 {
		return 0, nil, fmt.Errorf("flags of a frame are %#x", flags)
	}
	var size [8]byte
	at := 7
	if flags&flagLong != 0 {
		at = 0
	}
	if _, err := io.ReadFull(r, size[at:]); err != nil {
		return 0, nil, cut(err)
	}
	n := binary.BigEndian.Uint64(size[:])
	if n > uint64(limit) {
		return 0, nil, fmt.Errorf("a frame of %d bytes, at most %d are taken", n, limit)
	}
	body, err = readBody(r, int(n))
	return flags, body, err
}

// readBody reads n bytes; memory grows with what comes, not with the claim.
func readBody(r io.Reader, n int) ([]byte, error) {
	body := make([]byte, 0, min(n, 1<<20))
	for len(body) < n {
		if len(body) == cap(body) {
			grown := make([]byte, len(body), min(n, 2*cap(body)))
			copy(grown, body)
			body = grown
		}
		at := len(body)
		body = body[:cap(body)]
		if _, err := io.ReadFull(r, body[at:]); err != nil {
			return nil, cut(err)
		}
	}
	return body, nil
}

// readMessage reads one message, or one command. What a peer may send at all
// is limit bytes.
func readMessage(r *bufio.Reader, limit int) (frames [][]byte, command bool, err error) {
	left := limit
	for {
		flags, body, err := readFrame(r, left)
		if err != nil {
			return nil, false, err
		}
		if flags&flagCommand != 0 {
			if len(frames) > 0 {
				return nil, false, errors.New("a command inside a message")
			}
			if len(body) > maxCommand {
				return nil, false, fmt.Errorf("a command of %d bytes, at most %d are taken", len(body), maxCommand)
			}
			return [][]byte{body}, true, nil
		}
		frames = append(frames, body)
		left -= len(body)
		if flags&flagMore == 0 {
			return frames, false, nil
		}
		if len(frames) == MaxFrames {
			return nil, false, fmt.Errorf("a message of more than %d frames", MaxFrames)
		}
	}
}

// cut tells an end in the middle of something from an end between messages.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// wire is a message as it is written, shared by all peers it goes to.
type wire struct {
	parts net.Buffers
	size  int
}

// message makes the wire of a message. Large frames are not copied.
func message(frames [][]byte) wire {
	var w wire
	var small []byte
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		small = header(small, flags, len(f))
		if len(f) <= 4096 {
			small = append(small, f...)
			continue
		}
		w.parts = append(w.parts, small, f)
		w.size += len(small) + len(f)
		small = nil
	}
	if len(small) > 0 {
		w.parts = append(w.parts, small)
		w.size += len(small)
	}
	return w
}

// command makes the wire of a command.
func command(name string, body []byte) wire {
	b := header(nil, flagCommand, 1+len(name)+len(body))
	b = append(append(append(b, byte(len(name))), name...), body...)
	return wire{net.Buffers{b}, len(b)}
}

func header(b []byte, flags byte, n int) []byte {
	if n < 256 {
		return append(b, flags, byte(n))
	}
	return binary.BigEndian.AppendUint64(append(b, flags|flagLong), uint64(n))
}

// splitCommand takes a command apart.
func splitCommand(b []byte) (name string, body []byte, err error) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return "", nil, errors.New("a command without a name")
	}
	n := 1 + int(b[0])
	return string(b[1:n]), b[n:], nil
}
