package zmtp

// The beginning of a connection: the greetings, then what each side is.

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
)

// partners are the types of peers that a type of socket talks to.
var partners = map[string][]string{
	"ROUTER": {"DEALER", "REQ", "ROUTER"},
	"XPUB":   {"SUB", "XSUB"},
}

// greeting is ours: version 3.1, the mechanism NULL, no server of it.
var greeting = func() []byte {
	g := make([]byte, 64)
	g[0], g[8], g[9], g[10], g[11] = 0xff, 1, 0x7f, 3, 1
	copy(g[12:], "NULL")
	return g
}()

// greet begins a connection of a socket of some kind and returns the identity
// that the peer gave itself.
func greet(conn net.Conn, r *bufio.Reader, kind string) (identity string, err error) {
	if _, err := conn.Write(greeting); err != nil {
		return "", err
	}
	if err := readGreeting(r); err != nil {
		return "", err
	}
	ready := command("READY", property(nil, "Socket-Type", kind))
	if _, err := ready.parts.WriteTo(conn); err != nil {
		return "", err
	}
	frames, isCommand, err := readMessage(r, maxCommand)
	if err != nil {
		return "", err
	}
	if !isCommand {
		return "", errors.New("a message before READY")
	}
	name, body, err := splitCommand(frames[0])
	if err != nil {
		return "", err
	}
	if name != "READY" {
		return "", fmt.Errorf("the command %.20q, expected READY", name)
	}
	meta, err := properties(body)
	if err != nil {
		return "", err
	}
	if peer := meta["socket-type"]; !slices.Contains(partners[kind], peer) {
		return "", fmt.Errorf("a socket of the type %.20q, a %s talks to %s", peer, kind, strings.Join(partners[kind], ", "))
	}
	identity = meta["identity"]
	if len(identity) > 255 || strings.HasPrefix(identity, "\x00") {
		return "", errors.New("an identity that is reserved or too long")
	}
	return identity, nil
}

// readGreeting checks byte by byte what cannot be otherwise, so that whoever
// speaks another protocol is not waited for.
func readGreeting(r *bufio.Reader) error {
	var g [64]byte
	for i := range g {
		b, err := r.ReadByte()
		if err != nil {
			return cut(err)
		}
		g[i] = b
		if i == 0 && b != 0xff || i == 9 && b&1 != 1 {
			return errors.New("this is no ZMTP")
		}
		if i == 10 && b < 3 {
			return fmt.Errorf("ZMTP %d, expected 3", b)
		}
	}
	if m := string(bytes.TrimRight(g[12:32], "\x00")); m != "NULL" {
		return fmt.Errorf("the mechanism %q, expected NULL", m)
	}
	return nil
}

func property(b []byte, name, value string) []byte {
	b = append(append(b, byte(len(name))), name...)
	return append(binary.BigEndian.AppendUint32(b, uint32(len(value))), value...)
}

// properties reads what READY carries; names become lower case.
func properties(b []byte) (map[string]string, error) {
	out := map[string]string{}
	for len(b) > 0 {
		n := 1 + int(b[0])
		if len(b) < n+4 {
			return nil, io.ErrUnexpectedEOF
		}
		name := strings.ToLower(string(b[1:n]))
		size := binary.BigEndian.Uint32(b[n:])
		b = b[n+4:]
		if uint64(size) > uint64(len(b)) {
			return nil, io.ErrUnexpectedEOF
		}
		out[name], b = string(b[:size]), b[size:]
	}
	return out, nil
}
