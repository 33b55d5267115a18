// Package show lets values of fourm appear as pictures without fourm knowing
// who draws: viz registers itself here, as image/png registers with image.
// Where no drawer is linked in, a value is shown by its text alone.
//
//	live := show.NewLive()
//	live.Put(show.Bundle(run)) // at once; the next one takes its place
//
// A Host is where such things appear: the kernel's page, gophernotes', or a
// terminal. It also tells of a person who asks for a stop (Interruptible).
package show

import "fmt"

// Drawer turns a value into a PNG, or nil when it does not know the value.
type Drawer func(v any) []byte

var drawer Drawer

// Register makes d the drawer; the last one wins. It is called from init.
func Register(d Drawer) { drawer = d }

// PNG draws v, or returns nil when nobody can.
func PNG(v any) []byte {
	if drawer == nil {
		return nil
	}
	return drawer(v)
}

// Bundle is what a front end is given for v: its text and, where a drawer is
// linked in, its picture. It is the body of the values' SimpleRender methods.
func Bundle(v any) map[string]any {
	b := map[string]any{"text/plain": fmt.Sprint(v)}
	if p := PNG(v); p != nil {
		b["image/png"] = p
	}
	return b
}
