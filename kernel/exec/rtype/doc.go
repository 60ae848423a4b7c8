// Package rtype forges the runtime type descriptors of types that interpreted programs declare.
//
// Package reflect can't make a defined type, a type with methods, or every
// struct; compiled code that meets an interpreted value (fmt's %T, errors.As,
// sort.Sort, encoding/json, a map's key) wants exactly those. So this package
// writes the descriptors itself, in the layout of internal/abi, together with
// method tables whose entries are real code.
//
// # Order of work
//
// Types may refer to each other, so a group of declarations is built in
// phases, each for all types of the group before the next:
//
//  1. [NewNamed] for each defined type. Pointers, slices, channels and
//     functions of it can be made at once with reflect.
//  2. [Named.SetLayout] for those that are needed by value, as a map's element
//     or an array's, before they can be complete.
//  3. [Named.SetUnderlying] for each type.
//  4. [Named.SetMethods] and [StructWithMethods]: a method's code depends on
//     the layout of its arguments, so they must be complete by then.
//
// Only after that may values of the types be made. Methods that come later, such as those that a later cell of a
// notebook adds, may be given with another call of SetMethods.
//
// # How native code calls a method
//
// An entry of a method table is the address of a stub: a few instructions of
// assembler that load a function value from a slot that belongs to this stub
// alone, then jump to it. The function value comes from reflect.MakeFunc with
// the signature of the method, the receiver first. The stub touches neither
// stack nor arguments, therefore one pool of stubs serves every signature. There
// are stubs for amd64 and arm64; other processors have functions of Go for the
// signatures that the standard library's interfaces have (stubs_portable.go).
//
// # Memory
//
// The runtime expects types to live forever. Descriptors, names, method tables and stubs are never freed; the package's
// variables, which are one registry, hold them, and everything they point to.
package rtype

//go:generate go run ./portablegen stubs_portable_table.go
