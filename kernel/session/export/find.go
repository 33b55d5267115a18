package export

// What is asked of each variable and statement of a program in the making,
// looked up so that a notebook of many cells takes no longer than they do.

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"sort"
	"strings"
)

// extent is the text of a statement, and its cell.
type extent struct{ lo, hi, cell int }

// call gives a variable its name.
func (m *writer) call(obj types.Object, name string) {
	m.names[obj] = name
	if at, ok := m.begins[name]; !ok || obj.Pos() < at {
		m.begins[name] = obj.Pos()
	}
}

func (m *writer) isVar(name string) bool { return m.isVars[name] }

// first tells whether no earlier variable has the name.
func (m *writer) first(obj types.Object) bool { return m.begins[m.names[obj]] >= obj.Pos() }

// cellOf gives the cell of a statement.
func (m *writer) cellOf(st ast.Stmt) int {
	if m.spans == nil {
		m.spans = []extent{}
		for i, c := range m.cells {
			for _, t := range c.stmts {
				m.spans = append(m.spans, extent{t.lo, t.hi, i})
			}
		}
		slices.SortStableFunc(m.spans, func(a, b extent) int { return a.lo - b.lo })
	}
	off := m.off(st.Pos())
	at := sort.Search(len(m.spans), func(i int) bool { return m.spans[i].lo > off }) - 1
	if at < 0 || off >= m.spans[at].hi {
		return -1
	}
	return m.spans[at].cell
}

// patched is the text from lo to hi with its edits.
func (m *writer) patched(lo, hi int) string {
	if m.sorted == nil {
		m.sorted = slices.Sorted(maps.Keys(m.edits))
	}
	at := sort.SearchInts(m.sorted, lo)
	var b strings.Builder
	done := lo
	for _, from := range m.sorted[at:] {
		if from > hi {
			break
		}
		if from < done || from == hi && m.edits[from].hi > hi {
			continue
		}
		b.WriteString(m.src[done:from] + m.edits[from].text)
		done = m.edits[from].hi
	}
	return b.String() + m.src[done:hi]
}
