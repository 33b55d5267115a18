package server

// history_request: what was run in this kernel.

import (
	"regexp"
	"strings"
)

// entry is one line of the history.
type entry struct {
	n      int
	code   string
	output any // the text of its value, or nil
}

// historyRequest is the content of a history_request.
type historyRequest struct {
	Access  string `json:"hist_access_type"`
	Output  bool   `json:"output"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       *int   `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

// pick gives the lines that a request asks for, the oldest first. There
// is one session, number 0.
func (r historyRequest) pick(all []entry) [][]any {
	picked := all
	switch r.Access {
	case "range":
		picked = nil
		for _, e := range all {
			if r.Session == 0 && e.n >= r.Start && (r.Stop == nil || e.n < *r.Stop) {
				picked = append(picked, e)
			}
		}
	case "search":
		picked = r.search(all)
	}
	if r.Access != "range" && r.N != nil {
		picked = picked[len(picked)-min(max(*r.N, 0), len(picked)):]
	}
	lines := [][]any{}
	for _, e := range picked {
		if r.Output {
			lines = append(lines, []any{0, e.n, []any{e.code, e.output}})
		} else {
			lines = append(lines, []any{0, e.n, e.code})
		}
	}
	return lines
}

// search keeps what matches the pattern, in which * and ? stand for anything;
// of cells that are the same, unique keeps the last.
func (r historyRequest) search(all []entry) []entry {
	pattern := r.Pattern
	if pattern == "" {
		pattern = "*"
	}
	glob := regexp.MustCompile("(?s)^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$")
	last := map[string]int{}
	for i, e := range all {
		last[e.code] = i
	}
	var out []entry
	for i, e := range all {
		if glob.MatchString(e.code) && (!r.Unique || last[e.code] == i) {
			out = append(out, e)
		}
	}
	return out
}
