// Package commands runs cells: the lines at their head that are no Go, then the
// Go below them.
//
//	%time fit(model)         how long it takes
//	%%timeit                 the whole cell, again and again
//	%save fit.go 3-7         cells as a program
//	$ ls runs                a command of the shell
//	fit?                     what a name is
//
// A Runner is the cell's way through the worker: it takes the commands off its
// head, hands the rest to the engine at its own lines and columns, and makes of
// the last value what front ends show.
//
// # Adding a command
//
// One line in the table in commands.go (its name, its arguments, what it is for)
// and a function that carries it out; %help, completion and "did you mean" read
// the table. Programs add commands of their own by engine.Link. A command that
// needs more of the engine than every one has asks for it by an interface of
// package engine, and says so where the engine lacks it.
package commands
