package server_test

// This file tests that what a cell with a magic shows of itself is what was typed.

import (
	"regexp"
	"strings"
	"testing"

	"gilkernel/skip"
)

func TestTracebacksShowWhatWasTyped(t *testing.T) {
	if testing.Short() {
		skip.Missing(t, "-short: it starts processes")
	}
	c := realKernel(t).client()
	for _, r := range []struct{ code, want string }{
		{"%%timeit -n 2 -r 1\nx := []int{}\n_ = x[3]", "In[N]:3:1 in a function literal\n      1 %%timeit -n 2 -r 1\n" +
			"      2 x := []int{}\n----> 3 _ = x[3]\npanic"},
		{"%timeit -n 2 -r 1 []int{}[len(\"abc\")]",
			"In[N]:1:19 in a function literal\n----> 1 %timeit -n 2 -r 1 []int{}[len(\"abc\")]\npanic"},
		{"%%timeit -n 2 -r 1 y := []int{}\n_ = y[3]",
			"In[N]:2:1 in a function literal\n      1 %%timeit -n 2 -r 1 y := []int{}\n----> 2 _ = y[3]\npanic"},
		{"%%timeit -n 2 -r 1 y := []int{}[len(\"abc\")]\n_ = y", "In[N]:1:20 in a function literal\n" +
			"----> 1 %%timeit -n 2 -r 1 y := []int{}[len(\"abc\")]\n      2 _ = y\npanic"},
		{"%%timeit -n 2 -r 1 y := zz\n_ = y",
			"In[N]:1:25\n    %%timeit -n 2 -r 1 y := zz\n                            ^\nNameError: undefined: zz"},
		{"time, math := []int{}, 1\n_ = time[math]", "----> 2 _ = time[math]\n"},
		{"%%timeit -n 2 -r 1\n_ = time[math]",
			"In[N]:2:1 in a function literal\n      1 %%timeit -n 2 -r 1\n----> 2 _ = time[math]\npanic"},
		{"import \"time\"\n_ = []int{}[math]", "----> 2 _ = []int{}[math]\n"},
		{"%%timeit -n 2 -r 1\n_ = []int{}[math]",
			"In[N]:2:1 in a function literal\n      1 %%timeit -n 2 -r 1\n----> 2 _ = []int{}[math]\npanic"},
		{"%timeit foo(3)", "In[N]:1:9\n    %timeit foo(3)\n            ^\nNameError: undefined: foo"},
		{"%%timeit\nfoo(3)", "In[N]:2:1\n    foo(3)\n    ^\nNameError"},
		{"%%simulate cores=2\nxs := []int{}\nfmt.Println(xs[5])",
			"In[N]:3:1\n      1 %%simulate cores=2\n      2 xs := []int{}\n----> 3 fmt.Println(xs[5])\npanic"},
		{"%%real\nfmt.Println([]int{}[len(xs)])", "----> 2 fmt.Println"},
		{"%%step\nxs = []int{}\nxs[0] = 1", "      1 %%step\n      2 xs = []int{}\n----> 3 xs[0] = 1\n"},
		{"%%time\nxs[1] = 1", "      1 %%time\n----> 2 xs[1] = 1\n"},
		{"n := 1\n%time fmt.Println([]int{}[n])", "      1 n := 1\n----> 2 %time fmt.Println([]int{}[n])\n"},
		{"%pwd\nxs[n] = 2", "      1 %pwd\n----> 2 xs[n] = 2\n"},
		{"%time fmt.Printn(", "    %time fmt.Printn(\n                     ^\nSyntaxError"},
		{"%%time\ndef f(x):\n  pass",
			"In[N]:2:5\n    def f(x):\n        ^\nSyntaxError: unexpected name f at end of statement\nIn Python def"},
	} {
		reply, out := c.execute(r.code)
		found := errorsIn(out)
		if len(found) != 1 {
			t.Errorf("%s: %v", r.code, reply)
			continue
		}
		got := label.ReplaceAllString(plain(found[0]), "In[N]")
		if !strings.Contains(got, r.want) || strings.Contains(got, "timeitLoops") {
			t.Errorf("%s\nshows\n%s\nwant\n%s", r.code, got, r.want)
		}
	}
}

var label = regexp.MustCompile(`In\[\d+\]`)
