package checkpoint

// Aliases: names whose tensor is stored under another. safetensors' save_model
// keeps one name of a shared tensor and maps the others to it in the metadata
// (docs/4m.md, 9.1).

import (
	"fmt"
	"sort"
)

// maxHops is how many aliases are followed; one is what save_model needs.
const maxHops = 8

// Resolve gives the name under which a tensor is stored: the name itself, or
// where the metadata's aliases lead. It is an error when there is no such
// tensor, when an alias leads to none, or in a circle.
func (c *File) Resolve(name string) (string, error) {
	if _, ok := c.entries[name]; ok {
		return name, nil
	}
	at, ok := c.Meta[name]
	if !ok || c.format == "torch" { // which stores a shared tensor once and names it twice
		return "", fmt.Errorf("checkpoint: %s has no tensor %q", c.path, clip(name))
	}
	for range maxHops {
		if _, ok := c.entries[at]; ok {
			return at, nil
		}
		next, ok := c.Meta[at]
		if !ok {
			return "", fmt.Errorf("checkpoint: %s has no tensor %q: its metadata say %q, which is no tensor either", c.path, clip(name), clip(at))
		}
		at = next
	}
	return "", fmt.Errorf("checkpoint: %s has no tensor %q: its aliases lead in a circle, or over more than %d names", c.path, clip(name), maxHops)
}

// AllNames lists the names that a tensor can be asked for by, aliases
// included, in alphabetical order.
func (c *File) AllNames() []string {
	out := c.Names()
	for k := range c.Meta {
		if c.isAlias(k) {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return out
}

// isAlias tells whether a key of the metadata is the other name of a tensor.
func (c *File) isAlias(key string) bool {
	if _, stored := c.entries[key]; stored {
		return false
	}
	_, err := c.Resolve(key)
	return err == nil
}
