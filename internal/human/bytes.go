package human

// Bytes: of data in powers of 1000, of limits of memory in powers of 1024.

import "fmt"

// Bytes writes a number of bytes in powers of 1000 with one decimal: 0.0 kB,
// 2.5 MB, over 1000 EB.
func Bytes(n float64) string {
	for _, u := range []struct {
		one  float64
		name string
	}{{1e18, "EB"}, {1e15, "PB"}, {1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}} {
		if n >= 1000*u.one && u.one == 1e18 {
			return "over 1000 EB"
		}
		if n >= u.one {
			return fmt.Sprintf("%.1f %s", n/u.one, u.name)
		}
	}
	return fmt.Sprintf("%.1f kB", n/1e3)
}

// Memory writes a number of bytes in powers of 1024 with up to four digits:
// 100 bytes, 1.5 GiB, 512 GiB.
func Memory(n int64) string {
	for i, unit := range []string{"EiB", "PiB", "TiB", "GiB", "MiB", "KiB"} {
		if one := int64(1) << (60 - 10*i); n >= one {
			return fmt.Sprintf("%.4g %s", float64(n)/float64(one), unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
