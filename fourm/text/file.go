package text

// Reading the files of the tokenizers library, format 1.0: a WordPiece model
// with BERT's normaliser and pre-tokenizer (docs/4m.md, 2.1). Parts that would
// change what comes out and are not known here are refused, not passed over.

import (
	"bytes"
	"encoding/json"
	"fmt"

	"fourmlab/internal/disk"
	"fourmlab/internal/plain"
)

// Bounds of what a file may ask for.
const (
	maxFile  = 64 << 20 // bytes
	maxPiece = 1 << 10  // bytes
	maxWord  = 1 << 12  // characters
)

// Open reads a vocabulary from a file of the tokenizers library, for example
// the text_tokenizer_4m_wordpiece_30k.json of the published models. The error
// names what in the file is broken or unknown.
func Open(path string) (*Vocab, error) {
	b, err := disk.Read(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	v, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("text: %s: %w", path, err)
	}
	return v, nil
}

// Read is Open of what a file holds.
func Read(b []byte) (*Vocab, error) {
	v, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	return v, nil
}

// parts are those of a file. What may be absent, but must not be taken for a
// zero, is a pointer.
type parts struct {
	Version       *string         `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	Added         []addedPart     `json:"added_tokens"`
	Normalizer    *bertPart       `json:"normalizer"`
	PreTokenizer  *typePart       `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       *decoderPart    `json:"decoder"`
	Model         *modelPart      `json:"model"`
}

type addedPart struct {
	ID      *json.Number `json:"id"`
	Content *string      `json:"content"`
	Word    *bool        `json:"single_word"`
	Left    *bool        `json:"lstrip"`
	Right   *bool        `json:"rstrip"`
	Normal  *bool        `json:"normalized"`
	Special *bool        `json:"special"`
}

type typePart struct {
	Type string `json:"type"`
}

type bertPart struct {
	typePart
	Clean   *bool `json:"clean_text"`
	Chinese *bool `json:"handle_chinese_chars"`
	Accents *bool `json:"strip_accents"` // null follows lowercase
	Lower   *bool `json:"lowercase"`
}

type decoderPart struct {
	typePart
	Prefix  *string `json:"prefix"`
	Cleanup *bool   `json:"cleanup"`
}

type modelPart struct {
	Type    *string         `json:"type"` // early files lack it
	Unk     *string         `json:"unk_token"`
	Prefix  *string         `json:"continuing_subword_prefix"`
	MaxWord *json.Number    `json:"max_input_chars_per_word"`
	Vocab   json.RawMessage `json:"vocab"`
}

func read(b []byte) (*Vocab, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("a tokenizer of more than %d bytes", maxFile)
	}
	b, err := plain.UTF8(b)
	if err != nil {
		return nil, fmt.Errorf("no tokenizer: %w", err)
	}
	var p parts
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("no tokenizer: %w", err)
	}
	if p.Version == nil || *p.Version != "1.0" {
		return nil, fmt.Errorf("version %s, expected \"1.0\"", said(p.Version))
	}
	for _, x := range []struct {
		name string
		raw  json.RawMessage
	}{{"truncation", p.Truncation}, {"padding", p.Padding}, {"post_processor", p.PostProcessor}} {
		if len(x.raw) > 0 && string(x.raw) != "null" {
			return nil, fmt.Errorf("%s %s is not known here, expected null", x.name, shorten(string(x.raw)))
		}
	}
	r, err := p.rules()
	if err != nil {
		return nil, err
	}
	pieces, err := vocabulary(p.Model.Vocab)
	if err != nil {
		return nil, err
	}
	return p.assemble(r, pieces)
}

// said is a string of a file for a message.
func said(s *string) string {
	if s == nil {
		return "missing"
	}
	return fmt.Sprintf("%q", shorten(*s))
}

