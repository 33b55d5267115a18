package symbols

import (
	"fmt"
	"testing"
	"time"

	"fourmlab/kernel/session"
)

// BenchmarkFirstImport imports a large package in a session that is ready.
func BenchmarkFirstImport(b *testing.B) {
	for _, path := range []string{"gorgonia.org/gorgonia", "net/http", "gonum.org/v1/plot"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := session.New()
				s.Run(b.Context(), 1, "fmt.Sprint()")
				time.Sleep(200 * time.Millisecond) // as long as a person takes, at least
				b.StartTimer()
				if r := s.Run(b.Context(), 3, fmt.Sprintf("import %q", path)); r.Err != nil {
					b.Fatal(r.Err)
				}
			}
		})
	}
}
