package interp_test

// This file tests the errors of a cell that calls methods of objects which it hasn't made.

import (
	"reflect"
	"strings"
	"testing"

	"gilkernel/kernel/std/symbols"
)

// Each type of the library that cells can have a nil pointer of: its method that is called, in the cell, as a thread's
// target and in a goroutine.
func TestUnmadeObjects(t *testing.T) {
	p := begin(t)
	for _, row := range []struct{ pkg, typ, call, remedy string }{
		{"multiprocessing", "Process", "Start()", ""}, // says so itself
		{"multiprocessing", "Lock", "Acquire()", "make one with"},
		{"multiprocessing", "Array", "Len()", "make one with multiprocessing.NewArray"},
		{"multiprocessing", "DictProxy", "Len()", "assign one to it first"},
		{"multiprocessing", "AsyncResult", "Get()", "assign one to it first"},
		{"futures", "Future", "Result()", "make one with futures.NewFuture"},
		{"futures", "ThreadPoolExecutor", "Submit(func() {})", "make one with futures.NewThreadPoolExecutor"},
		{"futures", "ProcessPoolExecutor", "MaxWorkers()", "make one with futures.NewProcessPoolExecutor"},
		{"queue", "Queue", "Get()", "make one with queue.NewQueue"},
		{"threading", "Lock", "Acquire()", "make one with threading.NewLock"},
		{"threading", "Event", "Wait()", "make one with threading.NewEvent"},
		{"asyncio", "Event", "Set()", "make one with asyncio.NewEvent"},
		{"asyncio", "Task", "Cancel()", "assign one to it first"},
	} {
		if _, ok := symbols.Load("gilkernel/runtime/" + row.pkg)["New"+row.typ]; !ok &&
			strings.Contains(row.remedy, ".New") {
			t.Errorf("there is no %s.New%s", row.pkg, row.typ)
		}
		_, found := reflect.Zero(symbols.Load("gilkernel/runtime/" + row.pkg)[row.typ].Type()).Type().MethodByName(
			row.call[:strings.Index(row.call, "(")])
		if !found {
			t.Errorf("%s.%s has no %s", row.pkg, row.typ, row.call)
			continue
		}
		imports := "import \"gilkernel/runtime/" + row.pkg + "\"\n"
		e := p.run(imports + "var x *" + row.pkg + "." + row.typ + "\nx." + row.call).done.Error
		if e == nil || e.Name == "runtime error" || !strings.Contains(e.Value, row.remedy) ||
			!strings.Contains(trace(e), "]:3") {
			t.Errorf("%s.%s: got %+v", row.pkg, row.typ, e)
		}
		r := p.run("import th \"gilkernel/runtime/threading\"\n" + imports + "var x *" + row.pkg + "." + row.typ +
			"\nt := th.NewThread(func() { x." + row.call + " })\nt.Start()\nt.Join()").ok(t)
		if got := r.out[r.id]; strings.Contains(got, "dereference") || !strings.Contains(got, row.remedy) {
			t.Errorf("%s.%s in a thread: got %q", row.pkg, row.typ, got)
		}
	}
	// The learner's own nil pointer stays what it is.
	if e := p.run("type T struct { n int }\n---\nvar x *T\nx.n = 1").done.Error; e == nil ||
		!strings.Contains(e.Value, "nil pointer dereference") {
		t.Errorf("got %+v", e)
	}
}
