package human

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func Example() {
	fmt.Println(Count(1, "epoch"), Count(100000, "loop"))
	fmt.Println(Short(12345678), Tick(20000))
	fmt.Println(Bytes(2.5e6), Memory(8<<30))
	fmt.Println(Seconds(0.00123), Span(12000), Clock(1500*time.Millisecond))
	// Output:
	// 1 epoch 100,000 loops
	// 12.3 M 20k
	// 2.5 MB 8 GiB
	// 1.23 ms 3 h 20 min 1.5 s
}

func TestNumbers(t *testing.T) {
	same := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -999: "-999", -1000: "-1,000", 123456789: "123,456,789", math.MinInt64: "-9,223,372,036,854,775,808"} {
		same(Int(n), want)
	}
	for n, want := range map[int]string{0: "0 lines", 1: "1 line", 2: "2 lines", 12000: "12,000 lines"} {
		same(Count(n, "line"), want)
	}
	for v, want := range map[float64]string{0: "0", 0.25: "0.25", 999: "999", 1000: "1 k", 12345: "12.3 k", 1.5e6: "1.5 M", -2e9: "-2 G"} {
		same(Short(v), want)
	}
	for v, want := range map[float64]string{1e-13: "0", 0.05: "0.05", 2500: "2500", -20000: "-20k", 1.5e6: "1.5M"} {
		same(Tick(v), want)
	}
	for n, want := range map[float64]string{0: "0.0 kB", 1500: "1.5 kB", 2.5e6: "2.5 MB", 3e9: "3.0 GB", 70.4e12: "70.4 TB", 1e15: "1.0 PB", 5e20: "500.0 EB", 1e22: "over 1000 EB"} {
		same(Bytes(n), want)
	}
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1 << 10: "1 KiB", 3 << 29: "1.5 GiB", 1 << 62: "4 EiB"} {
		same(Memory(n), want)
	}
	for s, want := range map[float64]string{85e-9: "85 ns", 1.234e-6: "1.23 µs", 0.5: "500 ms", 4.567: "4.57 s", 65: "1 min 5 s"} {
		same(Seconds(s), want)
	}
	for s, want := range map[float64]string{0: "0 s", 59.4: "59 s", 59.6: "1 min 0 s", 185: "3 min 5 s", 720: "12 min", 12000: "3 h 20 min", 360000: "4 d 4 h"} {
		same(Span(s), want)
	}
	same(Clock(59*time.Second), "59.0 s")
	same(Clock(61*time.Second), "1 min 1 s")
}
