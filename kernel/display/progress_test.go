package display

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"fourmlab/internal/show"
)

// paper is a host that remembers.
type paper struct {
	mu      sync.Mutex
	shown   []string
	updated []string
	sent    []string
	deliver func(kind, id, target string, data map[string]any, buffers [][]byte) bool
}

func (p *paper) Show(b map[string]any) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = append(p.shown, b["text/plain"].(string))
	return "id"
}

func (p *paper) Update(id string, b map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.updated = append(p.updated, id+" "+b["text/plain"].(string))
}

func (p *paper) Interrupted() bool { return false }

func (p *paper) Comms(deliver func(kind, id, target string, data map[string]any, buffers [][]byte) bool) func(kind, id, target string, data map[string]any, buffers [][]byte) {
	p.deliver = deliver
	return func(kind, id, target string, data map[string]any, buffers [][]byte) {
		p.sent = append(p.sent, kind+" "+target)
	}
}

func host(t *testing.T) *paper {
	p := &paper{}
	show.SetHost(p)
	t.Cleanup(func() { show.SetHost(nil) })
	return p
}

// A bar moves few times, however many steps there are and whoever makes them,
// and ends where the work does.
func TestProgress(t *testing.T) {
	p := host(t)
	b := Progress("work", 10000)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for range 1000 {
				b.Step()
			}
		})
	}
	all.Wait()
	p.mu.Lock()
	if n := len(p.updated); len(p.shown) != 1 || n == 0 || n > 100 || !strings.HasPrefix(p.updated[n-1], "id work 10,000/10,000 (100%)") {
		t.Errorf("shown %q, updated %q", p.shown, p.updated)
	}
	p.mu.Unlock()
	for want, f := range map[string]func(b *Bar){
		`^x 3/4 \(75%\) · \S+ s · \S+ s left · loss 2$`: func(b *Bar) { b.Set(3); b.Note("loss 2") },
		`^x 0/4 \(0%\) · \S+ s$`:                        func(b *Bar) { b.Set(-1) },
		`^x 9/4 \(100%\) · \S+ s$`:                      func(b *Bar) { b.Set(9) },
		`^x 1/4 \(25%\) · \S+ s$`:                       func(b *Bar) { b.Step(); b.Done(); b.Done() },
	} {
		b := Progress("x", 4)
		f(b)
		if got := b.String(); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%q, expected %s", got, want)
		}
	}
	b = Progress("<x>", 0)
	b.Step()
	if d := b.data(); strings.Contains(d["text/html"].(string), "<x>") || strings.Contains(d["text/html"].(string), "max=") || !strings.HasPrefix(d.String(), "<x> 1 ·") {
		t.Errorf("a bar of unknown length: %v", d)
	}
}

// Lines that the front end opens, and that a cell does.
func TestComms(t *testing.T) {
	p := host(t)
	var got []string
	OnComm("a", func(c *Comm, data map[string]any) {
		got = append(got, "opened")
		c.OnMessage(func(data map[string]any) { got = append(got, data["x"].(string)); c.Send(nil) })
		c.OnClose(func() { got = append(got, "closed"); c.Close() })
	})
	for _, m := range []struct {
		kind, id, target string
		x                any
		there            bool
	}{
		{"comm_open", "1", "b", nil, false}, {"comm_open", "1", "a", nil, true}, {"comm_msg", "1", "", "hi", true}, {"comm_msg", "1", "", 3, true},
		{"comm_msg", "2", "", "hi", false}, {"comm_close", "1", "", nil, true}, {"comm_close", "1", "", nil, false}, {"comm_msg", "1", "", "hi", false},
	} {
		if there := p.deliver(m.kind, m.id, m.target, map[string]any{"x": m.x}, nil); there != m.there {
			t.Errorf("%v: taken %v", m, there)
		}
	}
	if s := strings.Join(got, " "); s != "opened hi closed" {
		t.Errorf("handlers were called: %s", s)
	}
	OnComm("a", nil)
	if p.deliver("comm_open", "3", "a", nil, nil) {
		t.Error("a target that was taken back is still there")
	}
	c := OpenComm("z", nil)
	c.Close()
	if s := strings.Join(p.sent, ", "); s != "comm_msg a, comm_open z, comm_close z" {
		t.Errorf("sent %s", s)
	}
}
