package notebook

// An executed notebook as one page that needs nothing else.

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
	"unicode"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// pageCell is a cell for the template.
type pageCell struct {
	Text    template.HTML // of a markdown cell
	Code    template.HTML
	Number  int
	Outputs []pageOutput
}

// pageOutput is one output: a class and what stands in it.
type pageOutput struct {
	Class string
	Body  template.HTML
}

// Page renders the notebook as one HTML page that needs nothing else.
func (nb *File) Page() ([]byte, error) {
	data := struct {
		Title string
		Cells []pageCell
	}{Title: "Notebook"}
	for _, c := range nb.Cells {
		switch c.Kind {
		case "markdown":
			if m := regexp.MustCompile(`(?m)^#\s+(.+)$`).FindStringSubmatch(c.Source); m != nil && data.Title == "Notebook" {
				data.Title = m[1]
			}
			data.Cells = append(data.Cells, pageCell{Text: template.HTML(markdown(c.Source, c.attached()))})
		case "code":
			p := pageCell{Code: template.HTML(highlight(strings.TrimRight(c.Source, "\n"))), Number: c.Count}
			for _, o := range c.Outputs {
				p.Outputs = append(p.Outputs, output(o))
			}
			data.Cells = append(data.Cells, p)
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// output shows the richest form of an output that a page can hold.
func output(o Output) pageOutput {
	switch o.Kind() {
	case "stream":
		class := "stream"
		if o["name"] == "stderr" {
			class += " stderr"
		}
		return pageOutput{class, pre(o.Text())}
	case "error":
		return pageOutput{"error", pre(strings.Join(traceOf(o), "\n"))}
	}
	data := o.Data()
	for _, mime := range []string{"image/png", "image/jpeg"} {
		if d, ok := data[mime]; ok {
			alt := html.EscapeString(shorten(datum(data["text/plain"]), 120))
			return pageOutput{"figure", template.HTML(`<img alt="` + alt + `" src="data:` + mime + ";base64," + html.EscapeString(datum(d)) + `">`)}
		}
	}
	if d, ok := data["image/svg+xml"]; ok {
		return pageOutput{"figure", template.HTML(datum(d))}
	}
	if d, ok := data["text/html"]; ok {
		return pageOutput{"rich", template.HTML(datum(d))}
	}
	if d, ok := data["text/markdown"]; ok {
		return pageOutput{"rich", template.HTML(markdown(datum(d), nil))}
	}
	return pageOutput{"result", pre(datum(data["text/plain"]))}
}

// traceOf gives the lines of an error, as they were made or as they were read.
func traceOf(o Output) (out []string) {
	switch list := o["traceback"].(type) {
	case []string:
		out = list
	case []any:
		for _, l := range list {
			out = append(out, fmt.Sprint(l))
		}
	}
	if len(out) == 0 {
		out = []string{fmt.Sprintf("%v: %v", o["ename"], o["evalue"])}
	}
	return out
}

// pre is text as it was printed, without what a terminal would have replaced.
func pre(s string) template.HTML {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		s = strings.TrimRight(shown(s), "\n")
	} else {
		s = html.EscapeString(s)
	}
	return template.HTML("<pre>" + s + "</pre>")
}
