package ixgo

// Two corrections of what the interpreter runs. In a function's SSA form the
// values that a variable may have at the head of a loop meet in a phi, and all
// phis of a block take theirs at once; ixgo gives them theirs one by one, so
// that a, b = b, a in a loop would leave a in both. Here a phi that would read
// another one too late is read first, into a phi of its own. And ixgo works out
// what stands between two constants while it makes the function, so that
// a division by a variable that is always zero would refuse the whole cell;
// it is made to wait until it is run.

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// ahead marks the phis that are put in; the comment of another is a name.
const ahead = "read ahead"

// ReadAhead tells whether a phi was put in by CorrectSSA.
func ReadAhead(phi *ssa.Phi) bool { return phi.Comment == ahead }

// CorrectSSA corrects a program in its SSA form, before the interpreter makes it;
// what is right stays.
func CorrectSSA(prog *ssa.Program) error {
	if err := showAliased(prog); err != nil {
		return err
	}
	for fn := range ssautil.AllFunctions(prog) {
		runDefers(fn)
		for _, b := range fn.Blocks {
			orderPhis(b)
			delay(b)
		}
	}
	return nil
}

func orderPhis(b *ssa.BasicBlock) {
	var first []ssa.Instruction
	taken := map[ssa.Value]bool{} // phis that have their new value
	for _, in := range b.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if phi.Comment == ahead {
			return // done before
		}
		late := false
		for _, e := range phi.Edges {
			late = late || taken[e]
		}
		taken[phi] = true
		if late {
			early := *phi
			early.Comment = ahead
			first = append(first, &early)
			phi.Edges = make([]ssa.Value, len(early.Edges))
			for i := range phi.Edges {
				phi.Edges[i] = &early
			}
		}
	}
	if len(first) > 0 {
		b.Instrs = append(first, b.Instrs...)
	}
}

// delay puts an instruction before those on two constants that Go may refuse,
// which makes one of the two a value that is known later.
func delay(b *ssa.BasicBlock) {
	for i := 0; i < len(b.Instrs); i++ {
		in, ok := b.Instrs[i].(*ssa.BinOp)
		if !ok {
			continue
		}
		_, x := in.X.(*ssa.Const)
		_, y := in.Y.(*ssa.Const)
		t, _ := in.Type().Underlying().(*types.Basic)
		if !x || !y || t == nil || t.Info()&types.IsInteger == 0 {
			continue
		}
		switch in.Op {
		case token.QUO, token.REM, token.SHL, token.SHR:
			same := *in
			same.Op, same.Y = token.OR, same.X
			in.X = &same
			b.Instrs = append(b.Instrs[:i], append([]ssa.Instruction{&same}, b.Instrs[i:]...)...)
			i++
		}
	}
}
