package interp_test

// This file tests what is found in cells whose threads share maps, lists and dictionaries: accesses to different ones,
// and to elements of a map with different keys, have no order that matters.

import "testing"

func TestExploredContainers(t *testing.T) {
	p := begin(t)
	for _, row := range []struct {
		name, python, declare, last, one, two, want string
		most                                        int // schedules
	}{
		{"two keys of a map", "3.9", "m := map[int]int{}", "m[1] + m[2]", "m[1]++; m[1]++", "m[2]++; m[2]++",
			"4@0, complete", 10},
		{"a map without a GIL", "3.13t", "m := map[int]int{}", "len(m)", "m[1] = 1", "m[2] = 1",
			"2@0, !race@0, complete", 100},
		{"two lists", "3.9", "a, b := builtins.NewList(), builtins.NewList()", "a.Len() + b.Len()",
			"a.Append(1); a.Append(2)", "b.Append(1); b.Append(2)", "4@0, complete", 10},
		{"two lists without a GIL", "3.13t", "a, b := builtins.NewList(), builtins.NewList()", "a.Len() + b.Len()",
			"a.Append(1); a.Append(2)", "b.Append(1); b.Append(2)", "4@0, complete", 10},
		{"one list", "3.13t", "a := builtins.NewList()", "a.Len()", "a.Append(1)", "a.Append(2)", "2@0, complete", 100},
		{"the length of a list", "3.12", "a := builtins.NewList()", "a.Len()", "if a.Len() == 0 { a.Append(1) }",
			"if a.Len() == 0 { a.Append(1) }", "1@0, !2@1, complete", 100},
		{"an item", "3.9", "a := builtins.NewList(0)", "a.GetItem(0)", "a.IAdd(0, 1)", "a.IAdd(0, 1)",
			"2@0, !1@1, complete", 100},
		{"an item since 3.10", "3.12", "a := builtins.NewList(0)", "a.GetItem(0)", "a.IAdd(0, 1)", "a.IAdd(0, 1)",
			"2@0, complete", 100},
		{"a sum", "3.9", "a, x := builtins.NewList(1, 2), any(nil)", "x", "a.SetItem(0, 3); a.SetItem(1, 4)",
			"x = builtins.Sum(a)", "7@0, !5@1, 3@1, complete", 100},
		{"a text", "3.9", "d, x := builtins.NewDict(1, 2), \"\"", "x", "d.SetItem(1, 3); d.SetItem(2, 4)",
			"x = builtins.Repr(d)", "\"{1: 3, 2: 4}\"@0, !\"{1: 3}\"@1, \"{1: 2}\"@1, complete", 100},
		{"a loop over a list", "3.12", "l, n := builtins.NewList(1, 2), 0", "n", "n = 10", "for range l.All() { n++ }",
			"12@0, !10@1, 11@2, complete", 100},
		{"a loop over a dictionary", "3.9", "d, n := builtins.NewDict(1, 1, 2, 2), 0", "n", "d.SetItem(3, 3)",
			"for range d.Keys() { n++ }", "3@0, 2@1, !panic RuntimeError: dictionary changed size during iteration@2",
			100},
	} {
		x := p.search("import \"gilkernel/runtime/builtins\"\n"+threads(row.declare, row.last, row.one, row.two),
			row.python)
		if got := summary(x); got != row.want || x.Schedules > row.most {
			t.Errorf("%s: %s in %d schedules, want %s in %d", row.name, got, x.Schedules, row.want, row.most)
		}
	}
}
