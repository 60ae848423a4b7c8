package interp

// This file defines places in the program itself: what errors and cells may see of them is the file in its package,
// never where the kernel was built.

import (
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
)

// buildRoots are the directories of the source files that this program was built from, with what stands for them.
type buildRoots struct{ std, own string }

// roots finds them. Built with -trimpath there are none.
func roots() buildRoots {
	return buildRoots{std: rootOf(strings.Repeat, "strings/"), own: rootOf(roots, "kernel/interp/")}
}

// rootOf returns the directory in which a function's package has this path, "" if files have no directories.
func rootOf(f any, path string) string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).FileLine(reflect.ValueOf(f).Pointer())
	if i := strings.LastIndex(file, path); i > 0 && strings.HasPrefix(file, "/") || i > 2 && file[1] == ':' {
		return file[:i]
	}
	return ""
}

// registered is how package http says where a pattern was registered: where the engine calls compiled code.
var registered = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(` \(registered at (?:reflect|gilkernel)/[^)]*\)`)
})

// short takes the directories out of a text.
func (r buildRoots) short(text string) string {
	if r.std != "" {
		text = strings.ReplaceAll(text, r.std, "")
	}
	if r.own != "" {
		text = strings.ReplaceAll(text, r.own, "gilkernel/")
	}
	return registered().ReplaceAllString(text, "")
}
