package human

// Times: measured with three digits, waited for in whole units.

import (
	"fmt"
	"time"
)

// Seconds writes a measured time with three digits: 85 ns, 1.23 ms, 4.56 s; a
// minute and more as Span does.
func Seconds(s float64) string {
	switch {
	case s >= 60:
		return Span(s)
	case s >= 1:
		return fmt.Sprintf("%.3g s", s)
	case s >= 1e-3:
		return fmt.Sprintf("%.3g ms", s*1e3)
	case s >= 1e-6:
		return fmt.Sprintf("%.3g µs", s*1e6)
	}
	return fmt.Sprintf("%.3g ns", s*1e9)
}

// Span writes a time in its two largest units: 40 s, 3 min 5 s, 12 min,
// 3 h 20 min, 4 d 3 h.
func Span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	h, m := int(d.Hours()), int(d.Minutes())%60
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d %d h", h/24, h%24)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", h, m)
	case d >= 10*time.Minute:
		return fmt.Sprintf("%d min", m)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", m, int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

// Clock writes the time of something that goes on: tenths of a second in the
// first minute, for the figure to move, then as Span does.
func Clock(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return Span(d.Seconds())
}
