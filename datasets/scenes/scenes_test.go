package scenes

import "testing"

func BenchmarkRender(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Render(int64(i), 64)
	}
}
