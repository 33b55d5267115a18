// Package yaegi decides whether yaegi, the other interpreter, may run a program.
// It starts at once and runs much of Go as Go does, and some of it otherwise,
// without a word; so it gets a program only if all of it stands in a short list,
// each kind of which programs made by chance have compared with the compiler.
//
//	if pos, what := yaegi.Beyond(file, info); what != "" {
//		fmt.Println(fset.Position(pos), what) // a range over an integer
//	}
//
// A construct comes into the list by a case in one of the files (statements,
// expressions, calls) and a line in the programs that the test writes
// (plain_test.go): go test ./kernel/session/yaegi -run Yaegi.
package yaegi
