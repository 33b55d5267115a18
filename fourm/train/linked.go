package train

// Links in a run's folder, which is trained in whoever made it.

import (
	"bytes"
	"encoding/json"

	"fourmlab/fourm/checkpoint"
)

// fileKinds tell what the files of a run begin with. A checkpoint may be a link to
// a place with room where nothing is yet; the others are small.
var fileKinds = map[string]func(head []byte) bool{
	".safetensors": func(head []byte) bool { return len(head) == 0 || checkpoint.Begins(head) },
	".jsonl":       func(head []byte) bool { return head != nil && BeginsJSON(head, "step") },
	".json":        func(head []byte) bool { return head != nil && BeginsJSON(head, "Model") },
}

// BeginsJSON tells whether a file begins with an object of JSON that has a key,
// or holds nothing but zeros.
func BeginsJSON(head []byte, key string) bool {
	if head = bytes.Trim(head, "\x00"); len(head) == 0 {
		return true
	}
	var first map[string]json.RawMessage
	return json.NewDecoder(bytes.NewReader(head)).Decode(&first) == nil && first[key] != nil
}
