package server

// A message on the wire: identities, a delimiter, a signature and four JSON
// values.

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

const (
	delimiter       = "<IDS|MSG>"
	protocolVersion = "5.4"
	maxHeader       = 64 << 10 // bytes; it comes back with every answer
)

// header names a message.
type header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// message is one that came in.
type message struct {
	identities [][]byte
	header     header
	raw        json.RawMessage // the header as it came, to be the answer's parent
	content    json.RawMessage
	buffers    [][]byte
	signature  []byte
}

// size is about how many bytes a message holds.
func (m *message) size() int {
	n := len(m.raw) + len(m.content)
	for _, b := range m.buffers {
		n += len(b)
	}
	return n
}

// signer signs and checks with the connection's key; an empty key signs
// nothing.
type signer []byte

func (k signer) sign(parts ...[]byte) []byte {
	if len(k) == 0 {
		return nil
	}
	mac := hmac.New(sha256.New, k)
	for _, p := range parts {
		mac.Write(p)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// decode takes a message apart; what is not one is an error, never a panic.
func (k signer) decode(frames [][]byte) (*message, error) {
	at := -1
	for i, f := range frames {
		if string(f) == delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, errors.New("no delimiter in the message")
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return nil, fmt.Errorf("%d frames behind the delimiter, expected 5", len(rest))
	}
	signature := k.sign(rest[1:5]...)
	if len(k) > 0 && !hmac.Equal(signature, bytes.ToLower(rest[0])) {
		return nil, errors.New("the signature is wrong")
	}
	if len(rest[1]) > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes, at most %d are taken", len(rest[1]), maxHeader)
	}
	if !utf8.Valid(rest[1]) {
		return nil, errors.New("the header is no UTF-8") // every listener would get it back
	}
	m := &message{identities: frames[:at], raw: rest[1], content: rest[4], buffers: rest[5:], signature: signature}
	if err := json.Unmarshal(rest[1], &m.header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if m.header.Type == "" {
		return nil, errors.New("the header names no msg_type")
	}
	if body := bytes.TrimLeft(rest[4], " \t\r\n"); len(body) == 0 || body[0] != '{' || !json.Valid(body) {
		return nil, fmt.Errorf("content of %.40s: no JSON object", m.header.Type)
	}
	return m, nil
}

// encode makes the frames of a message of ours.
func (k signer) encode(identities [][]byte, h header, parent json.RawMessage, content any, buffers ...[]byte) ([][]byte, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("content of %s: %w", h.Type, err)
	}
	if len(parent) == 0 {
		parent = json.RawMessage("{}")
	}
	meta := []byte("{}")
	frames := append([][]byte{}, identities...)
	frames = append(frames, []byte(delimiter), k.sign(head, parent, meta, body), head, parent, meta, body)
	return append(frames, buffers...), nil
}

// newHeader heads a message of the kernel's own session.
func newHeader(session, kind string) header {
	return header{
		ID: uuid(), Session: session, Username: "kernel", Type: kind, Version: protocolVersion,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
	}
}

func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
