package kernel

// What each request means.

import (
	"encoding/json"
	"log"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/go-zeromq/zmq4"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/notebook"
)

// work answers the shell, one request after another.
func (s *server) work() {
	for {
		m, aborted := s.queue.get()
		s.handle(s.shell, m, func() {
			if aborted {
				s.reply(s.shell, m, "execute_reply", map[string]any{"status": "aborted", "execution_count": s.count})
				return
			}
			s.handleShell(m)
		})
	}
}

// handle frames the work on a message with busy and idle.
func (s *server) handle(socket zmq4.Socket, m *message, f func()) {
	s.publish("status", m.raw, status("busy"))
	f()
	s.publish("status", m.raw, status("idle"))
}

// handleControl answers at once, whatever runs.
func (s *server) handleControl(m *message) {
	s.handle(s.control, m, func() {
		switch m.header.Type {
		case "kernel_info_request":
			s.reply(s.control, m, "kernel_info_reply", kernelInfo())
		case "interrupt_request":
			s.interrupt()
			s.reply(s.control, m, "interrupt_reply", map[string]any{"status": "ok"})
		case "shutdown_request":
			s.shutdown(s.control, m)
		default:
			log.Printf("kernel: no answer to %s on the control channel", m.header.Type)
		}
	})
}

func (s *server) shutdown(socket zmq4.Socket, m *message) {
	var c struct {
		Restart bool `json:"restart"`
	}
	json.Unmarshal(m.content, &c)
	content := map[string]any{"status": "ok", "restart": c.Restart}
	s.reply(socket, m, "shutdown_reply", content)
	s.publish("shutdown_reply", m.raw, content)
	time.AfterFunc(50*time.Millisecond, s.stop)
}

func kernelInfo() map[string]any {
	return map[string]any{
		"status": "ok", "protocol_version": protocolVersion,
		"implementation": "fourm", "implementation_version": "1.0",
		"language_info": notebook.LanguageInfo(),
		"banner":        "Go " + runtime.Version()[2:] + ", with fourm, viz and datasets",
		"help_links":    []map[string]string{{"text": "The Go language", "url": "https://go.dev/ref/spec"}, {"text": "Go packages", "url": "https://pkg.go.dev/std"}},
		"debugger":      false,
	}
}

func (s *server) handleShell(m *message) {
	var c struct {
		Code   string `json:"code"`
		Cursor int    `json:"cursor_pos"`
		N      int    `json:"n"`
	}
	if err := json.Unmarshal(m.content, &c); err != nil && m.header.Type != "execute_request" {
		log.Printf("kernel: %s: %v", m.header.Type, err)
		return
	}
	switch m.header.Type {
	case "kernel_info_request":
		s.reply(s.shell, m, "kernel_info_reply", kernelInfo())
	case "execute_request":
		s.execute(m)
	case "complete_request":
		r, _ := s.ask(order{Op: "complete", Code: c.Code, At: byteAt(c.Code, c.Cursor)})
		names := r.Names
		if names == nil {
			names = []string{}
		}
		s.reply(s.shell, m, "complete_reply", map[string]any{
			"status": "ok", "matches": names, "metadata": map[string]any{},
			"cursor_start": charAt(c.Code, r.From), "cursor_end": charAt(c.Code, r.To),
		})
	case "inspect_request":
		r, _ := s.ask(order{Op: "inspect", Code: c.Code, At: byteAt(c.Code, c.Cursor)})
		data := map[string]any{}
		if r.Text != "" {
			data["text/plain"] = r.Text
		}
		s.reply(s.shell, m, "inspect_reply", map[string]any{"status": "ok", "found": r.Text != "", "data": data, "metadata": map[string]any{}})
	case "is_complete_request":
		r, _ := s.ask(order{Op: "whole", Code: c.Code})
		content := map[string]any{"status": r.Status}
		if r.Status == string(engine.Incomplete) {
			content["indent"] = r.Text
		}
		s.reply(s.shell, m, "is_complete_reply", content)
	case "history_request":
		lines := [][]any{}
		for _, e := range s.history {
			lines = append(lines, []any{0, e.n, e.code})
		}
		if c.N > 0 && len(lines) > c.N {
			lines = lines[len(lines)-c.N:]
		}
		s.reply(s.shell, m, "history_reply", map[string]any{"status": "ok", "history": lines})
	case "comm_info_request":
		s.reply(s.shell, m, "comm_info_reply", map[string]any{"status": "ok", "comms": s.commInfo(m)})
	case "comm_open", "comm_msg", "comm_close":
		s.comm(m)
	case "shutdown_request":
		s.shutdown(s.shell, m)
	case "interrupt_request":
		s.interrupt()
		s.reply(s.shell, m, "interrupt_reply", map[string]any{"status": "ok"})
	default:
		log.Printf("kernel: no answer to %s", m.header.Type)
	}
}

// ask is an order without a cell of its own.
func (s *server) ask(o order) (report, bool) {
	r, ok := s.current().ask(o)
	if !ok {
		s.revive()
	}
	return r, ok
}

// revive starts a new worker; when that fails, the kernel has no use.
func (s *server) revive() {
	s.forgetComms()
	if err := s.restart(); err != nil {
		log.Printf("%v", err)
		s.stop()
	}
}

// byteAt turns a position in characters into one in bytes.
func byteAt(code string, chars int) int {
	for i := range code {
		if chars <= 0 {
			return i
		}
		chars--
	}
	return len(code)
}

func charAt(code string, bytes int) int { return utf8.RuneCountInString(code[:min(bytes, len(code))]) }
