package mask

// Masks of grids (docs/4m.md, 3.2).

// grid draws which of n tokens are input and which are targets: it sorts
// noise, and position i of the grid has the role of place order[i] in the row
// of inputs, targets and others. A negative out makes every token that is no
// input a target.
func grid(c Chance, n, in, out int) (input, target []bool) {
	noise := make([]float32, n)
	c.Noise(noise)
	input, target = make([]bool, n), make([]bool, n)
	if out < 0 {
		out = n - in
	}
	if in == 0 && out == 0 {
		return input, target
	}
	for i, at := range order(noise) {
		input[i] = at < in
		target[i] = at >= in && at < in+out
	}
	return input, target
}

// ordered makes the first places of an order inputs and those behind them targets; a
// negative out makes every place that is no input a target.
func ordered(places []int, n, in, out int) (input, target []bool) {
	input, target = make([]bool, n), make([]bool, n)
	for k, at := range places {
		input[at] = k < in
		target[at] = k >= in && k < in+out
	}
	for at := range target {
		target[at] = target[at] || out < 0 && !input[at]
	}
	return input, target
}

// order gives the indices that sort x, the earlier first among equals. Numbers
// that are spread evenly from 0 to 1 are nearly sorted once each is in the
// bucket of its size; the few that are not move a step or two.
func order(x []float32) []int {
	n := len(x)
	bucket := func(v float32) int { return min(max(int(v*float32(n)), 0), n-1) }
	next := make([]int, n+1)
	for _, v := range x {
		next[bucket(v)+1]++
	}
	for i := range n {
		next[i+1] += next[i]
	}
	out := make([]int, n)
	for i, v := range x {
		b := bucket(v)
		out[next[b]] = i
		next[b]++
	}
	for i := 1; i < n; i++ {
		for j := i; j > 0 && x[out[j]] < x[out[j-1]]; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
