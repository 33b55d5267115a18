// Package exec runs a gorgonia graph: it orders the nodes that the wanted
// outputs need, plans their memory once, and then runs as often as asked
// without allocating for ops of package ops.
//
// Machine implements gorgonia.VM, so it can stand where a TapeMachine stands;
// the TapeMachine runs the same graphs and is the oracle of the tests.
//
//	m, err := exec.New(g, loss, dw)
//	err = m.RunAll()
//	fmt.Println(m.Floats(loss)[0])
package exec
