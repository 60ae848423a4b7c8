package exec_test

// This file tests what a cell leaves behind, in the session and in the engine.

import (
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"gilkernel/kernel/exec"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std/symbols"
)

// A cell that was run leaves little behind: its code, its syntax and what the checker knew about it are garbage.
func TestGrowth(t *testing.T) {
	heap := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	const warm, more = 200, 500
	for _, row := range []struct {
		code string // N is the number of the cell
		most int    // bytes a cell
	}{
		{"x + 1", 2000},
		{"for i := range 10 { x += i }\nfmt.Sprintln(x)", 2000},
		{"func f() int { return x + N }\nf()", 2000},
		{"func f() func() int { return func() int { return x + N } }\ng := f()\ng()", 2000},
		{"type T struct{ a, b int }\nfunc (t T) Sum() int { return t.a + t.b }\nT{N, 2}.Sum()", 2000},
		{"var vN = N\nvN + 1", 3000},
		{"yN := x", 4000}, // a variable with its name, its place and what it begins with
	} {
		n := newCells(t)
		n.h.Symbols.Load = func(path string) map[string]reflect.Value {
			if path == exec.HostPath {
				return map[string]reflect.Value{"Result": reflect.ValueOf(func(...any) {})}
			}
			return symbols.Load(path)
		}
		k := session.New(nil)
		before := 0
		for i := range warm + more {
			if i == warm {
				before = heap()
			}
			code := strings.ReplaceAll(row.code, "N", strconv.Itoa(i))
			if i == 0 {
				code = "x := 1"
			}
			p, err := k.Compile("In["+strconv.Itoa(i)+"]", code)
			if err != nil {
				t.Fatal(err)
			}
			k.Commit(p)
			n.run(code)
		}
		if got := (heap() - before) / more; got > row.most {
			t.Errorf("%q leaves %d bytes behind", row.code, got)
		}
		runtime.KeepAlive(n)
		runtime.KeepAlive(k)
	}
}
