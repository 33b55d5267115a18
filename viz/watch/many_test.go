package watch

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Many pages at once, while runs grow, come and break, show each its run.
func TestManyPages(t *testing.T) {
	top := t.TempDir()
	names := []string{"a", "b", "c", "d"}
	for _, n := range names {
		grow(t, filepath.Join(top, n), 1, 3)
		put(t, filepath.Join(top, n, "x.png"), pngOf(t, 4, 4))
	}
	h := Handler(top, false)
	ask(t, h, "/") // all are known
	var all sync.WaitGroup
	for k := range 4 {
		all.Go(func() {
			for i := range 10 {
				n := names[(i+k)%len(names)]
				for _, path := range []string{"/", "/main?run=" + n, "/curves.png", "/curves.png?run=" + n, "/picture?name=x.png&run=" + n} {
					if code, body, _ := ask(t, h, path); code != http.StatusOK || strings.HasPrefix(path, "/main") && !strings.Contains(body, "<h1>"+n+"</h1>") {
						t.Errorf("%s: status %d", path, code)
					}
				}
			}
		})
	}
	all.Go(func() {
		for i := range 20 {
			grow(t, filepath.Join(top, "a"), 4+i, 4+i)
			put(t, filepath.Join(top, "b", "run.json"), []byte("{"))
			put(t, filepath.Join(top, "b", "run.json"), []byte(`{"Steps": 9}`))
			put(t, filepath.Join(top, "new", "x.png"), []byte("<html>"))
			grow(t, filepath.Join(top, "new"), i+1, i+1)
		}
	})
	all.Wait()
	if _, body, _ := ask(t, h, "/"); !strings.Contains(body, "5 runs") {
		t.Errorf("not all are there:\n%s", body)
	}
}
