package page_test

import (
	"bytes"
	"fmt"
	"strings"

	"fourmlab/fourm"
	"fourmlab/viz/page"
)

func Example() {
	run := &fourm.Run{Name: "a", Steps: 100, Points: []fourm.Point{{Step: 50, Loss: 2.5, Seconds: 10}}}
	p := page.Of(run)
	p.Figures = append(p.Figures, page.Figure{Title: "Curves", Source: page.Data("image/png", []byte("a picture"))})
	var out bytes.Buffer
	if err := p.Write(&out); err != nil {
		panic(err)
	}
	fmt.Println(p.Line, strings.Contains(out.String(), "data:image/png;base64,"))
	// Output: step 50 of 100 true
}
