package parity

// Text tokenizers: recorded encodings of a vocabulary whose file is not part
// of the fixture.

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"fourmlab/fourm/text"
)

func init() { register("text_tokenizer", textTokenizer, "encodings.json") }

// skipError says why a fixture cannot be run here.
type skipError string

func (e skipError) Error() string { return string(e) }

// encodings is what the official tokenizer made of texts.
type encodings struct {
	File      string         `json:"tokenizer_file"`
	Bytes     int            `json:"tokenizer_file_bytes"`
	SHA256    string         `json:"sha256"`
	Sentinels *int           `json:"num_sentinels"`
	Range     []int          `json:"sentinel_ids"` // first and last
	Special   map[string]int `json:"special"`
	Sentences []struct {
		Text   string   `json:"text"`
		IDs    []int    `json:"ids"`
		Tokens []string `json:"tokens"`
		Skip   *string  `json:"decode_skip_special"`
		Keep   *string  `json:"decode_keep_special"`
	} `json:"sentences"`
	Merges []struct {
		Input  []int `json:"input"`
		Target []int `json:"target"`
		Merged []int `json:"merged"`
	} `json:"merge_span_masking"`
}

func textTokenizer(f *Fixture, r *Report) error {
	var e encodings
	if err := f.JSON("encodings.json", &e); err != nil {
		return err
	}
	file, err := tokenizerFile(f, e.File)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if e.Bytes > 0 {
		r.Ints("file", "bytes", []int{len(b)}, []int{e.Bytes})
	}
	if e.SHA256 != "" {
		sum := sha256.Sum256(b)
		r.Text("file", "sha256", hex.EncodeToString(sum[:]), e.SHA256)
	}
	v, err := text.Open(file)
	if err != nil {
		return err
	}
	e.special(v, r)
	e.sentences(v, r)
	for i, m := range e.Merges {
		r.Ints("merged spans", fmt.Sprint("case ", i), v.Merge(m.Input, m.Target), m.Merged)
	}
	return rewritten(v, e, r)
}

// tokenizerFile finds the file of a vocabulary: in the folder 4m of the shared
// data, in the fixture, in the folder 4m beside the folder of fixtures, or in
// that of a shared folder beside the project.
func tokenizerFile(f *Fixture, name string) (string, error) {
	base := path.Base(filepath.ToSlash(name))
	var places []string
	if root := os.Getenv("FOURM_SHARED"); root != "" {
		places = append(places, filepath.Join(root, "4m", base))
	}
	places = append(places, filepath.Join(f.Dir, base), filepath.Join(f.Dir, "..", "..", "4m", base), filepath.Join("..", "shared", "4m", base))
	if exe, err := os.Executable(); err == nil { // the project's bin, beside which the shared folder lies
		places = append(places, filepath.Join(filepath.Dir(exe), "..", "..", "shared", "4m", base))
	}
	for _, p := range places {
		info, err := os.Stat(p)
		if err == nil && info.Mode().IsRegular() {
			return p, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return "", skipError(fmt.Sprintf("the tokenizer %s is not here; set FOURM_SHARED to the folder that has it in 4m", base))
}

// special compares the tokens that have a meaning of their own.
func (e *encodings) special(v *text.Vocab, r *Report) {
	for name, id := range e.Special {
		got, ok := v.ID(name)
		if !ok {
			got = -1
		}
		r.Ints("special ids", name, []int{got}, []int{id})
	}
	var ids []int
	for id := range v.Len() {
		if v.IsSentinel(id) {
			ids = append(ids, id)
		}
	}
	if e.Sentinels != nil {
		r.Ints("sentinels", "number", []int{len(ids)}, []int{*e.Sentinels})
	}
	if len(e.Range) == 2 && len(ids) > 0 {
		r.Ints("sentinels", "first and last", []int{slices.Min(ids), slices.Max(ids)}, e.Range)
	}
}

func (e *encodings) sentences(v *text.Vocab, r *Report) {
	var texts []string
	for _, s := range e.Sentences {
		texts = append(texts, s.Text)
	}
	batch := v.EncodeBatch(texts)
	for i, s := range e.Sentences {
		what := fmt.Sprintf("%.60q", s.Text)
		ids := v.Encode(s.Text)
		r.Ints("ids", what, ids, s.IDs)
		r.Ints("ids of a batch", what, batch[i], s.IDs)
		r.Text("tokens", what, fmt.Sprintf("%q", v.Words(ids)), fmt.Sprintf("%q", s.Tokens))
		if s.Skip != nil {
			r.Text("decoded", what, v.Join(s.IDs, true), *s.Skip)
		}
		if s.Keep != nil {
			r.Text("decoded, special kept", what, v.Join(s.IDs, false), *s.Keep)
		}
	}
}

// rewritten saves the vocabulary and compares what the new file says.
func rewritten(v *text.Vocab, e encodings, r *Report) error {
	dir, err := os.MkdirTemp("", "fourm-parity-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "saved.json")
	if err := v.Save(name); err != nil {
		return err
	}
	again, err := text.Open(name)
	if err != nil {
		return err
	}
	r.Ints("saved again", "tokens that differ", []int{again.Len(), differ(again.Pieces, v.Pieces)}, []int{v.Len(), 0})
	for _, s := range e.Sentences {
		r.Ints("saved again", fmt.Sprintf("%.60q", s.Text), again.Encode(s.Text), s.IDs)
	}
	return nil
}

// differ counts the places where two lists are not alike.
func differ(a, b []string) int {
	n := max(len(a), len(b)) - min(len(a), len(b))
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
