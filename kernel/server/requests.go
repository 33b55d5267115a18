package server

// What each request means.

import (
	"encoding/json"
	"runtime"
	"strings"
	"unicode/utf8"

	"fourmlab/internal/version"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
	"fourmlab/kernel/notebook"
	"fourmlab/kernel/zmtp"
)

// serveShell answers the shell, one request after another.
func (s *server) serveShell() {
	for {
		m, aborted := s.queue.get()
		s.handle(m, func() {
			if aborted {
				s.reply(s.shell, m, "execute_reply", map[string]any{"status": "aborted", "execution_count": s.count})
				return
			}
			s.handleShell(m)
		})
	}
}

// handle frames the work on a message with busy and idle, after which a
// shutdown happens.
func (s *server) handle(m *message, f func()) {
	s.publish("status", m.raw, status("busy"))
	f()
	s.publish("status", m.raw, status("idle"))
	if m.header.Type == "shutdown_request" {
		s.stop()
	}
}

// handleControl answers at once, whatever runs.
func (s *server) handleControl(m *message) {
	s.handle(m, func() {
		switch m.header.Type {
		case "debug_request":
			s.debug(m)
		default:
			if !s.handleBoth(s.control, m) {
				s.log.print("no answer to ", m.header.Type, " on the control channel")
			}
		}
	})
}

// handleBoth answers what may come on both channels, and tells whether it was
// that.
func (s *server) handleBoth(socket *zmtp.Router, m *message) bool {
	switch m.header.Type {
	case "kernel_info_request":
		s.reply(socket, m, "kernel_info_reply", kernelInfo())
	case "interrupt_request":
		s.interrupt()
		s.reply(socket, m, "interrupt_reply", map[string]any{"status": "ok"})
	case "shutdown_request":
		var c struct {
			Restart bool `json:"restart"`
		}
		if !s.read(socket, m, &c) {
			c.Restart = false // it is an end, whatever else
		}
		content := map[string]any{"status": "ok", "restart": c.Restart}
		s.reply(socket, m, "shutdown_reply", content)
		s.publish("shutdown_reply", m.raw, content)
	default:
		return false
	}
	return true
}

// debug tells a front end in the debugger's own terms that there is none.
func (s *server) debug(m *message) {
	var c struct {
		Seq     int    `json:"seq"`
		Command string `json:"command"`
	}
	if !s.read(s.control, m, &c) {
		return
	}
	s.reply(s.control, m, "debug_reply", map[string]any{
		"type": "response", "seq": 0, "request_seq": c.Seq, "command": c.Command,
		"success": false, "message": "this kernel has no debugger",
	})
}

// read takes a request's fields. When one is of the wrong type, it answers
// the request with an error, and is false.
func (s *server) read(socket *zmtp.Router, m *message, to any) bool {
	err := json.Unmarshal(m.content, to)
	if err == nil {
		return true
	}
	s.log.print(m.header.Type, ": ", err)
	if kind, is := strings.CutSuffix(m.header.Type, "_request"); is {
		s.refuse(socket, m, kind+"_reply", strings.TrimPrefix(err.Error(), "json: "))
	}
	return false
}

// refuse answers a request that cannot be what was meant.
func (s *server) refuse(socket *zmtp.Router, m *message, kind, why string) {
	content := errorContent(&engine.Failure{Name: "bad request", Value: why}, 0)
	delete(content, "execution_count")
	if kind == "execute_reply" {
		content["execution_count"] = s.count
	}
	s.reply(socket, m, kind, content)
}

func kernelInfo() map[string]any {
	return map[string]any{
		"status": "ok", "protocol_version": protocolVersion,
		"implementation": "fourm", "implementation_version": version.Number,
		"language_info": notebook.LanguageInfo(),
		"banner":        banner(),
		"help_links":    []map[string]string{{"text": "The Go language", "url": "https://go.dev/ref/spec"}, {"text": "Go packages", "url": "https://pkg.go.dev/std"}},
		"debugger":      false, "supported_features": []string{},
	}
}

