package generate

// Plans as text: what Plan.String writes, read back.

import (
	"fmt"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Parse reads a plan as it prints:
//
//	caption -> semseg(12, T=0.7) -> rgb(16, g=2, top-p=0.9, halton)
//
// The first words are what is given, with + between them; "nothing" is nothing. In
// brackets stand, in any order, the steps, and: greedy; T=, top-p=, top-k=, min-p=,
// typical=, redo=, rescale=, self=, share=; g=2, or g=2/1 by condition, or a condition and
// its weight, caption +2; against caption "a red ball"; beside caption "a red ball" +1.5;
// guided from 0 to 0.5; a schedule (cosine, linear, arccos, square, constant) and
// cool= with that of the temperature; a scheme (maskgit, roar, halton, raster,
// autoregressive, gumbel(4.5), moment(2)); and, in quotes, a text with gaps. What a
// person's own functions decide, and places that are kept, cannot be written so.
func Parse(text string) (p *Plan, err error) {
	defer func() {
		if err != nil {
			p, err = nil, fmt.Errorf("plan %q: %w", text, err)
		}
	}()
	defer fault.Catch(&err)
	parts := split(text, "->")
	if len(parts) < 2 {
		return nil, fmt.Errorf(`expected what is given and at least one target, as in "rgb -> depth(8)"`)
	}
	var given []string
	for _, w := range split(parts[0], "+") {
		if w != "nothing" && w != "" {
			given = append(given, w)
		}
	}
	p = Chain(given...)
	for _, part := range parts[1:] {
		name, inside, bracket := strings.Cut(part, "(")
		if bracket {
			if !strings.HasSuffix(inside, ")") {
				return nil, fmt.Errorf("%q has no closing bracket", part)
			}
			inside = strings.TrimSuffix(inside, ")")
		}
		if name = strings.TrimSpace(name); name == "" {
			return nil, fmt.Errorf("a stage without a target: %q", part)
		}
		p.Then(name, 8)
		st := &p.Stages[len(p.Stages)-1]
		st.Steps = 0
		for _, option := range split(inside, ",") {
			if option == "" {
				continue
			}
			if err := st.option(option); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return p, nil
}

// split cuts a text at a separator that stands in no quotes and no brackets.
func split(text, by string) (out []string) {
	depth, quoted, from := 0, false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && strings.HasPrefix(text[i:], by):
			out, from = append(out, strings.TrimSpace(text[from:i])), i+len(by)
			i = from - 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// schemes by name; those with a number have it in brackets.
var schemes = map[string]Scheme{"maskgit": MaskGIT, "roar": ROAR, "halton": Halton, "raster": Raster, "autoregressive": Autoregressive}

// option sets what one of the words in brackets says.
func (st *Stage) option(o string) error {
	number := func(text string) (float64, error) {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return 0, fmt.Errorf("%q has the number %q", o, text)
		}
		return v, nil
	}
	set := func(to *float64, text string) (err error) { *to, err = number(text); return err }
	key, value, equals := strings.Cut(o, "=")
	word, rest, _ := strings.Cut(o, " ")
	switch s := schemes[o]; {
	case s != nil:
		st.Scheme = s
		return nil
	case o[0] == '"':
		fill, err := strconv.Unquote(o)
		if err != nil {
			return fmt.Errorf("%s is no text in quotes", o)
		}
		st.Fill = fill
		return nil
	case o == "greedy":
		st.Greedy = true
		return nil
	case paces[o] != nil || o == "cosine" || o == "linear":
		st.Schedule = o
		return nil
	case strings.HasSuffix(o, ")"):
		name, in, _ := strings.Cut(strings.TrimSuffix(o, ")"), "(")
		make, ok := map[string]func(float64) Scheme{"gumbel": Gumbel, "moment": Moment}[name]
		if !ok {
			return fmt.Errorf("no scheme %q, expected gumbel or moment with a number in brackets", name)
		}
		v, err := number(in)
		if err == nil {
			st.Scheme = make(v)
		}
		return err
	case equals && key == "cool":
		st.Cooling = value
		return nil
	case equals && key == "g" && strings.Contains(value, "/"):
		for _, w := range strings.Split(value, "/") {
			v, err := number(w)
			if err != nil {
				return err
			}
			st.Guides = append(st.Guides, v)
		}
		return nil
	case equals && key == "top-k":
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q, expected a whole number", o)
		}
		st.TopK = n
		return nil
	case equals:
		to, ok := map[string]*float64{"T": &st.Temp, "g": &st.Guide, "top-p": &st.TopP, "min-p": &st.MinP, "typical": &st.Typical,
			"redo": &st.Redo, "rescale": &st.Rescale, "self": &st.SelfGuide, "share": &st.Share}[key]
		if !ok {
			return fmt.Errorf("no option %q", key)
		}
		err := set(to, value)
		if key == "T" && err == nil && st.Temp == 0 {
			st.Greedy = true
		}
		return err
	case word == "against" || word == "beside":
		return st.other(word, rest)
	case word == "guided":
		from, until, ok := strings.Cut(strings.TrimPrefix(rest, "from "), " to ")
		if !ok {
			return fmt.Errorf(`%q, expected "guided from 0 to 0.5"`, o)
		}
		if err := set(&st.GuideFrom, from); err != nil {
			return err
		}
		return set(&st.GuideUntil, until)
	case rest != "" && (rest[0] == '+' || rest[0] == '-'):
		v, err := number(rest)
		if err != nil {
			return err
		}
		if st.Weights == nil {
			st.Weights = map[string]float64{}
		}
		st.Weights[condition("fourm.ParsePlan", word)] = v
		return nil
	}
	n, err := strconv.Atoi(o)
	if err != nil || n < 1 {
		return fmt.Errorf("%q is neither steps, 1 or more, nor an option", o)
	}
	st.Steps = n
	return nil
}

// other reads another value of a condition, a text.
func (st *Stage) other(word, rest string) error {
	given, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	quoted, err := strconv.QuotedPrefix(strings.TrimSpace(rest))
	if err != nil || modality.Need("fourm.ParsePlan", given).Kind == modality.Image {
		return fmt.Errorf(`%s %s %s: expected a text in quotes, as in %s caption "a red ball"`, word, given, rest, word)
	}
	value, _ := strconv.Unquote(quoted)
	given = condition("fourm.ParsePlan", given)
	if word == "against" {
		if st.Against == nil {
			st.Against = map[string]any{}
		}
		st.Against[given] = value
		return nil
	}
	w, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), quoted)), 64)
	if err != nil {
		return fmt.Errorf(`beside %s %s has no weight, as in beside caption "a red ball" +1.5`, given, quoted)
	}
	st.Beside = append(st.Beside, Other{given, value, w})
	return nil
}
