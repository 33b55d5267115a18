// Package assist helps while a cell is typed: Complete lists what fits at a
// cursor, Inspect says what stands there.
//
//	c := assist.Complete(scope, "point.", 6)
//	forms := assist.Inspect(scope, &library, "math.Sqrt", 9, false)
//	fmt.Println(forms["text/plain"])
//
// # How it works
//
// A cell that is being typed is seldom Go. So the place of the cursor is first
// read off the tokens (is it in a string, in an import path, behind a dot?);
// then the cell is repaired around it until it parses: what follows is cut off
// where it spoils it, what is open is closed, and a placeholder stands for the
// name that is about to come. The checker looks at that file among what the
// Scope knows, and the nodes on the path to the cursor say what may stand there:
// a member, a field of a literal, a type, a keyword. What has the expected type
// comes first.
//
// A Scope is only read, and nothing of the cell is run, so a completion can
// change nothing. Documentation comes from what the program has linked in
// (engine.Linked.Docs) and is kept in a Library.
package assist
