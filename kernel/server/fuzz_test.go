package server

import (
	"encoding/json"
	"io"
	"log"
	"testing"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// nothing is a worker that answers every request with nothing.
type nothing struct{ over chan struct{} }

func (nothing) Send(link.Request)                   {}
func (nothing) Ask(link.Request) (link.Reply, bool) { return link.Done{}, true }
func (nothing) Failure() *engine.Failure            { return &engine.Failure{} }
func (nothing) CauseOfDeath() string                { return "" }
func (nothing) Leftovers() string                   { return "" }
func (n nothing) Over() <-chan struct{}             { return n.over }
func (nothing) Close()                              {}

// withoutCells is a server whose worker runs nothing.
func withoutCells(t testing.TB) *server {
	s := newServer(nil)
	if err := s.listen(connection{Transport: "tcp", IP: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	s.worker = nothing{make(chan struct{})}
	close(s.ready)
	t.Cleanup(s.close)
	return s
}

// Whatever frames come, on whichever socket, nothing panics and nothing hangs.
func FuzzHandle(f *testing.F) {
	for _, kind := range []string{
		"execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request", "comm_open", "comm_msg",
		"comm_close", "kernel_info_request", "interrupt_request", "shutdown_request", "debug_request", "input_reply", "nonsense",
	} {
		for _, content := range []string{
			`{}`, `{"code":"1","cursor_pos":1}`, `{"code":5}`, `{"code":"é","cursor_pos":-1,"user_expressions":{"a":"b"},"silent":true}`,
			`{"hist_access_type":"search","pattern":"[*","n":-1,"output":true}`, `{"hist_access_type":"range","start":-1,"stop":0}`, `{"comm_id":"a","data":null}`, `[]`, ``,
		} {
			f.Add(byte(0), []byte(`{"msg_type":"`+kind+`"}`), []byte(content), []byte{})
			f.Add(byte(1), []byte(`{"msg_type":"`+kind+`","msg_id":"a"}`), []byte(content), []byte("buffer"))
		}
	}
	f.Add(byte(2), []byte(`null`), []byte(`{}`), []byte(delimiter))
	log.SetOutput(io.Discard)
	s := withoutCells(f)
	f.Fuzz(func(t *testing.T, channel byte, header, content, more []byte) {
		m, err := s.key.decode([][]byte{[]byte("me"), []byte(delimiter), nil, header, []byte("{}"), []byte("{}"), content, more})
		if err != nil {
			return
		}
		switch channel % 3 {
		case 0:
			s.handle(m, func() { s.handleShell(m) })
		case 1:
			s.handleControl(m)
		case 2:
			s.handleStdin(m)
		}
	})
}

// Frames of any number and order are a message or an error.
func FuzzDecode(f *testing.F) {
	k := signer("secret")
	frames, err := k.encode([][]byte{[]byte("id")}, newHeader("s", "execute_request"), nil, map[string]any{"code": "1"})
	if err != nil {
		f.Fatal(err)
	}
	var joined []byte
	for _, b := range frames {
		joined = append(append(joined, byte(len(b))), b...)
	}
	f.Add(joined)
	f.Add([]byte("\x09" + delimiter))
	f.Fuzz(func(t *testing.T, data []byte) {
		var frames [][]byte
		for len(data) > 0 {
			n := min(int(data[0]), len(data)-1)
			frames, data = append(frames, data[1:1+n]), data[1+n:]
		}
		if m, err := k.decode(frames); err == nil && (m.header.Type == "" || !json.Valid(m.content) || !json.Valid(m.raw)) {
			t.Fatalf("%q is %+v", frames, m)
		}
	})
}
