package display

// A table, and its two forms: HTML for a notebook, aligned text for the rest.

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"fourmlab/internal/human"
)

const (
	headRows = 10 // shown of a long table, at its beginning
	tailRows = 5  // and at its end
	headCols = 12
	tailCols = 4
)

// table is what is shown of one, cut already.
type table struct {
	title string
	head  []string   // names of columns; the first is the index
	rows  [][]string // cells as text; their first is the index
	right []bool     // columns of numbers
	gap   int        // the row before which some are left out, or 0
	left  int        // how many rows are left out there
	tint  [][]string // background colours of cells, or nil
	sums  []summary  // of the columns, or nil
	below string     // HTML under the table
}

// summary is what one column looks like over all rows.
type summary struct{ line, svg string }

// span gives the indexes to show of n, and where the gap is: 0 for none.
func span(n, head, tail int) (at []int, gap int) {
	if n <= head+tail+1 {
		for i := range n {
			at = append(at, i)
		}
		return at, 0
	}
	for i := range head {
		at = append(at, i)
	}
	for i := n - tail; i < n; i++ {
		at = append(at, i)
	}
	return at, head
}

// data gives both forms.
func (t *table) data() Data {
	return Data{"text/html": t.html(), "text/plain": t.text()}
}

func (t *table) html() string {
	const cell = "padding:2px 8px;white-space:pre;"
	var b strings.Builder
	b.WriteString(`<div style="overflow-x:auto">`)
	fmt.Fprintf(&b, `<div style="opacity:.75;font-size:90%%">%s</div>`, html.EscapeString(t.title))
	if len(t.rows) > 0 {
		b.WriteString(`<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">`)
		t.htmlHead(&b, cell)
		b.WriteString("<tbody>")
		for i, row := range t.rows {
			if t.gap > 0 && i == t.gap {
				fmt.Fprintf(&b, `<tr><td colspan="%d" style="%stext-align:center;opacity:.75">%s %s more rows</td></tr>`, len(row), cell, cut, human.Int(t.left))
			}
			b.WriteString("<tr>")
			for j, c := range row {
				style := cell + align(t.right[j])
				if t.tint != nil && t.tint[i][j] != "" {
					style += "background:" + t.tint[i][j]
				}
				tag := "td"
				if j == 0 {
					tag, style = "th", style+"font-weight:normal;opacity:.75"
				}
				fmt.Fprintf(&b, `<%s style="%s">%s</%s>`, tag, style, html.EscapeString(c), tag)
			}
			b.WriteString("</tr>")
		}
		b.WriteString("</tbody></table>")
	}
	b.WriteString(t.below)
	b.WriteString("</div>")
	return b.String()
}

func (t *table) htmlHead(b *strings.Builder, cell string) {
	b.WriteString("<thead><tr>")
	for j, h := range t.head {
		fmt.Fprintf(b, `<th style="%s%s">%s</th>`, cell, align(t.right[j]), html.EscapeString(h))
	}
	b.WriteString("</tr>")
	drawn := false
	for _, s := range t.sums {
		drawn = drawn || s.svg != ""
	}
	if drawn {
		b.WriteString("<tr>")
		for j, s := range t.sums {
			fmt.Fprintf(b, `<th style="%s%s">%s</th>`, cell, align(t.right[j]), s.svg)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</thead>")
}

func align(right bool) string {
	if right {
		return "text-align:right;"
	}
	return "text-align:left;"
}

func (t *table) text() string {
	if len(t.rows) == 0 {
		return t.title
	}
	lines := append([][]string{t.head}, t.rows...)
	summed := -1
	for _, s := range t.sums {
		if s.line != "" {
			row := make([]string, len(t.head))
			for j, s := range t.sums {
				row[j] = s.line
			}
			summed = len(lines)
			lines = append(lines, row)
			break
		}
	}
	wide := make([]int, len(t.head))
	for i, row := range lines {
		if len(row) > 5 { // a line should stay one
			row = slices.Clone(row)
			lines[i] = row
		}
		for j, c := range row {
			if len(row) > 5 {
				c = shortened(c, maxWord/3)
				row[j] = c
			}
			wide[j] = max(wide[j], columnsOf(c))
		}
	}
	var b strings.Builder
	b.WriteString(t.title + "\n")
	for i, row := range lines {
		if t.gap > 0 && i == t.gap+1 && i != summed {
			fmt.Fprintf(&b, "%s %s more rows\n", cut, human.Int(t.left))
		}
		var line strings.Builder
		for j, c := range row {
			pad := strings.Repeat(" ", wide[j]-columnsOf(c))
			if j > 0 {
				line.WriteString("  ")
			}
			if t.right[j] {
				line.WriteString(pad + c)
			} else {
				line.WriteString(c + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
