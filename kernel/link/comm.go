package link

// Comms: lines between what runs in a front end and a cell. Their messages go
// both ways.

// CommOpen opens a line to a target of the other end. The reply of a worker is
// a Done, once its handler has come to its end; so it is for the other two.
type CommOpen struct {
	ID, Target string
	Data       map[string]any `json:",omitempty"`
	Buffers    [][]byte       `json:",omitempty"`
}

// CommMessage is said on an open line.
type CommMessage struct {
	ID      string
	Data    map[string]any `json:",omitempty"`
	Buffers [][]byte       `json:",omitempty"`
}

// CommClose closes a line.
type CommClose struct {
	ID      string
	Data    map[string]any `json:",omitempty"`
	Buffers [][]byte       `json:",omitempty"`
}

func (CommOpen) request()    {}
func (CommMessage) request() {}
func (CommClose) request()   {}

func (CommOpen) event()    {}
func (CommMessage) event() {}
func (CommClose) event()   {}
