// Package version says which build of the program this is.
//
//	fmt.Println(version.String()) // fourm 0.1.0 (commit 5d1aa2a08fef of 2026-11-30), go1.26 linux/amd64
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Number is the version of the project, as semver.org counts: CHANGELOG.md says
// what each holds.
const Number = "0.1.0"

// String gives the number, the commit that was built where the build knows it,
// and with what: "fourm 0.1.0 (commit 1a2b3c4d5e6f of 2026-11-30), go1.26.8
// linux/amd64".
func String() string {
	return fmt.Sprintf("fourm %s%s, %s %s/%s", Number, commit(debug.ReadBuildInfo()), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// commit tells what of the repository was built, in parentheses.
func commit(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return ""
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	id := set["vcs.revision"]
	if id == "" {
		return ""
	}
	text := " (commit " + id[:min(len(id), 12)]
	if day, _, ok := strings.Cut(set["vcs.time"], "T"); ok {
		text += " of " + day
	}
	if set["vcs.modified"] == "true" {
		text += ", changed since"
	}
	return text + ")"
}
