package text_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/text"
)

var small = []string{"[PAD]", "[UNK]", "a", "##a"}

// What a file gets wrong is an error that names it.
func TestBrokenFiles(t *testing.T) {
	type m = map[string]any
	edit := func(change func(f m)) []byte {
		return tokenizer(t, small, []map[string]any{{"content": "[PAD]", "special": true}, {"content": "<x>"}}, change)
	}
	vocab := func(s string) []byte {
		b := edit(func(f m) { f["model"].(m)["vocab"] = "HERE" })
		return []byte(strings.Replace(string(b), `"HERE"`, s, 1))
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "no tokenizer"},
		{"no JSON", []byte("[UNK]\n"), "no tokenizer"},
		{"cut off", edit(nil)[:200], "no tokenizer"},
		{"a list", []byte("[]"), "no tokenizer"},
		{"deep", []byte(`{"version":"1.0","model":` + strings.Repeat(`{"vocab":`, 20000) + "1" + strings.Repeat("}", 20001)), "no tokenizer"},
		{"deep vocab", vocab(strings.Repeat("[", 9000) + strings.Repeat("]", 9000)), "vocab is no object"},
		{"version", edit(func(f m) { f["version"] = "2.0" }), `version "2.0"`},
		{"no version", []byte("{}"), "version missing"},
		{"model type", edit(func(f m) { f["model"].(m)["type"] = "BPE" }), `model "BPE"`},
		{"no model", edit(func(f m) { delete(f, "model") }), "no model"},
		{"model without prefix", edit(func(f m) { delete(f["model"].(m), "continuing_subword_prefix") }), "lacks one of unk_token"},
		{"normalizer", edit(func(f m) { f["normalizer"].(m)["type"] = "NFC" }), `normalizer "NFC"`},
		{"normalizer without flags", edit(func(f m) { delete(f["normalizer"].(m), "lowercase") }), "lacks one of clean_text"},
		{"pre-tokenizer", edit(func(f m) { f["pre_tokenizer"].(m)["type"] = "Whitespace" }), `pre_tokenizer "Whitespace"`},
		{"decoder", edit(func(f m) { f["decoder"].(m)["type"] = "BPEDecoder" }), `decoder "BPEDecoder"`},
		{"decoder without cleanup", edit(func(f m) { delete(f["decoder"].(m), "cleanup") }), "lacks one of prefix"},
		{"truncation", edit(func(f m) { f["truncation"] = m{"max_length": 4} }), "truncation"},
		{"post-processor", edit(func(f m) { f["post_processor"] = m{"type": "BertProcessing"} }), "post_processor"},
		{"unknown token missing", edit(func(f m) { f["model"].(m)["unk_token"] = "<unk>" }), `unknown token "<unk>"`},
		{"unknown token is only added", edit(func(f m) { f["model"].(m)["unk_token"] = "<x>" }), `unknown token "<x>"`},
		{"word length", edit(func(f m) { f["model"].(m)["max_input_chars_per_word"] = 1e18 }), "max_input_chars_per_word is 1000000000000000000"},
		{"negative word length", edit(func(f m) { f["model"].(m)["max_input_chars_per_word"] = -1 }), "max_input_chars_per_word is -1"},
		{"id twice", vocab(`{"[PAD]":0,"[UNK]":1,"a":2,"b":2}`), `"a" and "b" both have id 2`},
		{"token twice", vocab(`{"[PAD]":0,"[UNK]":1,"a":2,"a":3}`), `"a" is twice`},
		{"gap", vocab(`{"[PAD]":0,"[UNK]":1,"a":2,"b":7}`), `"b" has id 7, expected 0 to 4 without gaps`},
		{"negative id", vocab(`{"[PAD]":0,"[UNK]":1,"a":-2,"b":3}`), `"a" has id -2`},
		{"huge id", vocab(`{"[PAD]":0,"[UNK]":1,"a":99999999999999999999999,"b":3}`), `"a" has id 9999999`},
		{"real id", vocab(`{"[PAD]":0,"[UNK]":1,"a":2.5,"b":3}`), `"a" has id 2.5`},
		{"exponent", vocab(`{"[PAD]":0,"[UNK]":1,"a":1e400,"b":3}`), `"a" has id 1e400`},
		{"id as text", vocab(`{"[PAD]":"0"}`), `"[PAD]" has the id 0, expected a number`},
		{"id as object", vocab(`{"[PAD]":{}}`), `"[PAD]" has the id`},
		{"long piece", vocab(`{"` + strings.Repeat("a", 2000) + `":0}`), "2000 bytes"},
		{"added twice", edit(func(f m) { l := f["added_tokens"].([]any); f["added_tokens"] = append(l, l[0]) }), `"[PAD]" is there twice`},
		{"added elsewhere", edit(func(f m) { f["added_tokens"].([]any)[0].(m)["id"] = 2 }), `"[PAD]" has id 2, and 0 in vocab`},
		{"added onto another", edit(func(f m) { f["added_tokens"].([]any)[1].(m)["id"] = 2 }), `"a" and "<x>" both have id 2`},
		{"added without flag", edit(func(f m) { delete(f["added_tokens"].([]any)[1].(m), "lstrip") }), `added token 1 ("<x>") lacks`},
		{"added nothing", edit(func(f m) { f["added_tokens"].([]any)[1].(m)["content"] = "" }), `added token "" is looked for as 0 bytes`},
		{"added an accent", edit(func(f m) { a := f["added_tokens"].([]any)[1].(m); a["content"], a["normalized"] = "\u0301", true }), "looked for as 0 bytes"},
		{"added wrong type", edit(func(f m) { f["added_tokens"] = "x" }), "no tokenizer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := text.Read(c.file)
			if v != nil || err == nil || !strings.HasPrefix(err.Error(), "text: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, expected one with %q", err, c.want)
			}
			if err != nil && len(err.Error()) > 300 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
	if _, err := text.Read(edit(nil)); err != nil {
		t.Errorf("the file without fault: %v", err)
	}
}

func TestOpenNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := text.Open(filepath.Join(dir, "gone.json")); err == nil || !strings.Contains(err.Error(), "gone.json") {
		t.Errorf("error %v", err)
	}
	path := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := text.Open(path); err == nil || !strings.Contains(err.Error(), "broken.json: version") {
		t.Errorf("error %v", err)
	}
	if _, err := text.Open(dir); err == nil {
		t.Error("a folder was read")
	}
	v := text.NewVocab(2, 2, nil)
	if err := v.Save(filepath.Join(dir, "none", "v.json")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("saving into no folder: %v", err)
	}
}

// A vocabulary that was saved and opened encodes alike, with strange pieces,
// flags and rules, too.
func TestSaveAndOpen(t *testing.T) {
	strange := []string{"[UNK]", "a", "##b", `"`, `\`, "\t", "\x01", "\x1f", "é", "日本", "\u2028", "<&>", "x y", ""}
	tokens := []map[string]any{{"content": "q\"\n\\", "lstrip": true, "normalized": true}, {"content": "a", "special": true}, {"content": "𝄞", "single_word": true, "rstrip": true}}
	for _, accents := range []any{nil, false, true} {
		first, err := text.Read(tokenizer(t, strange, tokens, func(f map[string]any) { f["normalizer"].(map[string]any)["strip_accents"] = accents }))
		if err != nil {
			t.Fatal(err)
		}
		paths := [2]string{}
		v := first
		for i := range paths {
			paths[i] = filepath.Join(t.TempDir(), "v.json")
			if err := v.Save(paths[i]); err != nil {
				t.Fatal(err)
			}
			if v, err = text.Open(paths[i]); err != nil {
				t.Fatal(err)
			}
		}
		a, _ := os.ReadFile(paths[0])
		b, _ := os.ReadFile(paths[1])
		if string(a) != string(b) || !reflect.DeepEqual(v.Pieces, first.Pieces) {
			t.Error("a second round changes the file")
		}
		for _, s := range []string{"ab é 日本 <&>", "Q\"\n\\ 𝄞  a𝄞a", "\x01\t x y"} {
			if !reflect.DeepEqual(v.Encode(s), first.Encode(s)) {
				t.Errorf("%q is %v, before %v", s, v.Encode(s), first.Encode(s))
			}
		}
	}
}
