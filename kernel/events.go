package kernel

// What cells do to the page, and what the page sends back: displays, clears,
// questions, comms.

import (
	"encoding/json"
)

// event publishes what a worker reports at any time, under the cell that did
// it.
func (s *server) event(p *process, r report) {
	parent := s.parentOf(r.Cell)
	switch r.Op {
	case "display", "update":
		kind := "display_data"
		if r.Op == "update" {
			kind = "update_display_data"
		}
		s.iopub.Settle()
		s.publish(kind, parent, map[string]any{"data": withText(r.Bundle), "metadata": object(r.Metadata), "transient": map[string]any{"display_id": r.ID}})
	case "clear":
		s.publish("clear_output", parent, map[string]any{"wait": r.Flag})
	case "input":
		s.question(p, r)
	case "comm_open", "comm_msg", "comm_close":
		s.track(r.Op, r.ID, r.Target)
		content := map[string]any{"comm_id": r.ID, "data": object(r.Data)}
		if r.Op == "comm_open" {
			content["target_name"] = r.Target
		}
		s.publish(r.Op, parent, content, r.Buffers...)
	}
}

// question puts a cell's question to the front end that runs the cell.
func (s *server) question(p *process, r report) {
	s.mu.Lock()
	m := s.asker
	s.asked = r.N
	s.mu.Unlock()
	if m == nil {
		p.send(order{Op: "input", N: r.N, Error: "this front end does not take input"})
		return
	}
	s.reply(s.stdin, m, "input_request", map[string]any{"prompt": r.Text, "password": r.Flag})
}

// answer takes what the person typed.
func (s *server) answer(m *message) {
	if m.header.Type != "input_reply" {
		s.log.tell("no use for ", m.header.Type, " on the stdin channel")
		return
	}
	var c struct {
		Value string `json:"value"`
	}
	s.mu.Lock()
	o, p := order{Op: "input", N: s.asked}, s.worker
	s.asked = 0
	s.mu.Unlock()
	if o.N == 0 || p == nil {
		s.log.tell("an answer without a question")
		return
	}
	if err := json.Unmarshal(m.content, &c); err != nil {
		o.Error = "the answer is no text"
	}
	o.Text = c.Value
	p.send(o)
}

// comm hands on a message to a comm. What its handler shows and prints comes
// under this message.
func (s *server) comm(m *message) {
	var c struct {
		ID     string         `json:"comm_id"`
		Target string         `json:"target_name"`
		Data   map[string]any `json:"data"`
	}
	if !s.read(s.shell, m, &c) {
		return
	}
	s.mu.Lock()
	parent, asker := s.parent, s.asker
	s.parent, s.asker = m.raw, nil
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.parent, s.asker = parent, asker
		s.mu.Unlock()
	}()
	s.track(m.header.Type, c.ID, c.Target)
	p := s.current()
	if p == nil {
		s.publish("stream", m.raw, map[string]any{"name": "stderr", "text": "no process runs cells: nobody hears this comm; the next cell tries to start one\n"})
		return
	}
	if _, ok := p.ask(order{Op: m.header.Type, ID: c.ID, Target: c.Target, Data: object(c.Data), Buffers: m.buffers}); !ok {
		s.publish("stream", m.raw, map[string]any{"name": "stderr", "text": dead(p).Failure.Error() + "\n"})
		s.replace(p)
	}
}

// track remembers which comms are open.
func (s *server) track(kind, id, target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch kind {
	case "comm_open":
		s.comms[id] = target
	case "comm_close":
		delete(s.comms, id)
	}
}

// commInfo lists the open comms, of one target if one is named.
func (s *server) commInfo(target string) map[string]any {
	out := map[string]any{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, name := range s.comms {
		if target == "" || target == name {
			out[id] = map[string]any{"target_name": name}
		}
	}
	return out
}

// forgetComms closes all, for the worker that held them is gone.
func (s *server) forgetComms() {
	s.mu.Lock()
	gone := s.comms
	s.comms = map[string]string{}
	s.mu.Unlock()
	for id := range gone {
		s.publish("comm_close", s.running(), map[string]any{"comm_id": id, "data": map[string]any{}})
	}
}

// object is data that is never null.
func object(data map[string]any) map[string]any {
	if data == nil {
		return map[string]any{}
	}
	return data
}
