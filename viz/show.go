package viz

// Values of fourm show themselves in a notebook through what the files of the
// figures register here, as image.Decode knows the formats that are linked in.

import (
	"reflect"

	"fourmlab/fourm"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

func init() {
	show.Register(drawn)
	shows(func(p *fourm.Picture) []byte { return pictured(p).PNG() })
}

// drawers draw values by their type.
var drawers = map[reflect.Type]func(v any) []byte{}

// shows registers who draws values of a type; it is called from the init of the
// file that draws them. Two figures of one type are a mistake in the program.
func shows[T any](draw func(v T) []byte) {
	t := reflect.TypeFor[T]()
	if drawers[t] != nil {
		panic("viz: two figures show a " + t.String())
	}
	drawers[t] = func(v any) []byte { return draw(v.(T)) }
}

// drawn gives the picture of a value, nil for one that has none. What cannot
// be drawn is still shown by its text, so it must not panic.
func drawn(v any) (b []byte) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(*fault.Error); !ok {
				panic(r)
			}
			b = nil
		}
	}()
	if draw := drawers[reflect.TypeOf(v)]; draw != nil {
		return draw(v)
	}
	return nil
}

// pictured draws a picture of which nothing is known but its numbers.
func pictured(p *fourm.Picture) *Figure {
	const op = "viz.Picture"
	need(op, p != nil, "the picture is nil")
	m := guess(p)
	c := picturePanel(m, p, panelOptions{op: op, w: 320})
	return sheet(op, gap, row{cells: []*cell{c}})
}
