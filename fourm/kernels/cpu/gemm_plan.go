package cpu

// How a product is cut into parts. Parts share nothing and take about as long
// as each other; there are more of them than workers, so that one who comes
// late leaves his to the others.

// grid is how many parts there are in each direction.
type grid struct{ rows, cols, sums int }

func (g grid) parts() int { return g.rows * g.cols * g.sums }

// region is a part: rows of C, columns of C, blocks of the sum, each from the
// first number to before the second.
type region struct{ m0, m1, n0, n1, k0, k1 int }

// region is part t. C is cut between strips and panels.
func (p *product) region(t int) region {
	share := func(n, parts int) (from, to int) {
		i := t % parts
		t /= parts
		return n * i / parts, n * (i + 1) / parts
	}
	var r region
	r.m0, r.m1 = share(ceil(p.m, p.rows), p.grid.rows)
	r.n0, r.n1 = share(ceil(p.n, p.cols), p.grid.cols)
	r.k0, r.k1 = share(p.blocks, p.grid.sums)
	r.m0, r.m1 = r.m0*p.rows, min(p.m, r.m1*p.rows)
	r.n0, r.n1 = r.n0*p.cols, min(p.n, r.n1*p.cols)
	return r
}

// worthSharing is how many cycles a product must take for more than one worker.
const worthSharing = 20000

// plan finds the grid that is done first, by a rough count of cycles.
func (p *product) plan(workers int) grid {
	best := grid{1, 1, 1}
	least := p.cycles(best, 1)
	if workers == 1 || least < worthSharing {
		return best
	}
	strips, panels := ceil(p.m, p.rows), ceil(p.n, p.cols)
	for each := 1; each <= 8; each++ {
		want := each * workers
		for rows := 1; rows <= min(want, strips); rows += 1 + rows/4 {
			g := grid{rows, min(want/rows, panels), 1}
			if few := strips * panels; few < 2*workers {
				g.sums = min(ceil(want, g.rows*g.cols), p.blocks)
			}
			if t := p.cycles(g, workers); t < least {
				best, least = g, t
			}
		}
	}
	return best
}

// cycles estimates the time of a product on a grid.
func (p *product) cycles(g grid, workers int) float64 {
	rows := float64(ceil(ceil(p.m, p.rows), g.rows) * p.rows)
	cols := float64(ceil(ceil(p.n, p.cols), g.cols) * p.cols)
	k := float64(ceil(p.blocks, g.sums) * p.chunk)
	one := rows*cols*k/float64(p.tiling.cols) + 0.4*rows*k + 2000
	if !p.packed {
		one += 0.25 * k * cols * float64(ceil(int(rows), blockRows))
	}
	// the last round of parts ends unevenly
	all := one * (float64(ceil(g.parts(), workers)) + 0.15)
	if g.sums > 1 {
		all += float64(p.m) * float64(p.n) * float64(p.blocks) / float64(workers)
	}
	return all
}
