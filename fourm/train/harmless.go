package train

// Names and texts of strangers: read as they are, kept so that they can be
// shown anywhere.

import (
	"strings"

	"fourmlab/internal/plain"
)

// longest is how many bytes of a run's name are kept.
const longest = 256

// harmless gives runs whose names and texts do nothing but be read, in a
// terminal or on a page.
func harmless(runs []*Run) []*Run {
	for _, r := range runs {
		if r.Name = plain.Shown(r.Name); len(r.Name) > longest {
			r.Name = strings.ToValidUTF8(r.Name[:longest], "") + "..."
		}
		for i, n := range r.Notes {
			r.Notes[i] = plain.Shown(n)
		}
		config := make(map[string]string, len(r.Config))
		for k, v := range r.Config {
			config[plain.Shown(k)] = plain.ShownLines(v)
		}
		if r.Config != nil {
			r.Config = config
		}
		r.Marginal = named(r.Marginal)
		for i := range r.Points {
			p := &r.Points[i]
			p.Losses, p.Val, p.Metrics = named(p.Losses), named(p.Val), named(p.Metrics)
		}
	}
	return runs
}

// named gives numbers under names that can be shown.
func named(by map[string]float64) map[string]float64 {
	for k := range by {
		if plain.Shown(k) == k {
			continue
		}
		out := make(map[string]float64, len(by))
		for k, v := range by {
			out[plain.Shown(k)] = v
		}
		return out
	}
	return by
}

// shown is an error whose text does the same; what it wraps stays.
func shown(err error) error {
	if text := plain.Shown(err.Error()); text != err.Error() {
		return &said{text, err}
	}
	return err
}

type said struct {
	text string
	err  error
}

func (s *said) Error() string { return s.text }
func (s *said) Unwrap() error { return s.err }
