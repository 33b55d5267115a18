package datasets

// Bytes to words: captions, boxes and palettes, as ml-4m's text-like files and
// meta.jsonl have them.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/plain"
)

// first picks the first of several texts.
func first(int) int { return 0 }

// decodeText reads the text-like files of ml-4m: .txt, .json and .json.gz
// (docs/4m.md, 1.3, 1.4).
func decodeText(look modality.Look, name, ext string, b []byte, pick func(n int) int) (any, error) {
	if !look.Spec().Words {
		return nil, fmt.Errorf("a .%s file, expected a picture", ext)
	}
	if ext == "json.gz" {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		if b, err = io.ReadAll(io.LimitReader(z, 1<<26)); err != nil {
			return nil, err
		}
	}
	b, err := plain.UTF8(b)
	if err != nil {
		return nil, err
	}
	if at := bytes.IndexByte(b, 0); at >= 0 {
		return nil, fmt.Errorf("byte %d is 0, which no text has", at+1)
	}
	if ext == "json" || ext == "json.gz" {
		return parseOne(look, name, plain.JSON(b), pick)
	}
	if parsers[look] != nil {
		return nil, fmt.Errorf("a .%s file, expected .json", ext)
	}
	lines := linesOf(b)
	if name != "caption" || len(lines) < 2 {
		return strings.Join(lines, " "), nil
	}
	return lines[pick(len(lines))], nil
}

// linesOf gives the lines of a text that are not blank.
func linesOf(b []byte) []string {
	var out []string
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// parsers read the JSON of values that are no strings, by look.
var parsers = map[modality.Look]func(json.RawMessage) (any, error){modality.Boxes: parseBoxes, modality.Colors: parsePalette}

// parseOne reads the JSON of a text-like value, of several captions one of one's
// choice. Boxes may come out in pixels: see pixelBoxes.
func parseOne(look modality.Look, name string, raw json.RawMessage, pick func(n int) int) (any, error) {
	if parse := parsers[look]; parse != nil {
		return parse(raw)
	}
	if holdsSymbols(name) {
		v, err := numbersField(raw)
		if err != nil {
			return nil, fmt.Errorf("%s is %w", name, err)
		}
		return v, nil
	}
	many, err := captionsOf(raw)
	if err != nil && name == "caption" {
		many, err = sidecar(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is %s, expected a string or a list of strings", name, clip(raw))
	}
	if name != "caption" {
		return strings.Join(many, ", "), nil
	}
	if len(many) == 0 {
		return nil, fmt.Errorf("caption is an empty list, expected one caption or more")
	}
	return many[pick(len(many))], nil
}

// captionsOf reads "a cat", ["a cat", "one cat"], or [{"caption": "a cat"}, ...].
func captionsOf(raw json.RawMessage) ([]string, error) {
	var one *string
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []string{*one}, nil
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many, nil
	}
	var said []struct{ Caption *string }
	err := json.Unmarshal(raw, &said)
	many = nil
	for _, s := range said {
		if s.Caption == nil {
			return nil, fmt.Errorf("an object without caption")
		}
		many = append(many, *s.Caption)
	}
	return many, err
}

// clip shortens JSON for an error.
func clip(raw []byte) string {
	if len(raw) > 40 {
		return string(raw[:37]) + "..."
	}
	return string(raw)
}
