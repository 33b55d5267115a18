package fields_test

import (
	"fmt"

	"fourmlab/kernel/display"
	. "fourmlab/kernel/display/fields"
)

// As notebooks of gophernotes write it.
func Example() {
	d := display.Data{Data: display.MIMEMap{"text/html": "<b>a</b>"}}
	fmt.Println(display.Of(d)["text/html"])
	// Output: <b>a</b>
}
