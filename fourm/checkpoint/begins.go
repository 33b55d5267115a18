package checkpoint

// What other files of a run's folder begin with.

import (
	"bytes"
	"encoding/json"
)

// BeginsJSON tells whether a file begins with an object of JSON that has a key,
// or holds nothing but zeros.
func BeginsJSON(head []byte, key string) bool {
	if head = bytes.Trim(head, "\x00"); len(head) == 0 {
		return true
	}
	var first map[string]json.RawMessage
	return json.NewDecoder(bytes.NewReader(head)).Decode(&first) == nil && first[key] != nil
}
