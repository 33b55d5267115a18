package checkpoint

// Values of the configuration in the metadata, each a text of YAML (docs/4m.md,
// 9.1): reading one from a file of whatever origin.

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	maxValue = 10_000 // characters of a value
	maxNest  = 16     // lists in lists
)

// parseValue reads a value of the metadata as YAML. None stands for null, as
// in Python, which wrote it. What is too long or too deep, has anchors, tags
// or line structure, or is no YAML, stays the text it is.
func parseValue(text string) (v any) {
	if len(text) > maxValue || deep(text) {
		return text
	}
	defer func() { // the parser of others is given whatever a file holds
		if recover() != nil {
			v = text
		}
	}()
	var doc, more yaml.Node
	d := yaml.NewDecoder(strings.NewReader(text))
	if d.Decode(&doc) != nil || len(doc.Content) != 1 || d.Decode(&more) != io.EOF {
		return text
	}
	n := doc.Content[0]
	v, err := fromYAML(n)
	if _, words := v.(string); err != nil || words && n.Style == 0 {
		return text // with the blanks and signs that YAML passes over
	}
	return v
}

// deep tells whether brackets lie in one another too far. Those in quotes do
// not count, where a quote stands at the beginning of a value.
func deep(text string) bool {
	n, quote, before := 0, rune(0), '['
	escaped := false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case quote != 0:
			escaped = c == '\\' && quote == '"'
			if c == quote {
				quote = 0 // of two in a row the second opens again
			}
		case (c == '\'' || c == '"') && strings.ContainsRune("[{,:'", before):
			quote = c
		case c == '[' || c == '{':
			if n++; n > maxNest {
				return true
			}
		case c == ']' || c == '}':
			n--
		}
		if c != ' ' {
			before = c
		}
	}
	return false
}

var errYAML = errors.New("not a scalar, list or map of plain YAML")

// fromYAML turns a node into a value.
func fromYAML(n *yaml.Node) (any, error) {
	if n.Anchor != "" || n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 {
		return nil, errYAML
	}
	switch {
	case n.Kind == yaml.ScalarNode:
		return fromScalar(n)
	case n.Style&yaml.FlowStyle == 0:
		return nil, errYAML // "a: b" is a sentence rather than a map
	case n.Kind == yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, x := range n.Content {
			var err error
			if out[i], err = fromYAML(x); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		_, twice := out[k.Value]
		if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" || twice {
			return nil, errYAML
		}
		v, err := fromYAML(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		out[k.Value] = v
	}
	return out, nil
}

func fromScalar(n *yaml.Node) (any, error) {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return n.Value, nil
	}
	if n.Style != 0 || strings.Contains(n.Value, "\n") {
		return nil, errYAML // blocks of text
	}
	switch n.Value {
	case "None":
		return nil, nil
	case "":
		return "", nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil, bool, int, float64, string:
		return v, nil
	case time.Time:
		return n.Value, nil
	default: // a whole number beyond int
		f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		return f, err
	}
}
