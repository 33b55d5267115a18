//go:build !unix

package inside

const nonblock = 0
