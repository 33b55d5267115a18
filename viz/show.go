package viz

// Values of fourm show themselves in a notebook through what is registered
// here, as image.Decode knows the formats that are linked in.

import (
	"fourmlab/fourm"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

func init() { show.Register(drawn) }

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
	switch v := v.(type) {
	case fourm.Sample:
		return Sample(v).PNG()
	case fourm.Tokens:
		return Tokens(v).PNG()
	case fourm.Masked:
		return Masks(v).PNG()
	case fourm.Result:
		return Chain(v).PNG()
	case *fourm.Run:
		return Live(v)
	case *fourm.Ablation:
		return Bars(v).PNG()
	case fourm.Grid:
		return Grid(v).PNG()
	case fourm.Sweep:
		return Guidance(v).PNG()
	case fourm.Attention:
		return Attention(v).PNG()
	case fourm.Retrieval:
		return Retrieval(v).PNG()
	case *fourm.Picture:
		return pictured(v).PNG()
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
