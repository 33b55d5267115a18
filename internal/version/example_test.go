package version_test

import (
	"fmt"
	"strings"

	"fourmlab/internal/version"
)

func Example() {
	fmt.Println(strings.HasPrefix(version.String(), "fourm "+version.Number))
	// Output: true
}
