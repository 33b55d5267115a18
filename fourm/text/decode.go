package text

// From ids back to a text.

import "strings"

// decoder is the library's WordPiece decoder.
type decoder struct {
	prefix  string // of pieces that continue a word
	cleanup bool   // no blank before some punctuation
}

// cleaned are the replacements that cleanup makes in every token, in order;
// tokens but the first have a blank before them then.
var cleaned = [][2]string{{" .", "."}, {" ?", "?"}, {" !", "!"}, {" ,", ","}, {" ' ", "'"}, {" n't", "n't"}, {" 'm", "'m"},
	{" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}}

func (d *decoder) join(tokens []string) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			if rest, ok := strings.CutPrefix(t, d.prefix); ok {
				t = rest
			} else {
				t = " " + t
			}
		}
		if d.cleanup {
			for _, c := range cleaned {
				t = strings.ReplaceAll(t, c[0], c[1])
			}
		}
		b.WriteString(t)
	}
	return b.String()
}

// Join gives the text of tokens as the library does, with the special ones or
// without; ids that the vocabulary lacks are left out.
func (v *Vocab) Join(ids []int, skipSpecial bool) string {
	return v.joined(ids, func(id int) bool { return skipSpecial && v.special[id] })
}

// Decode gives the text of tokens. [PAD], [SOS] and [EOS] vanish; all other
// special tokens stay, since the names of classes are among them.
func (v *Vocab) Decode(ids []int) string {
	return v.joined(ids, func(id int) bool { return v.silent[id] })
}

func (v *Vocab) joined(ids []int, skip func(id int) bool) string {
	var tokens []string
	for _, id := range ids {
		if id >= 0 && id < len(v.Pieces) && !skip(id) {
			tokens = append(tokens, v.Pieces[id])
		}
	}
	if v.decoder == nil {
		return strings.Join(tokens, " ")
	}
	return v.decoder.join(tokens)
}

// Merge gives the whole text of a span-masked input and its target: the spans
// of the target in the places of their sentinels (docs/4m.md, 6.3). What stands
// before the target's first sentinel belongs nowhere and is left out, as is a
// sentinel that the target lacks.
func (v *Vocab) Merge(input, target []int) []int {
	spans := map[int][]int{}
	open := -1
	for _, id := range target {
		if v.IsSentinel(id) {
			open = id
		} else {
			spans[open] = append(spans[open], id)
		}
	}
	out := []int{}
	for _, id := range input {
		if v.IsSentinel(id) {
			out = append(out, spans[id]...)
		} else {
			out = append(out, id)
		}
	}
	return out
}
