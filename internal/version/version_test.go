package version

import (
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	if s := String(); !regexp.MustCompile(`^fourm \d+\.\d+\.\d+( \(commit [0-9a-f]{7,12}.*\))?, go\S+ \w+/\w+$`).MatchString(s) {
		t.Errorf("%q", s)
	}
	built := func(pairs ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{}
		for i := 0; i < len(pairs); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return info
	}
	for want, got := range map[string]string{
		"":                                     commit(nil, false) + commit(built("GOOS", "linux"), true),
		" (commit 0123456789ab of 2026-11-30)": commit(built("vcs.revision", "0123456789abcdef", "vcs.time", "2026-11-30T20:00:00Z", "vcs.modified", "false"), true),
		" (commit 0123456 of 2026-11-30, changed since)": commit(built("vcs.revision", "0123456", "vcs.time", "2026-11-30T20:00:00Z", "vcs.modified", "true"), true),
	} {
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}

// The change log and the citation speak of this version.
func TestNumberIsTold(t *testing.T) {
	for file, want := range map[string]string{"CHANGELOG.md": "\n## " + Number, "CITATION.cff": "\nversion: " + Number + "\n"} {
		b, err := os.ReadFile("../../" + file)
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s does not tell version %s (%v)", file, Number, err)
		}
	}
}
