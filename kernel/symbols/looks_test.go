package symbols

import (
	"fmt"
	"strings"
	"testing"

	"fourmlab/kernel/display"
	"fourmlab/kernel/session"
)

// A cell brings a kind of value with functions of its own, which the lab calls:
// tokenizer, metric and figure, also once the cell is typed anew.
func TestLookInCells(t *testing.T) {
	const heat = `hot := fourm.RegisterLook(fourm.LookSpec{
	Name: "cellheat", Channels: 1, Unit: "K",
	Known: func(k []float32) bool { return k[0] > 0 },
	Error: func(truth, guess []float32) float64 { return 2 * float64(truth[0]-guess[0]) * float64(truth[0]-guess[0]) },
	ErrorName: "%s",
	Ramp: func(x float64) color.RGBA { return color.RGBA{uint8(255 * x), 1, 2, 255} },
})
fourm.Register(fourm.Modality{Name: "warm", Look: hot, Height: 16, Patch: 4, Vocab: 8})
hot`
	s := session.New()
	for i, c := range []struct{ cell, want string }{
		{"import (\"image/color\"; \"fourmlab/fourm/metric\"; \"fourmlab/fourm/modality\")", ""},
		{fmt.Sprintf(heat, "twice the square"), "cellheat"},
		{"p := modality.NewPicture(16, 16, 1)\nfor i := range p.Pix { p.Pix[i] = float32(280 + i%16) }\np.Pix[0] = 0\nq := p.Clone()\nq.Pix[5] += 16", ""},
		{"metric.For(fourm.Lookup(\"warm\"))[0].Text(metric.For(fourm.Lookup(\"warm\"))[0].Sample(p, q))", fmt.Sprintf("twice the square %.3g K", 2*256.0/255)},
		{"viz.Diff(p, q, \"warm\")", "viz.Diff: 1256x"},
		{fmt.Sprintf(heat, "again"), "cellheat"},
		{"metric.For(fourm.Lookup(\"warm\"))[0].Name", "again"},
	} {
		r := s.Run(t.Context(), i+1, c.cell)
		if r.Err != nil {
			t.Errorf("%s: %v", c.cell, r.Err)
			continue
		}
		if c.want == "" {
			continue
		}
		if len(r.Values) != 1 || !strings.HasPrefix(fmt.Sprint(display.Of(r.Values[0])["text/plain"]), c.want) {
			t.Errorf("%s: %v, expected %s", c.cell, r.Values, c.want)
		}
	}
}
