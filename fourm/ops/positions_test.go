package ops

import (
	"math"
	"testing"
)

// Lines of hundreds of positions have the numbers of the official table, which
// PyTorch 1.13 gave for these shapes; in float64 the largest is off by 1e-5.
func TestLinePositions(t *testing.T) {
	for shape, rows := range map[[2]int][]struct {
		p, c int
		want float64
	}{
		{300, 10}: {{299, 1, -0.2613454759120941}, {299, 6, -0.9652453064918518}, {257, 2, 0.17151032388210297}, {143, 7, -0.9002709984779358}, {299, 3, 0.9284953474998474}, {88, 1, 0.9819839596748352}},
		{700, 48}: {{699, 5, 0.8788233995437622}, {699, 29, -0.4771471619606018}, {412, 11, -0.23367200791835785}, {655, 1, 0.13969220221042633}},
	} {
		table := LinePositions(shape[0], shape[1])
		for _, x := range rows {
			if got := float64(table[x.p*shape[1]+x.c]); math.Abs(got-x.want) > 1e-7 {
				t.Errorf("%v: row %d, column %d is %.9g, expected %.9g", shape, x.p, x.c, got, x.want)
			}
		}
	}
}
