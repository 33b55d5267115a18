//go:build !amd64

package cpu

// fastTilings are those in assembly: none here.
func fastTilings() []*tiling { return nil }
