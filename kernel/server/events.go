package server

// What cells do to the page, and what the page sends back: displays, clears,
// questions, comms.

import (
	"encoding/json"

	"fourmlab/kernel/link"
)

// event publishes what a worker tells at any time, under the request of the cell
// that did it.
func (s *server) event(p *link.Process, cell int, e link.Event) {
	parent := s.parentOf(cell)
	display := func(kind, id string, b link.Bundle) {
		b = b.WithText()
		s.iopub.Settle()
		s.publish(kind, parent, map[string]any{"data": b.Data, "metadata": b.Metadata, "transient": map[string]any{"display_id": id}})
	}
	switch e := e.(type) {
	case link.Display:
		display("display_data", e.ID, e.Bundle)
	case link.Update:
		display("update_display_data", e.ID, e.Bundle)
	case link.Clear:
		s.publish("clear_output", parent, map[string]any{"wait": e.Wait})
	case link.InputRequest:
		s.askPerson(p, e)
	case link.CommOpen:
		s.track("comm_open", e.ID, e.Target)
		s.publish("comm_open", parent, map[string]any{"comm_id": e.ID, "target_name": e.Target, "data": object(e.Data)}, e.Buffers...)
	case link.CommMessage:
		s.publish("comm_msg", parent, map[string]any{"comm_id": e.ID, "data": object(e.Data)}, e.Buffers...)
	case link.CommClose:
		s.track("comm_close", e.ID, "")
		s.publish("comm_close", parent, map[string]any{"comm_id": e.ID, "data": object(e.Data)}, e.Buffers...)
	}
}

// askPerson puts a cell's question to the front end that runs the cell.
func (s *server) askPerson(p *link.Process, q link.InputRequest) {
	s.mu.Lock()
	m := s.asker
	s.question = q.Question
	s.mu.Unlock()
	if m == nil {
		p.Send(link.Answer{Question: q.Question, Refusal: "this front end does not take input"})
		return
	}
	s.reply(s.stdin, m, "input_request", map[string]any{"prompt": q.Prompt, "password": q.Password})
}

// handleStdin takes what the person typed.
func (s *server) handleStdin(m *message) {
	if m.header.Type != "input_reply" {
		s.log.print("no use for ", m.header.Type, " on the stdin channel")
		return
	}
	var c struct {
		Value string `json:"value"`
	}
	s.mu.Lock()
	a, p := link.Answer{Question: s.question}, s.worker
	s.question = 0
	s.mu.Unlock()
	if a.Question == 0 || p == nil {
		s.log.print("an answer without a question")
		return
	}
	if err := json.Unmarshal(m.content, &c); err != nil {
		a.Refusal = "the answer is no text"
	}
	a.Text = c.Value
	p.Send(a)
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
	var r link.Request
	switch m.header.Type {
	case "comm_open":
		r = link.CommOpen{ID: c.ID, Target: c.Target, Data: c.Data, Buffers: m.buffers}
	case "comm_msg":
		r = link.CommMessage{ID: c.ID, Data: c.Data, Buffers: m.buffers}
	case "comm_close":
		r = link.CommClose{ID: c.ID, Data: c.Data, Buffers: m.buffers}
	}
	if _, alive := p.Ask(r); !alive {
		s.publish("stream", m.raw, map[string]any{"name": "stderr", "text": p.Failure().Error() + "\n"})
		s.replaceWorker(p)
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
