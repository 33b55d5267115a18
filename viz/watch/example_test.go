package watch_test

import (
	"fmt"
	"net/http/httptest"

	"fourmlab/viz/watch"
)

// The page of a run that has not begun; a stranger's name for it is refused.
func Example() {
	h := watch.Handler("runs/none-yet", false)
	for _, host := range []string{"localhost", "example.org"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		h.ServeHTTP(w, r)
		fmt.Println(host, w.Code)
	}
	// Output:
	// localhost 200
	// example.org 403
}
