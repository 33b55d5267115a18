// Package fields holds the names by which notebooks of gophernotes write a
// display.Data, which is a struct there and a map here:
//
//	display.Data{Data: display.MIMEMap{"text/html": "<b>a</b>"}}
//
// Cells import it with a dot, unless they declare one of the names themselves.
package fields

// The parts of a display.Data.
const (
	Data      = "Data"
	Metadata  = "Metadata"
	Transient = "Transient"
)
