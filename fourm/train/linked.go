package train

// Links in a run's folder, which is trained in whoever made it.

import "fourmlab/fourm/checkpoint"

// fileKinds tell what the files of a run begin with. A checkpoint may be a link to
// a place with room where nothing is yet; the others are small.
var fileKinds = map[string]func(head []byte) bool{
	".safetensors": func(head []byte) bool { return len(head) == 0 || checkpoint.Begins(head) },
	".jsonl":       func(head []byte) bool { return head != nil && checkpoint.BeginsJSON(head, "step") },
	".json":        func(head []byte) bool { return head != nil && checkpoint.BeginsJSON(head, "Model") },
}