func banner() string {
	text := "Go " + runtime.Version()[2:]
	if lab := engine.Current().Lab; lab != "" {
		text += ", with " + lab
	}
	return text
}

func (s *server) handleShell(m *message) {
	switch m.header.Type {
	case "execute_request":
		s.execute(m)
	case "complete_request", "inspect_request", "is_complete_request":
		s.help(m)
	case "history_request":
		var c historyRequest
		if s.read(s.shell, m, &c) {
			s.reply(s.shell, m, "history_reply", map[string]any{"status": "ok", "history": c.pick(s.history)})
		}
	case "comm_info_request":
		var c struct {
			Target string `json:"target_name"`
		}
		if s.read(s.shell, m, &c) {
			s.reply(s.shell, m, "comm_info_reply", map[string]any{"status": "ok", "comms": s.commInfo(c.Target)})
		}
	case "comm_open", "comm_msg", "comm_close":
		s.comm(m)
	default:
		if !s.handleBoth(s.shell, m) {
			s.log.print("no answer to ", m.header.Type)
		}
	}
}

// help answers what a front end asks about code that is being written. A
// position that is missing is the end of the code.
func (s *server) help(m *message) {
	var c struct {
		Code   string `json:"code"`
		Cursor *int   `json:"cursor_pos"`
		Detail int    `json:"detail_level"`
	}
	if !s.read(s.shell, m, &c) {
		return
	}
	at := len(c.Code)
	if c.Cursor != nil {
		at = byteAt(c.Code, *c.Cursor)
	}
	switch m.header.Type {
	case "complete_request":
		reply, _ := s.ask(link.Complete{Code: c.Code, Offset: at})
		found, is := reply.(link.Completion)
		if !is {
			found.From, found.To = at, at
		}
		s.reply(s.shell, m, "complete_reply", completeReply(c.Code, found.Completion))
	case "inspect_request":
		reply, _ := s.ask(link.Inspect{Code: c.Code, Offset: at, Detail: c.Detail > 0})
		found, _ := reply.(link.Inspection)
		if found.Data == nil {
			found.Data = map[string]string{}
		}
		s.reply(s.shell, m, "inspect_reply", map[string]any{"status": "ok", "found": len(found.Data) > 0, "data": found.Data, "metadata": map[string]any{}})
	case "is_complete_request":
		reply, _ := s.ask(link.IsComplete{Code: c.Code})
		found, is := reply.(link.Completeness)
		if !is {
			found.Status = "unknown"
		}
		content := map[string]any{"status": found.Status}
		if found.Status == engine.Incomplete {
			content["indent"] = found.Indent
		}
		s.reply(s.shell, m, "is_complete_reply", content)
	}
}

// completeReply turns bytes into characters, and tells of each match what it
// is, in the words that ipykernel has for it.
func completeReply(code string, c engine.Completion) map[string]any {
	matches, kinds := []string{}, []map[string]any{}
	from, to := charAt(code, c.From), charAt(code, c.To)
	for _, m := range c.Matches {
		matches = append(matches, m.Text)
		kinds = append(kinds, map[string]any{"start": from, "end": to, "text": m.Text, "type": m.Kind, "signature": m.Type})
	}
	return map[string]any{
		"status": "ok", "matches": matches, "cursor_start": from, "cursor_end": to,
		"metadata": map[string]any{"_jupyter_types_experimental": kinds},
	}
}

// ask asks for what is no cell. Where there is no worker, none is started for
// it.
func (s *server) ask(r link.Request) (reply link.Reply, alive bool) {
	p := s.current()
	if p == nil {
		return nil, false
	}
	reply, alive = p.Ask(r)
	if !alive {
		s.replaceWorker(p)
	}
	return reply, alive
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
