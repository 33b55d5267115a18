package text

// Writing the files that file.go reads, byte for byte as the tokenizers
// library does.

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"fourmlab/internal/disk"
)

// Save writes the vocabulary to a file that Open reads, and the tokenizers
// library, too. A file that was there is replaced once the new one is whole.
func (v *Vocab) Save(path string) error {
	if err := disk.Write(path, v.write); err != nil {
		return fmt.Errorf("text: %w", err)
	}
	return nil
}

// bytes gives what Save writes.
func (v *Vocab) bytes() []byte {
	var b bytes.Buffer
	v.write(&b) // a buffer takes all
	return b.Bytes()
}

// write puts the parts in the library's order, each value on a line.
func (v *Vocab) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	put := func(format string, args ...any) { fmt.Fprintf(w, format, args...) }
	put("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [")
	tokens := slices.Clone(v.added)
	slices.SortFunc(tokens, func(a, b added) int { return a.id - b.id })
	for i, t := range tokens {
		put("%s\n    {\n", comma(i))
		put("      \"id\": %d,\n      \"content\": %s,\n      \"single_word\": %t,\n", t.id, quote(t.content), t.word)
		put("      \"lstrip\": %t,\n      \"rstrip\": %t,\n      \"normalized\": %t,\n      \"special\": %t\n    }", t.left, t.right, t.normal, t.special)
	}
	if len(tokens) > 0 {
		put("\n  ")
	}
	put("],\n  \"normalizer\": ")
	if b := v.bert; b != nil {
		accents := "null"
		if b.accentsSaid {
			accents = fmt.Sprint(b.accents)
		}
		put("{\n    \"type\": \"BertNormalizer\",\n    \"clean_text\": %t,\n    \"handle_chinese_chars\": %t,\n    \"strip_accents\": %s,\n    \"lowercase\": %t\n  }", b.clean, b.chinese, accents, b.lower)
	} else {
		put("null")
	}
	put(",\n  \"pre_tokenizer\": ")
	if v.split {
		put("{\n    \"type\": \"BertPreTokenizer\"\n  }")
	} else {
		put("null")
	}
	put(",\n  \"post_processor\": null,\n  \"decoder\": ")
	if d := v.decoder; d != nil {
		put("{\n    \"type\": \"WordPiece\",\n    \"prefix\": %s,\n    \"cleanup\": %t\n  }", quote(d.prefix), d.cleanup)
	} else {
		put("null")
	}
	put(",\n  \"model\": {\n    \"type\": \"WordPiece\",\n    \"unk_token\": %s,\n    \"continuing_subword_prefix\": %s,\n", quote(v.unkToken), quote(v.prefix))
	put("    \"max_input_chars_per_word\": %d,\n    \"vocab\": {", v.maxChars)
	n := 0
	for id, p := range v.Pieces {
		if !v.outside[id] {
			put("%s\n      %s: %d", comma(n), quote(p), id)
			n++
		}
	}
	put("\n    }\n  }\n}")
	return w.Flush()
}

// comma stands before every item but the first.
func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// quote writes a JSON string: escapes where JSON demands them, and no others.
func quote(s string) string {
	b := []byte{'"'}
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}
