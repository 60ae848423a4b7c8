//go:build unix

package meter_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/meter"
	mp "gilkernel/runtime/multiprocessing"
	"gilkernel/runtime/process/processtest"
	"gilkernel/runtime/socketserver"
)

func TestMain(m *testing.M) { processtest.Main(m, mp.Bootstrap) }

// fib is a handler whose long requests are computed by the interpreter.
func fib(r *socketserver.StreamRequestHandler) error {
	line, err := r.RFile.ReadLine()
	if err != nil {
		return err
	}
	if line == "long\n" {
		gil.Checks(3_000_000)
	}
	_, err = r.WFile.WriteString("done\n")
	return err
}

func silent(*socketserver.StreamRequestHandler) {}

func run(t *testing.T, real bool, f func()) {
	t.Helper()
	w := processtest.NewWorld(t, real, "3.13", 1)
	if err := w.Run(func(*machine.Thread) { f() }); err != nil {
		t.Error(err)
	}
	w.Machine.Stop(nil)
	w.Machine.Drain(time.Second)
}

// Beside a computing thread short requests wait for the GIL, beside a computing process they don't, and a server that
// serves one after the other lets each wait for a long one. The same seed measures the same.
func TestServers(t *testing.T) {
	var texts []string
	for range 2 {
		run(t, false, func() {
			r, err := meter.Servers(fib, meter.Short(20))
			if err != nil {
				t.Error(err)
				return
			}
			texts = append(texts, r.String()+r.Figure().String())
			one, threads, processes := r.Rows[0], r.Rows[1], r.Rows[2]
			if one.ShortBeside*float64(one.LongAlone)/1e9 > 3 {
				t.Errorf("one after the other: %+v", one)
			}
			if threads.ShortBeside*5 > threads.ShortAlone || threads.ShortBeside < one.ShortBeside {
				t.Errorf("threads: %+v", threads)
			}
			if processes.ShortBeside*2 < processes.ShortAlone {
				t.Errorf("processes: %+v", processes)
			}
		})
	}
	if len(texts) == 2 && texts[0] != texts[1] {
		t.Errorf("the same seed measured\n%s and\n%s", texts[0], texts[1])
	}
	if !strings.Contains(strings.Join(texts, ""), "requests/s alone") {
		t.Error(texts)
	}
}

// On the real machine each server answers all.
func TestServersReal(t *testing.T) {
	run(t, true, func() {
		r, err := meter.Servers(fib, meter.Short(3), meter.Long(1))
		if err != nil {
			t.Error(err)
			return
		}
		for _, row := range r.Rows {
			if row.LongAlone <= 0 || row.LongBeside <= 0 || row.ShortAlone <= 0 || row.ShortBeside <= 0 {
				t.Errorf("%+v", row)
			}
		}
	})
}

// What can't be measured is said, and the servers are closed.
func TestMisuse(t *testing.T) {
	run(t, false, func() {
		if _, err := meter.Servers(silent); err == nil ||
			!strings.Contains(err.Error(), "must read a line and write one") {
			t.Error(err)
		}
		if _, err := meter.Servers(fib, meter.Long(0)); err == nil || errors.Unwrap(err) != nil {
			t.Error(err)
		}
	})
}
