//go:build race

package kernels_test

// racing tells that the race detector watches, which allocates itself.
const racing = true
