package train

// Going on where a folder's run was left: with the same settings and data, and
// with as many steps as are asked for now.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
)

// resume goes on where the folder's run was left, if there is one.
func (l *loop) resume() error {
	path := l.path("state.safetensors")
	f, err := checkpoint.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var had facts
	if err := json.Unmarshal([]byte(f.Meta["run"]), &had); err != nil {
		return fault.Kind(ErrForeignRun, fmt.Errorf("train: %s: no state of a run: %w", path, err))
	}
	if err := l.agree(had); err != nil {
		return err
	}
	kept, err := model.Read(f, path) // brings the tokenizers that the run was made with
	if err != nil {
		return err
	}
	l.m.Tokenizers = kept.Tokenizers
	for i, p := range l.m.Params {
		copy(p.Data, kept.Params[i].Data)
		if had.OptStep > 0 {
			m, v := make([]float32, len(p.Data)), make([]float32, len(p.Data))
			if err := f.Into("optimizer.m."+p.Name, m); err != nil {
				return err
			}
			if err := f.Into("optimizer.v."+p.Name, v); err != nil {
				return err
			}
			opt := &l.steps.AdamW
			opt.M, opt.V, opt.Late = append(opt.M, m), append(opt.V, v), append(opt.Late, had.Late[p.Name])
		}
	}
	if l.o.Name == filepath.Base(l.o.Dir) && had.Name != "" {
		l.o.Name, l.run.Name = had.Name, had.Name // no other was asked for
	}
	l.steps.AdamW.Step, l.best, l.spent, l.run.Marginal = had.OptStep, had.Best, had.Spent, had.Margin
	l.step = had.Step
	points, notes, err := mend(l.path("history.jsonl"), had.Step, had.Last)
	if err != nil {
		return err
	}
	l.run.Points, l.run.Notes = points, append(l.run.Notes, notes...)
	return nil
}

// agree tells why the run that is asked for is not the one in the folder. The
// number of steps may be another, as long as they have not been taken yet; the
// learning rate then is that of the new number, and the warm-up that follows
// from it may be another, too.
func (l *loop) agree(had facts) error {
	want := l.facts()
	there, now := had.settings(), want.settings()
	longer := had.Steps != want.Steps
	var differ []string
	for k, sides := range listed(there, now) {
		there[k], now[k] = sides[0], sides[1]
	}
	for _, k := range slices.Sorted(maps.Keys(union(there, now))) {
		a, b := there[k], now[k]
		if a == b || strings.HasPrefix(k, "Env.") || longer && (k == "Steps" || k == "Warm") {
			continue
		}
		or := func(v string) string {
			if v == "" {
				return "none"
			}
			return v
		}
		differ = append(differ, fmt.Sprintf("%s is %s there, %s now", k, or(a), or(b)))
	}
	if len(differ) > 0 {
		return fault.Kind(ErrForeignRun, fmt.Errorf("train: %s holds another run: %s; choose another folder, or remove it", l.o.Dir, strings.Join(differ, ", ")))
	}
	if had.Step > want.Steps {
		return fault.Kind(ErrForeignRun, fmt.Errorf("train: the run in %s has taken %d steps, more than the %d asked for; choose another folder, or remove it", l.o.Dir, had.Step, want.Steps))
	}
	for _, x := range []struct {
		what string
		had  *mark
		now  *marked
	}{{"", had.Data, l.data}, {"validation ", had.Val, l.held}} {
		if x.had == nil || x.now == nil {
			continue
		}
		ok, err := x.now.same(*x.had)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("train: the run in %s has seen other %sdata: %v there, %v now; choose another folder, or give it the same data", l.o.Dir, x.what, x.had, x.now.mark.beside(*x.had))
		}
	}
	if longer {
		l.run.Notes = append(l.run.Notes, fmt.Sprintf("goes on at step %d with %d steps in place of %d", had.Step, want.Steps, had.Steps))
	}
	return nil
}

// listed takes out of both settings the fields of masks that only one of them
// has, and gives each of these masks as one setting, "Masks.1", in words.
func listed(there, now map[string]string) map[string][2]string {
	item := regexp.MustCompile(`^((?:Val)?Masks?\.\d+)\.`)
	has := func(in map[string]string) map[string]bool {
		out := map[string]bool{}
		for k := range in {
			if m := item.FindStringSubmatch(k); m != nil {
				out[m[1]] = true
			}
		}
		return out
	}
	out := map[string][2]string{}
	take := func(from map[string]string, side int, others map[string]bool) {
		said := map[string][]string{}
		for _, k := range slices.Sorted(maps.Keys(from)) {
			m := item.FindStringSubmatch(k)
			if m == nil || others[m[1]] {
				continue
			}
			v := from[k]
			delete(from, k)
			if v == "0" || v == "false" {
				v = ""
			} else {
				v = strings.TrimPrefix(k, m[0]) + " " + v
			}
			said[m[1]] = append(said[m[1]], v)
		}
		for name, fields := range said {
			fields = slices.DeleteFunc(fields, func(s string) bool { return s == "" })
			if len(fields) == 0 {
				fields = []string{"a mask of defaults"}
			}
			sides := out[name]
			sides[side] = "{" + strings.Join(fields, ", ") + "}"
			out[name] = sides
		}
	}
	was, is := has(there), has(now)
	take(there, 0, is)
	take(now, 1, was)
	return out
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
