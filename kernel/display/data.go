package display

// Things that are shown as what they are: a page's text, a formula, bytes of
// a picture.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"image"
	_ "image/jpeg" // their sizes are told
	_ "image/png"
	"regexp"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/internal/human"
)

// HTML gives a piece of a page. It is not escaped.
func HTML(s string) Data { return Data{"text/html": s, "text/plain": stripped(s)} }

// Markdown gives formatted text.
func Markdown(s string) Data { return Data{"text/markdown": s, "text/plain": s} }

// Latex gives a formula, with or without dollars around it.
func Latex(s string) Data { return Data{"text/latex": delimited(s), "text/plain": s} }

// SVG gives a drawing.
func SVG(s string) Data {
	return Data{"image/svg+xml": s, "text/plain": fmt.Sprintf("SVG, %s bytes", human.Int(len(s)))}
}

// PNG gives a picture from the bytes of a PNG file.
func PNG(b []byte) Data { return picture("display.PNG", "png", b) }

// JPEG gives a picture from the bytes of a JPEG file.
func JPEG(b []byte) Data { return picture("display.JPEG", "jpeg", b) }

// picture panics on what is no picture of the format, for a front end shows
// nothing then and says nothing.
func picture(op, format string, b []byte) Data {
	c, got, err := image.DecodeConfig(bytes.NewReader(b))
	if err == nil && got != format {
		err = fmt.Errorf("it is %s", got)
	}
	if err != nil {
		fault.Panic(op, "%s bytes that are no %s: %v", human.Int(len(b)), strings.ToUpper(format), err)
	}
	return Data{"image/" + format: b, "text/plain": fmt.Sprintf("%s, %d × %d", strings.ToUpper(format), c.Width, c.Height)}
}

// JSON gives a value that a front end shows as a tree; it is read now.
func JSON(v any) Data {
	b, err := encoded(v)
	if err != nil {
		fault.Panic("display.JSON", "%T is no JSON: %v", v, err)
	}
	words, _ := json.MarshalIndent(json.RawMessage(b), "", "  ")
	return Data{"application/json": json.RawMessage(b), "text/plain": text(string(words))}
}

// JavaScript gives code that the front end runs, if it trusts the notebook.
func JavaScript(s string) Data {
	return Data{"application/javascript": s, "text/plain": shortened(s, maxWord)}
}

var (
	unseen = regexp.MustCompile(`(?is)<(style|script|head|svg)\b.*?</(style|script|head|svg)>|<!--.*?-->`)
	breaks = regexp.MustCompile(`(?i)</?(p|div|tr|table|ul|ol|li|h[1-6]|pre|br)\b[^>]*>`)
	gaps   = regexp.MustCompile(`(?i)</(td|th)>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`[ \t]+`)
)

// stripped is the text of a page, as much of it as is shown.
func stripped(s string) string {
	if len(s) > 50*maxText {
		s = strings.ToValidUTF8(s[:50*maxText], "")
	}
	s = unseen.ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "\n", " ")
	s = breaks.ReplaceAllString(s, "\n")
	s = gaps.ReplaceAllString(s, "  ")
	s = html.UnescapeString(tags.ReplaceAllString(s, ""))
	var lines []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(spaces.ReplaceAllString(l, " ")); l != "" {
			lines = append(lines, l)
		}
	}
	return text(strings.Join(lines, "\n"))
}
