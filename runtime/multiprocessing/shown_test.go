//go:build unix

package multiprocessing_test

import (
	"strings"
	"testing"

	mp "gilkernel/runtime/multiprocessing"
)

func unsendable(n int) any {
	return []any{make(chan int), []any{1, make(chan string)}, &struct{ C chan int }{make(chan int)}}[n]
}

// An error about a value that can't be sent names the value once and contains no address.
func TestRefusals(t *testing.T) {
	got := run(t, false, "3.13", func(log func(...any)) {
		p := mp.NewPool(1)
		for n := range 3 {
			log(raised(func() { p.Apply(unsendable, n) }))
		}
		log(raised(func() { mp.NewProcess(hang, mp.Args(mp.NewProcess(hang))).Start() }))
		p.Terminate()
	})
	for _, want := range []string{"'<chan int>'", "'<[]interface {}>'", "'<*struct { C chan int }>'"} {
		if !strings.Contains(got, "MaybeEncodingError: Error sending result: "+want) {
			t.Errorf("%s\nhas no %s", got, want)
		}
	}
	if strings.Contains(got, "0x") ||
		!strings.Contains(got,
			"PicklingError: args[0]: a Process can't be sent to another process: send its name or its pid") {
		t.Error(got)
	}
}