// rules reads how text becomes tokens.
func (p *parts) rules() (rules, error) {
	var r rules
	if n := p.Normalizer; n != nil {
		if n.Type != "BertNormalizer" {
			return r, fmt.Errorf("normalizer %q is not known here, expected \"BertNormalizer\" or null", shorten(n.Type))
		}
		if n.Clean == nil || n.Chinese == nil || n.Lower == nil {
			return r, fmt.Errorf("the normalizer lacks one of clean_text, handle_chinese_chars, lowercase")
		}
		r.bert = &bert{clean: *n.Clean, chinese: *n.Chinese, accents: *n.Lower, lower: *n.Lower}
		if n.Accents != nil {
			r.bert.accents, r.bert.accentsSaid = *n.Accents, true
		}
	}
	if t := p.PreTokenizer; t != nil {
		if t.Type != "BertPreTokenizer" {
			return r, fmt.Errorf("pre_tokenizer %q is not known here, expected \"BertPreTokenizer\" or null", shorten(t.Type))
		}
		r.split = true
	}
	if d := p.Decoder; d != nil {
		if d.Type != "WordPiece" {
			return r, fmt.Errorf("decoder %q is not known here, expected \"WordPiece\" or null", shorten(d.Type))
		}
		if d.Prefix == nil || d.Cleanup == nil {
			return r, fmt.Errorf("the decoder lacks one of prefix, cleanup")
		}
		r.decoder = &decoder{*d.Prefix, *d.Cleanup}
	}
	m := p.Model
	if m == nil {
		return r, fmt.Errorf("there is no model")
	}
	if m.Type != nil && *m.Type != "WordPiece" {
		return r, fmt.Errorf("model %s is not known here, expected \"WordPiece\"", said(m.Type))
	}
	if m.Unk == nil || m.Prefix == nil || m.MaxWord == nil || m.Vocab == nil {
		return r, fmt.Errorf("the model lacks one of unk_token, continuing_subword_prefix, max_input_chars_per_word, vocab")
	}
	n, err := m.MaxWord.Int64()
	if err != nil || n < 0 || n > maxWord {
		return r, fmt.Errorf("max_input_chars_per_word is %s, expected 0 to %d", shorten(m.MaxWord.String()), maxWord)
	}
	r.unkToken, r.prefix, r.maxChars = *m.Unk, *m.Prefix, int(n)
	return r, nil
}

// entry is a piece with the id that a file gives it.
type entry struct {
	piece string
	id    json.Number
}

// vocabulary reads an object of pieces and ids, each piece once.
func vocabulary(raw json.RawMessage) ([]entry, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("vocab is no object of tokens and ids")
	}
	var out []entry
	have := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("vocab: %w", err)
		}
		piece, _ := t.(string) // keys of an object are strings
		if t, err = d.Token(); err != nil {
			return nil, fmt.Errorf("vocab: %w", err)
		}
		id, ok := t.(json.Number)
		if !ok {
			return nil, fmt.Errorf("token %q has the id %v, expected a number", shorten(piece), t)
		}
		if have[piece] {
			return nil, fmt.Errorf("token %q is twice in vocab", shorten(piece))
		}
		if len(piece) > maxPiece {
			return nil, fmt.Errorf("token %q has %d bytes, expected at most %d", shorten(piece), len(piece), maxPiece)
		}
		have[piece] = true
		out = append(out, entry{piece, id})
	}
	return out, nil
}

// assemble puts the pieces in the order of their ids, and the added tokens
// that words are not cut into among them.
func (p *parts) assemble(r rules, entries []entry) (*Vocab, error) {
	inModel := map[string]string{}
	for _, e := range entries {
		inModel[e.piece] = e.id.String()
	}
	seen := map[string]bool{}
	outside := map[int]bool{}
	model := len(entries)
	for i, a := range p.Added {
		if a.ID == nil || a.Content == nil || a.Word == nil || a.Left == nil || a.Right == nil || a.Normal == nil || a.Special == nil {
			return nil, fmt.Errorf("added token %d (%s) lacks its id, content or a flag", i, said(a.Content))
		}
		c := *a.Content
		if seen[c] {
			return nil, fmt.Errorf("added token %q is there twice", shorten(c))
		}
		seen[c] = true
		id, ok := inModel[c]
		if ok && id != a.ID.String() {
			return nil, fmt.Errorf("added token %q has id %s, and %s in vocab", shorten(c), shorten(a.ID.String()), shorten(id))
		}
		if !ok {
			entries = append(entries, entry{c, *a.ID})
		}
	}
	pieces, taken := make([]string, len(entries)), make([]bool, len(entries))
	for i, e := range entries {
		n, err := e.id.Int64()
		if err != nil || n < 0 || n >= int64(len(entries)) {
			return nil, fmt.Errorf("token %q has id %s, expected 0 to %d without gaps for %d tokens", shorten(e.piece), shorten(e.id.String()), len(entries)-1, len(entries))
		}
		if taken[n] {
			return nil, fmt.Errorf("tokens %q and %q both have id %d", shorten(pieces[n]), shorten(e.piece), n)
		}
		pieces[n], taken[n] = e.piece, true
		if i >= model {
			outside[int(n)] = true
		}
	}
	var tokens []added
	for _, a := range p.Added {
		id, _ := a.ID.Int64()
		tokens = append(tokens, added{*a.Content, int(id), *a.Word, *a.Left, *a.Right, *a.Normal, *a.Special})
	}
	return assemble(pieces, outside, tokens, r)
}
