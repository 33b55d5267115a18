package notebook

// Notebooks of IPython (nbformat 2 and 3) as nbformat's own upgrade reads them:
// cells lie in worksheets, code in "input", numbers in "prompt_number",
// headings are cells, forms of an output stand beside its type.

import (
	"encoding/json"
	"fmt"
	"strings"
)

// upgrade makes the top of a version 3 notebook that of version 4, and gives
// its cells.
func upgrade(nb fields, major int) ([]fields, error) {
	if nb["worksheets"] == nil {
		return nil, fmt.Errorf("nbformat is %d, expected 4, or worksheets that can be upgraded", major)
	}
	sheets, err := objects(nb, "worksheets")
	if err != nil {
		return nil, err
	}
	meta, err := object(nb, "metadata")
	if err != nil {
		return nil, err
	}
	was := func(name string, otherwise int) json.RawMessage {
		raw, ok := nb[name]
		delete(nb, name)
		if !ok || count(raw) == 0 {
			return encoded(otherwise)
		}
		return raw
	}
	meta["orig_nbformat"], meta["orig_nbformat_minor"] = was("orig_nbformat", major), was("orig_nbformat_minor", 0)
	delete(meta, "name") // of the notebook, which has been that of its file since
	delete(meta, "signature")
	delete(nb, "worksheets")
	nb["metadata"] = encoded(meta)
	var cells []fields
	for i, sheet := range sheets {
		list, err := objects(sheet, "cells")
		if err != nil {
			return nil, fmt.Errorf("worksheet %d: %w", i+1, err)
		}
		cells = append(cells, list...)
	}
	for i, c := range cells {
		if err := upgradeCell(c); err != nil {
			return nil, fmt.Errorf("cell %d: %w", i+1, err)
		}
	}
	return cells, nil
}

// upgradeCell makes a cell of version 3 one of version 4; one that is already
// stays.
func upgradeCell(c fields) error {
	var kind string
	json.Unmarshal(c["cell_type"], &kind)
	move := func(from, to string) {
		if raw, ok := c[from]; ok {
			if _, there := c[to]; !there {
				c[to] = raw
			}
			delete(c, from)
		}
	}
	switch kind {
	case "code":
		delete(c, "language")
		move("input", "source")
		move("prompt_number", "execution_count")
		if raw, ok := c["collapsed"]; ok {
			meta, err := object(c, "metadata")
			if err != nil {
				return err
			}
			meta["collapsed"] = raw
			c["metadata"] = encoded(meta)
			delete(c, "collapsed")
		}
	case "heading":
		level := 1
		json.Unmarshal(c["level"], &level)
		var source text
		if raw, ok := c["source"]; ok {
			if err := json.Unmarshal(raw, &source); err != nil {
				return fmt.Errorf("source: %w", err)
			}
		}
		line := strings.Join(strings.FieldsFunc(string(source), func(r rune) bool { return r == '\n' || r == '\r' }), " ")
		c["source"] = encoded(strings.Repeat("#", min(max(level, 1), 6)) + " " + line)
		c["cell_type"] = encoded("markdown")
		delete(c, "level")
	case "html":
		c["cell_type"] = encoded("markdown")
	}
	return nil
}

// aliases are the names that version 3 had for mime types.
var aliases = map[string]string{
	"text": "text/plain", "html": "text/html", "svg": "image/svg+xml", "png": "image/png", "jpeg": "image/jpeg",
	"latex": "text/latex", "json": "application/json", "javascript": "application/javascript",
}

// upgradeOutput makes an output of version 3 one of version 4; one that is
// already stays.
func upgradeOutput(o Output) {
	kind := o.Kind()
	switch kind {
	case "stream":
		if name, ok := o["stream"]; ok {
			o["name"] = name
			delete(o, "stream")
		}
		return
	case "pyerr":
		o["output_type"] = "error"
		return
	case "pyout":
		o["output_type"], o["execution_count"] = "execute_result", o["prompt_number"]
	case "display_data":
		if _, done := o["data"]; done {
			return
		}
	default:
		return
	}
	delete(o, "prompt_number")
	if _, done := o["data"]; done {
		return
	}
	data := map[string]any{}
	for name, v := range o {
		switch name {
		case "output_type", "execution_count", "metadata":
			continue
		}
		delete(o, name)
		if mime, ok := aliases[name]; ok {
			name = mime
		}
		if name == "application/json" {
			if s, ok := whole(v); ok {
				var tree any
				if json.Unmarshal([]byte(s), &tree) == nil {
					v = json.RawMessage(s)
				}
			}
		}
		data[name] = v
	}
	o["data"] = data
	meta, _ := o["metadata"].(map[string]any)
	for alias, mime := range aliases {
		if v, ok := meta[alias]; ok {
			meta[mime] = v
			delete(meta, alias)
		}
	}
}
