package interp

// This file explains the error of a cell that calls a method of a Lock, a Queue or a Process that it hasn't made, which
// is a nil pointer. Go reports the line of the library; the mistake is the cell's variable.

import (
	"bytes"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"gilkernel/kernel/std/symbols"
	"gilkernel/runtime/exceptions"
)

// libraryMethod matches a line of a stack trace: the call of a method of one of the library's types. Its receiver is
// nil, or a number with a question mark if the stack doesn't have it any more, or omitted if the call was inlined.
var libraryMethod = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(gilkernel/runtime/[a-z/]+)\.\(\*(\w+)\)\.([A-Z]\w*)\((0x0\b|0x[0-9a-f]+\?|\.\.\.)`)
})

// isNilError reports whether a panic is that of a nil pointer dereference.
func isNilError(value any) bool {
	err, ok := value.(runtime.Error)
	return ok && strings.Contains(err.Error(), "nil pointer dereference")
}

// unmade returns the exception for a panic that was caused by a nil receiver of one of the library's methods, nil for
// any other panic. stack is the result of debug.Stack in a deferred function of the panicking goroutine.
func unmade(value any, stack []byte) error {
	if !isNilError(value) {
		return nil
	}
	if i := bytes.LastIndex(stack, []byte("\npanic(")); i >= 0 { // the first panic; those above have repanicked
		stack = stack[i+1:]
	}
	var last []string // the outermost method of the library, which the cell called
	own := false
	for i, line := range strings.Split(string(stack), "\n") {
		if i == 0 || line == "" || line[0] == '\t' {
			continue
		}
		if !strings.HasPrefix(line, "gilkernel/runtime/") {
			if own || strings.HasPrefix(line, "gilkernel/") {
				break
			}
			continue // called by the library, such as package sync
		}
		own = true
		if m := libraryMethod().FindStringSubmatch(line); m != nil {
			last = m
		}
	}
	if last == nil {
		return nil
	}
	path, typ, method := last[1], last[2], last[3]
	pkg := path[strings.LastIndex(path, "/")+1:]
	remedy := "assign one to it first"
	if _, ok := symbols.Load(path)["New"+typ]; ok {
		remedy = fmt.Sprintf("make one with %s.New%s", pkg, typ)
	}
	if typ[0] >= 'a' { // an embedded type of several types of the package
		return &exceptions.AttributeError{Message: fmt.Sprintf("%s was called on a nil object of package %s; make "+
			"one with a function of that", method, pkg)}
	}
	return &exceptions.AttributeError{Message: fmt.Sprintf("%s was called on a *%s.%s that is nil or wasn't made; %s",
		method, pkg, typ, remedy)}
}
