package human

// Whole numbers, counts of things, and numbers cut to what fits on an axis.

import (
	"fmt"
	"math"
	"strconv"
)

// Int writes a whole number with its thousands apart: 1,234,567.
func Int(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count writes how many there are of what is named in the singular: 1 line,
// 0 lines, 100,000 lines.
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return Int(n) + " " + what
}

// Short writes a number with at most three digits and the prefix of its
// magnitude: 950, 12.3 k, 1.5 M, 2 G.
func Short(v float64) string {
	for _, u := range []struct {
		of   float64
		name string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if math.Abs(v) >= u.of {
			return fmt.Sprintf("%.3g%s", v/u.of, u.name)
		}
	}
	return fmt.Sprintf("%.3g", v)
}

// Tick writes a number as it stands at an axis, without a space and with up to
// four digits: 0.05, 2500, 20k, 1.5M. What is nearer to 0 than 1e-12 is 0.
func Tick(v float64) string {
	a := math.Abs(v)
	switch {
	case a < 1e-12:
		return "0"
	case a >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 4, 64) + "M"
	case a >= 1e4:
		return strconv.FormatFloat(v/1e3, 'g', 4, 64) + "k"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
