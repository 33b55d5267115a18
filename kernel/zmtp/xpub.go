package zmtp

// XPUB: what is sent goes to everyone who subscribed to its beginning.

import (
	"fmt"
	"strings"
	"time"
)

// XPub is a socket of the type XPUB.
type XPub struct {
	socket
	welcome func(topic string) [][]byte
}

// ListenXPub makes an XPUB that listens on an endpoint. Whoever subscribes to
// a topic is sent what welcome returns for it, before anything else of that
// topic; welcome may be nil. tell logs one line.
func ListenXPub(endpoint string, welcome func(topic string) [][]byte, tell func(...any)) (*XPub, error) {
	x := &XPub{welcome: welcome}
	x.socket = socket{kind: "XPUB", limit: maxCommand, tell: tell, greeted: func(*peer) {}, message: x.onMessage, command: x.onCommand}
	if err := x.start(endpoint); err != nil {
		return nil, err
	}
	return x, nil
}

// onMessage takes a subscription as ZMTP 3.0 sends it; other messages mean nothing.
func (x *XPub) onMessage(p *peer, frames [][]byte) error {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return nil
	}
	switch topic := string(frames[0][1:]); frames[0][0] {
	case 1:
		return x.subscribe(p, topic)
	case 0:
		x.cancel(p, topic)
	}
	return nil
}

// onCommand takes a subscription as ZMTP 3.1 sends it.
func (x *XPub) onCommand(p *peer, name string, body []byte) error {
	switch name {
	case "SUBSCRIBE":
		return x.subscribe(p, string(body))
	case "CANCEL":
		x.cancel(p, string(body))
	}
	return nil
}

func (x *XPub) subscribe(p *peer, topic string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(p.topics) >= maxTopics {
		return fmt.Errorf("more than %d subscriptions", maxTopics)
	}
	p.topics[topic]++
	if x.welcome != nil {
		x.post(p, message(x.welcome(topic)))
	}
	return nil
}

func (x *XPub) cancel(p *peer, topic string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p.topics[topic]--; p.topics[topic] <= 0 {
		delete(p.topics, topic)
	}
}

// Send sends frames to everyone who subscribed to a beginning of the first of
// them. It never waits.
func (x *XPub) Send(frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	w, first := message(frames), string(frames[0])
	x.mu.Lock()
	defer x.mu.Unlock()
	for p := range x.peers {
		for topic := range p.topics {
			if strings.HasPrefix(first, topic) {
				x.post(p, w)
				break
			}
		}
	}
}

// Settle gives subscribers that are far behind a second to catch up, so that
// one that only reads slowly misses nothing. One that does not catch up is not
// waited for again before it has.
func (x *XPub) Settle() {
	for end := time.Now().Add(time.Second); ; time.Sleep(2 * time.Millisecond) {
		late := time.Now().After(end)
		waiting := false
		x.mu.Lock()
		for p := range x.peers {
			if p.out.behind() {
				waiting = true
				if late {
					p.out.giveUp()
				}
			}
		}
		x.mu.Unlock()
		if !waiting || late {
			return
		}
	}
}
