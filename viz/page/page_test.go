package page

import (
	"errors"
	"math"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/internal/human"
)

func TestWords(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0 s", 59.4: "59 s", 61: "1 min 1 s", 599: "9 min 59 s", 600: "10 min", 3599: "59 min", 3600: "1 h 0 min", 12000: "3 h 20 min", 180000: "2 d 2 h"} {
		if got := human.Span(seconds); got != want {
			t.Errorf("%g seconds: %s, expected %s", seconds, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := human.Int(n); got != want {
			t.Errorf("%d: %s, expected %s", n, got, want)
		}
	}
	for v, want := range map[float64]string{12: "12", 1500: "1.5 k", 2e6: "2 M", 3.25e9: "3.25 G"} {
		if got := human.Short(v); got != want {
			t.Errorf("%g: %s, expected %s", v, got, want)
		}
	}
}

// What is left follows from the newest steps; what cannot be known is not
// told.
func TestLeft(t *testing.T) {
	at := func(steps int, seconds ...float64) *fourm.Run {
		r := &fourm.Run{Steps: steps}
		for i, s := range seconds {
			r.Points = append(r.Points, fourm.Point{Step: i + 1, Seconds: s, Loss: math.NaN()})
		}
		return r
	}
	long := at(1000)
	for i := range 200 { // the first hundred were slow
		s := float64(i) * 10
		if i > 100 {
			s = 1000 + float64(i-100)*0.5
		}
		long.Points = append(long.Points, fourm.Point{Step: i + 1, Seconds: s})
	}
	for _, c := range []struct {
		run         *fourm.Run
		speed, left float64
	}{
		{at(10), 0, 0}, {at(10, 1), 0, 0}, {at(10, 1, 1), 0, 0}, {at(10, 1, 3), 0.5, 16}, {at(2, 1, 3), 0.5, 0}, {long, 2, 400},
	} {
		if s, l := Speed(c.run), Left(c.run); s != c.speed || l != c.left {
			t.Errorf("%d points: %g steps a second, %g left, expected %g and %g", len(c.run.Points), s, l, c.speed, c.left)
		}
		var b strings.Builder
		if err := Of(c.run).Write(&b); err != nil || strings.Contains(b.String(), "NaN") {
			t.Errorf("%d points: %v, or NaN on the page", len(c.run.Points), err)
		}
	}
	for state, run := range map[string]*fourm.Run{"finished": at(2, 1, 3), "interrupted": {Steps: 9, Interrupted: true}, "stopped": {Err: errors.New("full")}, "no step yet": {Steps: 9}, "unfinished": at(9, 1)} {
		if p := Of(run); p.State != state {
			t.Errorf("%s, expected %s", p.State, state)
		}
	}
}
