package show_test

import (
	"context"
	"fmt"

	"fourmlab/internal/show"
)

// page is a host: what a notebook's kernel is.
type page struct{ shown int }

func (p *page) Show(b map[string]any) string      { p.shown++; fmt.Println(b["text/plain"]); return "1" }
func (p *page) Update(_ string, b map[string]any) { p.shown++; fmt.Println("then", b["text/plain"]) }
func (p *page) Interrupted() bool                 { return p.shown > 1 }

// Something long shows where it is and ends when the person asks for it.
func Example() {
	show.SetHost(&page{})
	defer show.SetHost(nil)
	stopped := show.Interruptible(func(ctx context.Context) {
		live := show.NewLive()
		live.Put(map[string]any{"text/plain": "step 1"})
		live.Put(map[string]any{"text/plain": "step 2"})
		<-ctx.Done()
	})
	fmt.Println(stopped)
	// Output:
	// step 1
	// then step 2
	// true
}
