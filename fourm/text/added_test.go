package text_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/text"
)

// tokenizer makes a file of the library from a vocabulary and added tokens;
// change edits it.
func tokenizer(t testing.TB, vocab []string, tokens []map[string]any, change func(m map[string]any)) []byte {
	t.Helper()
	ids := map[string]int{}
	for i, p := range vocab {
		ids[p] = i
	}
	list, outside := []any{}, 0
	for _, a := range tokens {
		x := map[string]any{"single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false}
		if id, ok := ids[a["content"].(string)]; ok {
			x["id"] = id
		} else {
			x["id"] = len(vocab) + outside
			outside++
		}
		for k, v := range a {
			x[k] = v
		}
		list = append(list, x)
	}
	m := map[string]any{
		"version":       "1.0",
		"added_tokens":  list,
		"normalizer":    map[string]any{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": nil, "lowercase": true},
		"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
		"decoder":       map[string]any{"type": "WordPiece", "prefix": "##", "cleanup": true},
		"model":         map[string]any{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": ids},
	}
	if change != nil {
		change(m)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The flags of added tokens, as the library understands them.
func TestAddedTokens(t *testing.T) {
	vocab := []string{"[UNK]", "a", "b", "ab", "##b", "e", ",", "cat"}
	type m = map[string]any
	for _, c := range []struct {
		name   string
		tokens []m
		text   string
		want   string
	}{
		{"longest of the leftmost", []m{{"content": "<m>"}, {"content": "<m>x"}, {"content": "m>x"}}, "a<m>x<m>", "a|<m>x|<m>"},
		{"passed over whole", []m{{"content": "a b", "single_word": true}, {"content": "b"}}, "a bb a b", "a|b|b|a b"},
		{"single word by Unicode", []m{{"content": "<m>", "single_word": true}}, "<m>, <m>- \u0301<m> é<m>", "<m>|,|<m>|[UNK]|[UNK]|[UNK]|[UNK]|e|[UNK]|[UNK]|[UNK]"},
		{"raw before the normaliser", []m{{"content": "Cat"}}, "Cat cat CAT", "Cat|cat|cat"},
		{"after the normaliser", []m{{"content": "É", "normalized": true}}, "é E a", "É|É|a"},
		{"the special one first", []m{{"content": "E", "normalized": true}, {"content": "É", "normalized": true, "special": true}}, "e", "É"},
		{"white space", []m{{"content": "<m>", "lstrip": true, "rstrip": true}, {"content": " "}}, "a \u2003<m> \tb a", "a| |<m>| |b| |a"},
		{"an edge of what was found", []m{{"content": "[x]"}, {"content": "cat", "single_word": true, "normalized": true}}, "a[x]cat[x]b", "a|[x]|cat|[x]|b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := text.Read(tokenizer(t, vocab, c.tokens, nil))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(v.Words(v.Encode(c.text)), "|")
			if got != c.want {
				t.Errorf("%q is %s, expected %s", c.text, got, c.want)
			}
		})
	}
}

// Text through the normaliser: what the library makes of it.
func TestNormaliser(t *testing.T) {
	for s, want := range map[string]string{
		"Hello,  World\t!":                "hello|,|world|!",
		"naïve ÅNGSTRÖM":                  "naive|angstrom",
		"日本go語":                           "日|本|go|語",
		"zero\u200bwidth\u00adsoft\ufeff": "zerowidthsoft",
		"null\x00 bell\x07 \ufffd":        "null|bell",
		"a\vb\fc\u0085d\u2028e":           "abcd|e",
		"İstanbul ΣΑΣ":                    "istanbul|σασ",
		"\uac00\uac01":                    "\u1100\u1161\u1100\u1161\u11a8", // Hangul in parts
		"‘a’ – “b”…":                      "‘|a|’|–|“|b|”|…",
		"a\u1734b":                        "ab", // a nonspacing mark in Unicode 8
		"x\u1885y":                        "x\u1885y",
		"\u166d":                          "\u166d",
		"a\xffb":                          "ab",
		"1+1=2 $5 ^_^ `~|":                "1|+|1|=|2|$|5|^|_|^|`|~||",
		"":                                "",
	} {
		if got := strings.Join(text.Split(s), "|"); got != want {
			t.Errorf("%q is split to %q, expected %q", s, got, want)
		}
	}
}

// Steps that a file leaves out are left out.
func TestRules(t *testing.T) {
	pieces := []string{"[UNK]", "a", "A", "##b", "##B", "é", "日", "A b", "x"}
	read := func(change func(m map[string]any)) *text.Vocab {
		v, err := text.Read(tokenizer(t, pieces, nil, change))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	type m = map[string]any
	cased := read(func(f m) { f["normalizer"].(m)["lowercase"] = false })
	if got := cased.Words(cased.Encode("Ab aB é")); !reflect.DeepEqual(got, []string{"A", "##b", "a", "##B", "é"}) {
		t.Errorf("cased: %v", got)
	}
	bare := read(func(f m) { f["normalizer"], f["pre_tokenizer"], f["decoder"] = nil, nil, nil })
	if got := bare.Words(bare.Encode("A b")); !reflect.DeepEqual(got, []string{"A b"}) {
		t.Errorf("bare: %v", got)
	}
	if got := bare.Join(bare.Encode("A b"), false) + bare.Join([]int{1, 3}, false); got != "A ba ##b" {
		t.Errorf("without decoder: %q", got)
	}
	short := read(func(f m) { f["model"].(m)["max_input_chars_per_word"] = 2 })
	if got := short.Words(short.Encode("ab abb éb")); !reflect.DeepEqual(got, []string{"a", "##b", "[UNK]", "[UNK]"}) {
		t.Errorf("short words: %v", got)
	}
	if got := short.Join([]int{3, 1, 3, -1, 99, 8}, false); got != "##b ab x" {
		t.Errorf("a tail at the start: %q", got)
	}
}

// Sentinels are found by their names (docs/4m.md, 2.1).
func TestOtherLayout(t *testing.T) {
	tokens := []map[string]any{{"content": "[S_2]"}, {"content": "[EOS]", "special": true}, {"content": "[S_1]"}, {"content": "[S_9]"}, {"content": "[S_x]"},
		{"content": "v3=0"}, {"content": "v1=0"}, {"content": "v0=0"}, {"content": "v2=0"}}
	v, err := text.Read(tokenizer(t, []string{"x", "[UNK]", "a"}, tokens, nil))
	if err != nil {
		t.Fatal(err)
	}
	if v.Sentinel(1) != 5 || v.Sentinel(2) != 3 || v.Sentinel(9) != 6 || v.Sentinels != 3 || v.IsSentinel(7) || !v.IsSentinel(6) || v.Bins != 1 {
		t.Errorf("%d sentinels, [S_1] %d, [S_2] %d, %d bins", v.Sentinels, v.Sentinel(1), v.Sentinel(2), v.Bins)
	}
	if got := v.Merge([]int{2, 5, 0}, []int{5, 1, 3}); !reflect.DeepEqual(got, []int{2, 1, 0}) {
		t.Errorf("merged %v", got)
	}
	if got := v.Decode([]int{2, 4, 3}); got != "a [S_2]" {
		t.Errorf("decoded %q", got)
	}
}
