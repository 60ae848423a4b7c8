package gil_test

// This file tests what cells call, and what it says to bad arguments.

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/timeline"
	"gilkernel/runtime/twin"
)

func TestBadArguments(t *testing.T) {
	const plain = "a plain goroutine belongs to no Python interpreter; call it in the cell or in a threading.Thread"
	for _, row := range []struct {
		name, version string // no version: a plain goroutine
		call          func()
		want          string
	}{
		{"interval 0", "3.13", func() { gil.SetSwitchInterval(0) },
			"ValueError: switch interval must be strictly positive"},
		{"interval -1", "2.7", func() { gil.SetSwitchInterval(-1) },
			"ValueError: switch interval must be strictly positive"},
		{"interval of 1 ns", "3.13", func() { gil.SetSwitchInterval(1) }, ""},
		{"check interval of 3.8", "3.8", func() { gil.SetCheckInterval(7) }, ""},
		{"check interval of 3.9", "3.9", func() { gil.SetCheckInterval(7) },
			"AttributeError: module 'sys' has no attribute 'setcheckinterval'"},
		{"its getter", "3.14t", func() { gil.GetCheckInterval() },
			"AttributeError: module 'sys' has no attribute 'getcheckinterval'"},
		{"native", "3.13", func() { gil.Native(-1) }, "ValueError: gil.Native: a call can't take -1ns"},
		{"work", "3.13", func() { gil.Work(-1) }, "ValueError: gil.Work: work can't take -1ns"},
		{"nil", "3.13", func() { gil.AllowThreads(nil) }, "TypeError: gil.AllowThreads needs a function, not nil"},
		{"interpreter", "3.11", func() { gil.NewInterpreter() },
			"RuntimeError: interpreters with a GIL of their own came with Python 3.12, and this is 3.11"},
		{"its thread", "3.13", func() { gil.NewInterpreter().CallInThread("t", nil) },
			"TypeError: CallInThread needs a function, not nil"},
		{"negative checks", "3.13", func() { gil.Checks(-1) }, ""},
		{"set by nobody", "", func() { gil.SetSwitchInterval(ms) }, "RuntimeError: gil.SetSwitchInterval: " + plain},
		{"asked by nobody", "", func() { gil.GetSwitchInterval() }, "RuntimeError: gil.GetSwitchInterval: " + plain},
		{"check by nobody", "", func() { gil.Check(); gil.Checks(3) }, ""},
		{"negative of nobody", "", func() { gil.Native(-1) }, "ValueError: gil.Native: a call can't take -1ns"},
		{"allowed to nobody", "", func() { gil.AllowThreads(nil) },
			"TypeError: gil.AllowThreads needs a function, not nil"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if row.version == "" {
				got = raised(row.call)
			} else {
				simulate(t, row.version, 2).run(t, func(*machine.Thread) { got = raised(row.call) })
			}
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestPlainGoroutine(t *testing.T) {
	called := false
	gil.AllowThreads(func() { called = true })
	if !called || gil.IsGILEnabled() || gil.Version() != "" || gil.Current() != nil || gil.Of(nil) != nil {
		t.Error("a plain goroutine has a GIL")
	}
}

func TestAllowThreadsAfterAPanic(t *testing.T) {
	onBoth(t, "3.13", func(t *testing.T, w *world) {
		w.run(t, func(main *machine.Thread) {
			func() {
				defer func() { _ = recover() }()
				gil.AllowThreads(func() { panic("on purpose") })
			}()
			if !main.Attached() {
				t.Error("it doesn't hold the GIL after the panic")
			}
		})
	})
}

// A native call within AllowThreads runs without the GIL, and the timeline says so.
func TestNativeInAllowThreads(t *testing.T) {
	const ms = int64(time.Millisecond)
	w := simulate(t, "3.13", 2)
	tl := w.run(t, func(main *machine.Thread) {
		gil.AllowThreads(func() { gil.Native(20 * time.Millisecond) })
		gil.Native(10 * time.Millisecond)
	})
	got := map[timeline.Kind]int64{}
	for _, iv := range tl.Lanes()[0] {
		if tl.Name(iv.Object) == "gil.Native" {
			got[iv.State] += iv.Duration() / ms
		}
	}
	if got[timeline.NativeFree] != 20 || got[timeline.Native] != 10 || len(got) != 2 {
		t.Errorf("milliseconds of native calls by state: %v", got)
	}
}

func TestProfiles(t *testing.T) {
	for _, row := range []struct{ version, want string }{
		{"", gil.DefaultVersion}, {"2.7", "2.7"}, {"2.7.18", "2.7"}, {"3.14t", "3.14t"}, {"3.13.0t", "3.13t"},
		{"3.11.2", "3.11"},
	} {
		if p, err := gil.ProfileOf(row.version); err != nil || p.Version != row.want {
			t.Errorf("%q: %v, %v", row.version, p.Version, err)
		}
	}
	for _, version := range []string{"3", "3.15", "2.6", "3.11t", "x", "3.11.2.1", "3.12.1t", "-3.1"} {
		_, err := gil.ProfileOf(version)
		if err == nil || !strings.HasPrefix(err.Error(), "no model of Python "+version+"; there are 2.7, 3.1, 3.2") {
			t.Errorf("%q: %v", version, err)
		}
	}
	for _, version := range gil.Versions() {
		p, err := gil.ProfileOf(version)
		if err != nil || p.Check <= 0 || p.Step <= 0 || p.MemoryFactor < 1 {
			t.Errorf("%q: %+v, %v", version, p, err)
		}
		if free := strings.HasSuffix(version, "t"); free != (p.Kind == gil.FreeThreaded) {
			t.Errorf("%q is %v", version, p.Kind)
		}
	}
}

func TestOptions(t *testing.T) {
	m, err := machine.Simulate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if in, err := gil.New(m, nil); err != nil || in.Profile().Version != gil.DefaultVersion ||
		in.SwitchInterval() != 5*ms || in.ID() != 0 || in.Machine() != m {
		t.Errorf("%+v, %v", in, err)
	}
	for _, o := range []gil.Options{{Version: "1.5"}, {SwitchInterval: -1}} {
		if _, err := gil.New(m, &o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// The switch interval is kept in microseconds, as real Pythons keep it.
func TestSwitchIntervalIsPythons(t *testing.T) {
	python := twin.Pythons(t)[0].Path
	for _, d := range []time.Duration{1, 100, 999, time.Microsecond, 1500, 2999, 5 * ms, 1234567, time.Second,
		3 * time.Hour / 10} {
		out, err := exec.Command(python, "-c",
			"import sys; sys.setswitchinterval(float(sys.argv[1])); print(round(sys.getswitchinterval()*1e6))",
			strconv.FormatFloat(d.Seconds(), 'g', -1, 64)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", d, err, out)
		}
		simulate(t, "3.11", 1).run(t, func(*machine.Thread) {
			gil.SetSwitchInterval(d)
			if got := strconv.FormatInt(gil.GetSwitchInterval().Microseconds(),
				10); got != strings.TrimSpace(string(out)) {
				t.Errorf("%v: %s µs, in Python %s", d, got, out)
			}
		})
	}
}
