package modality

import "testing"

// Numbers of the official registry (docs/4m.md, 1.1 and 1.2).
func TestPublished(t *testing.T) {
	for _, x := range []struct {
		name              string
		id, max, vocab    int
		rows, width, rank int
	}{
		{"rgb@224", 20716, 196, 0, 14, 768, 0},
		{"tok_rgb@224", 11606, 196, 16384, 14, 0, 0},
		{"tok_dinov2@224", 26275, 256, 8192, 16, 0, 0},
		{"tok_imagebind_global", 12099, 16, 8192, 4, 0, 0},
		{"tok_semseg@448", 10291, 784, 4096, 28, 0, 0},
		{"rgb@448", 27924, 784, 0, 28, 768, 0},
		{"caption", 32652, 256, 30000, 0, 0, 256},
		{"human_poses", 30584, 275, 30000, 0, 0, 263},
		{"t5_caption", 28551, 77, 0, 0, 4096, 77},
	} {
		d, ok := PublishedDomain(x.name)
		if !ok || d.Official != x.name || ID(x.name) != x.id || d.Max != x.max || d.Vocab != x.vocab || d.Rows != x.rows || d.Dim != x.width || d.Positions != x.rank {
			t.Errorf("%s: %+v with id %d, expected %+v", x.name, d, ID(x.name), x)
		}
	}
	for family, n := range map[string][2]int{"4M-7": {8, 7}, "4M-21": {19, 17}, "4M-7-SR": {14, 5}} {
		in, out, ok := Published(family)
		if !ok || len(in) != n[0] || len(out) != n[1] {
			t.Errorf("%s has %d inputs and %d outputs, expected %v", family, len(in), len(out), n)
		}
		for _, d := range append(in, out...) {
			if d.Max == 0 {
				t.Errorf("%s has a domain %q of nothing", family, d.Name)
			}
		}
	}
	if d, ok := PublishedDomain("tok_rgb@64"); !ok || d.Max != 16 || d.Official != "tok_rgb@64" {
		t.Errorf("tok_rgb@64: %+v, %v", d, ok)
	}
	for _, n := range []string{"tok_rgb@0", "tok_rgb@x", "tok_rgb@65", "tok_caption@224", "depth@224", "@224", ""} {
		if d, ok := PublishedDomain(n); ok {
			t.Errorf("%q gives %+v", n, d)
		}
	}
}

// A name with a resolution is the published modality of that name; without,
// the lab's own.
func TestFindPublished(t *testing.T) {
	for name, want := range map[string]string{"tok_depth@224": "depth@224", "rgb@448": "rgb@448", "det": "box", "tok_depth": "depth", "tok_depth@64": "depth", "metadata": "metadata"} {
		if m, ok := Find(name); !ok || m.Name != want {
			t.Errorf("%s is %q, expected %q", name, m.Name, want)
		}
	}
}
