package vq

// Position tables of one grid for another (docs/4m.md, 2.2).

import "fourmlab/fourm/ops"

// table is positions (rows cols, d) of a grid.
type table struct {
	rows, cols int
	data       []float32
}

// officialTable is the table of the official code: its cells are numbered by
// columns, those of the grid by rows (docs/4m.md, 11.11).
func officialTable(rows, cols, d int) table {
	return table{rows, cols, ops.GridPositions(cols, rows, d)}
}

// stretch gives the positions of a grid of other sizes.
func (t table) stretch(rows, cols int) []float32 {
	return ops.StretchPositions(t.data, t.rows, t.cols, rows, cols)
}
