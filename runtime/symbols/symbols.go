// Package symbols holds the interpreter's tables of the compiled packages that cells can import.
//
// yaegi finds what is compiled by name, in a map of reflect.Values for each package. Its own tables
// are for an older Go; these are generated from the export data of the toolchain that builds
// gilkernel. All rows are data that the linker lays out: no code runs at start-up and nothing is on
// the heap until a table is loaded, because the kernel process is the same binary and has no use
// for them.
package symbols

// This file defines how the generated rows become the maps that yaegi wants.

//go:generate go run ./gen

import (
	"fmt"
	"go/constant"
	"go/token"
	"reflect"
	"slices"
	"strings"
)

// entry is one package.
type entry struct {
	path    string
	name    string
	rows    *[]symbol // nil slice: this platform hasn't got the package
	generic string    // names without a row, separated by spaces
	needs   string    // import paths, separated by spaces
}

// symbol is one row.
type symbol struct {
	name  string
	kind  kind
	value any
}

// kind says how a row's value becomes the reflect.Value of its symbol.
type kind uint8

const (
	plain    kind = iota // a function, a typed constant, or a nil pointer to the type
	variable             // a pointer to the variable
	untyped              // an untyped constant: an int64, uint64, string or literal
)

// literal is an untyped number that fits in no basic type, as Go source.
type literal string

// GoVersion returns the toolchain that the tables were generated with, as runtime.Version has it.
func GoVersion() string { return goVersion }

// Packages returns the import paths of all tables that this platform has, sorted.
func Packages() []string {
	paths := make([]string, 0, len(packages))
	for i := range packages {
		if *packages[i].rows != nil {
			paths = append(paths, packages[i].path)
		}
	}
	return paths
}

// Name returns the package's name, which isn't always the last part of its path ("math/rand/v2"),
// or "" if there is no such table. yaegi's key for a table is path + "/" + name.
func Name(path string) string {
	if e := lookup(path); e != nil {
		return e.name
	}
	return ""
}

// Load makes the table of a package: constants and functions by their name, variables addressable,
// types as nil pointers, and for each interface T a wrapper type "_T". It returns nil if there is
// no such table. Each call makes a new map, which is the caller's to change; it may be called
// concurrently.
func Load(path string) map[string]reflect.Value {
	e := lookup(path)
	if e == nil {
		return nil
	}
	m := make(map[string]reflect.Value, len(*e.rows))
	for _, s := range *e.rows {
		m[s.name] = s.reflect()
	}
	return m
}

// Generic returns the exported names of a package that have no row, because a generic function or
// type, or a constraint, has no value; sorted. The cell compiler must replace their uses.
func Generic(path string) []string {
	if e := lookup(path); e != nil {
		return strings.Fields(e.generic)
	}
	return nil
}

// Needs returns the import paths of the packages, sorted and without path itself, that declare the
// interfaces to which a value may be converted in a cell that imports path alone: io for bufio. yaegi
// looks for the wrapper in their tables and crashes without them, so whoever loads path loads these
// with it. It doesn't need what these need, as long as the cell doesn't import them.
func Needs(path string) []string {
	if e := lookup(path); e != nil {
		return strings.Fields(e.needs)
	}
	return nil
}

func lookup(path string) *entry {
	i, ok := slices.BinarySearchFunc(packages[:], path, func(e entry, path string) int { return strings.Compare(e.path, path) })
	if !ok || *packages[i].rows == nil {
		return nil
	}
	return &packages[i]
}

// reflect returns the row as yaegi wants it.
func (s *symbol) reflect() reflect.Value {
	switch s.kind {
	case variable:
		return reflect.ValueOf(s.value).Elem()
	case untyped:
		return reflect.ValueOf(s.constant())
	}
	return reflect.ValueOf(s.value)
}

// constant returns the row of an untyped constant as an arbitrary-precision value.
func (s *symbol) constant() constant.Value {
	switch v := s.value.(type) {
	case string:
		return constant.MakeString(v)
	case int64:
		return constant.MakeInt64(v)
	case uint64:
		return constant.MakeUint64(v)
	case literal:
		kind := token.INT
		if strings.ContainsAny(string(v), ".e") {
			kind = token.FLOAT
		}
		return constant.MakeFromLiteral(string(v), kind, 0)
	}
	panic(fmt.Sprintf("symbols: %s is no untyped constant: %T", s.name, s.value))
}
