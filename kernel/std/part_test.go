package std

// This file tests what only other platforms do, which needs inspection of the internal details.

import "testing"

func TestPartOfSyscall(t *testing.T) {
	var im Importer
	full, err := im.Import("syscall")
	if err != nil {
		t.Fatal(err)
	}
	var l line
	for text := range allLines() {
		if text.path == "syscall" && text.constraint == elsewhere {
			l = text
		}
	}
	few := l.part(full)
	if got := few.Scope().Lookup("SIGTERM"); got == nil || got != full.Scope().Lookup("SIGTERM") {
		t.Errorf("SIGTERM is %v", got)
	}
	if got := few.Scope().Lookup("EpollCreate"); got != nil {
		t.Errorf("the part has %v", got)
	}
	if !few.Complete() || few.Path() != "syscall" {
		t.Errorf("the part is %s, complete: %v", few.Path(), few.Complete())
	}
}
