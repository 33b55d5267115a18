package link

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"8GiB": 8 << 30, "512MB": 512e6, "1.5G": 3 << 29, " 100000000": 0, "100000000": 1e8, "": 0, "8 GiB": 8 << 30, "x": 0, "-1GB": 0, "12": 0, "1e300TB": 0, "8XB": 0} {
		got, err := parseSize(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v, expected %d", text, got, err, want)
		}
	}
	t.Setenv(memoryVariable, "lots")
	if _, err := Start(Options{}); err == nil || err.Error() != `kernel: FOURM_MEMORY="lots": expected a size like 8GiB or 512MB` {
		t.Errorf("got %v", err)
	}
}
