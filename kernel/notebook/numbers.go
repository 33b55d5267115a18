package notebook

// Texts that differ in the last digits of a number are the same text.

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// number is one in a text; the digits at the end of a word (conv2d, x1) are
// part of the word.
var number = regexp.MustCompile(`(?:^|[^\pL\pN_.])([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)`)

// textDiffers says in a line where two texts part, or gives "".
func textDiffers(name, want, got string, rel float64) string {
	a, b := textLines(want), textLines(got)
	for i := range max(len(a), len(b)) {
		where := name
		if max(len(a), len(b)) > 1 {
			where = fmt.Sprintf("%s, line %d", name, i+1)
		}
		switch {
		case i >= len(a):
			return fmt.Sprintf("%s: %q is one line too many", where, shorten(b[i], 80))
		case i >= len(b):
			return fmt.Sprintf("%s: %q is missing", where, shorten(a[i], 80))
		}
		if off := lineDiffers(a[i], b[i], rel); off != "" {
			return fmt.Sprintf("%s: %q is kept, found %q%s", where, shorten(a[i], 80), shorten(b[i], 80), off)
		}
	}
	return ""
}

// textLines cuts a text; blanks at the ends of lines and of the text do not
// count.
func textLines(s string) []string {
	list := strings.Split(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \t\n"), "\n")
	for i, l := range list {
		list[i] = strings.TrimRight(l, " \t")
	}
	return list
}

// lineDiffers compares two lines: what stands between the numbers exactly, but
// for how many blanks align it. It gives "" or how it differs.
func lineDiffers(want, got string, rel float64) string {
	if want == got {
		return ""
	}
	wordsA, numsA := parted(want)
	wordsB, numsB := parted(got)
	if len(wordsA) != len(wordsB) {
		return " "
	}
	for i := range wordsA {
		if wordsA[i] != wordsB[i] {
			return " "
		}
	}
	worst := 0.0
	for i := range numsA {
		worst = max(worst, relative(numsA[i], numsB[i]))
	}
	if worst <= rel {
		return ""
	}
	return fmt.Sprintf(" (off by %.2g, %.2g is allowed)", worst, rel)
}

// parted takes a line's numbers out of its words.
func parted(line string) (words []string, nums []float64) {
	at := 0
	for _, m := range number.FindAllStringSubmatchIndex(line, -1) {
		x, err := strconv.ParseFloat(line[m[2]:m[3]], 64)
		if err != nil {
			continue
		}
		words = append(words, strings.Join(strings.Fields(line[at:m[2]]), " "))
		nums = append(nums, x)
		at = m[3]
	}
	return append(words, strings.Join(strings.Fields(line[at:]), " ")), nums
}

func relative(a, b float64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(a-b) / max(math.Abs(a), math.Abs(b))
}
