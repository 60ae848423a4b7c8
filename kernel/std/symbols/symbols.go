// Package symbols holds the interpreter's tables of the compiled packages that cells can import.
//
// An engine finds what is compiled by name, in a map of reflect.Values for each package; they are generated from the
// export data of the toolchain that builds gilkernel. All rows are data that the linker lays out: no code runs at
// start-up and nothing is on the heap until a table is loaded, because the kernel process is the same binary and has no
// use for them.
package symbols

// This file defines how the generated rows become maps.

import (
	"reflect"
	"sort"
	"strings"
)

// entry is one package.
type entry struct {
	path  string
	table *table
}

// table is what one package has; no values if this platform hasn't got the package.
type table struct {
	names  string // separated by spaces, in the order of values
	values []any  // functions, nil pointers to types, pointers to variables
}

// GoVersion returns the toolchain that the tables were generated with, as runtime.Version has it.
func GoVersion() string { return goVersion }

// Packages returns the import paths of all tables that this platform has, sorted.
func Packages() []string {
	paths := make([]string, 0, len(packages))
	for i := range packages {
		if packages[i].table.values != nil {
			paths = append(paths, packages[i].path)
		}
	}
	return paths
}

// Load makes the table of a package: functions by their name, variables addressable, types as nil pointers. Constants,
// generic functions and generic types have no row. It returns nil if there is no such table. Each call makes a new map,
// which is the caller's to change; it may be called concurrently.
func Load(path string) map[string]reflect.Value {
	i, ok := sort.Find(len(packages), func(i int) int { return strings.Compare(path, packages[i].path) })
	if !ok || packages[i].table.values == nil {
		return nil
	}
	t := packages[i].table
	m, n := make(map[string]reflect.Value, len(t.values)), 0
	for name := range strings.FieldsSeq(t.names) {
		v := reflect.ValueOf(t.values[n])
		if v.Kind() == reflect.Pointer && !v.IsNil() { // to a variable
			v = v.Elem()
		}
		m[name] = v
		n++
	}
	return m
}
