package assist_test

// This file tests the completion of magics' arguments, and of functions that make what Python calls.

import (
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/assist"
	"gilkernel/kernel/session"
	"gilkernel/runtime/gil"
)

// argRows are cells with a bar at the cursor. want are the first matches; "-x" must not be among them.
var argRows = []struct{ code, want string }{
	{"%%simulate |", "python= cores= interval= seed="},
	{"%%simulate python=3.12 |", "cores= interval= seed= -python="},
	{"%%simulate py|", "python="},
	{"%%simulate python=|", "python=3.13 python=3.14 python=3.14t"},
	{"%%simulate python=3.1|",
		"python=3.13 python=3.14 python=3.14t python=3.13t python=3.12 python=3.11 python=3.10 python=3.1 -python=2.7"},
	{"%%simulate cores=8 python=2|", "python=2.7"},
	{"%%simulate cores=|\nf()", "cores=1 cores=2 cores=4"},
	{"%%simulate interval=|", "interval=5ms"},
	{"%%simulate seed=|", "seed=1"},
	{"%%real |", "python= cores= interval= -seed="},
	{"%%step p|", "python="},
	{"%%step cores|", "-cores="},
	{"%machine |", "real simulated python= cores= interval= seed="},
	{"%machine sim|", "simulated -real"},
	{"%machine simulated |", "python= -real -simulated"},
	{"%machine simulated python=3.14|", "python=3.14 python=3.14t"},
	{"%notes |", "on off"},
	{"%reset |", "-f"},
	{"%history -|", "-n -l -g"},
	{"threading.Thr|", "NewThread Thread"},
	{"t := threading.Thread|", "NewThread Thread ThreadError"},
	{"threading.lo|", "NewLocal NewLock Local Lock"},
	{"queue.Que|", "NewQueue Queue"},
	{"var t *threading.Thr|", "Thread"},
	{"func f(l *threading.Lo|) {}", "Local Lock Locker -NewLock"},
	{"threading.NewThr|", "NewThread"},
	{"threading.Cur|", "CurrentThread"},
}

func TestCompleteArguments(t *testing.T) {
	for _, r := range argRows {
		at := strings.Index(r.code, "|")
		c := assist.New(session.New(nil), nil).Complete("", strings.Replace(r.code, "|", "", 1), at)
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
		}
		var want []string
		for word := range strings.FieldsSeq(r.want) {
			if not, ok := strings.CutPrefix(word, "-"); ok && len(not) > 1 {
				if slices.Contains(got, not) {
					t.Errorf("%s: %s is among %v", r.code, not, got)
				}
				continue
			}
			want = append(want, word)
		}
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %v, want %v", r.code, got, want)
		}
	}
}

// Each version that a machine can have is offered, and no other.
func TestCompleteVersions(t *testing.T) {
	code := "%machine python="
	var got []string
	for _, m := range assist.New(session.New(nil), nil).Complete("", code, len(code)).Matches {
		got = append(got, strings.TrimPrefix(m.Text, "python="))
	}
	if got[0] != gil.DefaultVersion {
		t.Errorf("%s is first, and not the default", got[0])
	}
	want := gil.Versions()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
