package exec

// This file defines the builtins print and println.

import (
	"go/ast"
	"go/types"
	"reflect"
	"strconv"
	"unsafe"
)

// printExpr compiles print and println, which write to standard error.
func (c *fn) printExpr(e *ast.CallExpr, name string) *expr {
	var given []*expr
	var before func(fr *frame)
	for _, a := range e.Args {
		x := c.expr(a)
		if len(x.slots) > 0 { // the results of one call
			before, given = c.spread(x)
			break
		}
		given = append(given, x)
	}
	var xs []ptrFn
	for _, x := range given {
		if x.cv != nil {
			if b, ok := x.t.t.(*types.Basic); ok && x.t.kind == reflect.Int && b.Info()&types.IsUntyped != 0 {
				x = c.constExpr(c.e.intType, x.cv)
			}
		}
		xs = append(xs, c.printArg(x))
	}
	eng, line := c.e, name == "println"
	return &expr{t: c.e.noneType, void: func(fr *frame) {
		var b []byte
		if before != nil {
			before(fr)
		}
		for i, x := range xs {
			if i > 0 && line {
				b = append(b, ' ')
			}
			b = append(b, *(*string)(x(fr))...)
		}
		if line {
			b = append(b, '\n')
		}
		eng.host.Print(b)
	}}
}

// printArg is an argument of print as text.
func (c *fn) printArg(x *expr) ptrFn {
	text := func(f func(fr *frame) string) ptrFn {
		return func(fr *frame) unsafe.Pointer { s := f(fr); return unsafe.Pointer(&s) }
	}
	bits := 64
	if x.t.kind == reflect.Float32 || x.t.kind == reflect.Complex64 {
		bits = 32
	}
	switch x.t.class {
	case classBool:
		return text(func(fr *frame) string { return printBool(x.b(fr)) })
	case classInt:
		if signed(x.t.kind) {
			return text(func(fr *frame) string { return printInt(x.i(fr)) })
		}
		return text(func(fr *frame) string { return printUint(uint64(x.i(fr))) })
	case classFloat:
		return text(func(fr *frame) string { return printFloat(x.f(fr), bits) })
	case classString:
		return text(x.s)
	case classPtr:
		return text(func(fr *frame) string { return printPointer(x.p(fr)) })
	}
	switch x.t.kind {
	case reflect.Complex64, reflect.Complex128:
		v := c.complexOf(x)
		return text(func(fr *frame) string { return printComplex(v(fr), bits) })
	case reflect.Slice:
		return text(func(fr *frame) string {
			s := *(*slice)(x.p(fr))
			return "[" + printInt(int64(s.len)) + "/" + printInt(int64(s.cap)) + "]" + printPointer(s.data)
		})
	}
	return text(func(fr *frame) string {
		v := *(*eface)(x.p(fr))
		return "(" + printPointer(v.typ) + "," + printPointer(v.data) + ")"
	})
}

func printBool(b bool) string   { return strconv.FormatBool(b) }
func printInt(n int64) string   { return strconv.FormatInt(n, 10) }
func printUint(n uint64) string { return strconv.FormatUint(n, 10) }

func printPointer(p unsafe.Pointer) string {
	return "0x" + strconv.FormatUint(uint64(uintptr(p)), 16)
}

// printFloat writes a float as Go 1.26 does: the shortest text that is this number.
func printFloat(f float64, bits int) string { return strconv.FormatFloat(f, 'g', -1, bits) }

// printComplex writes both parts with their signs.
func printComplex(z complex128, bits int) string {
	im := printFloat(imag(z), bits)
	if im[0] != '-' && im[0] != '+' {
		im = "+" + im
	}
	return "(" + printFloat(real(z), bits) + im + "i)"
}
