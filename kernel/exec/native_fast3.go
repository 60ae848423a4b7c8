package exec

// This file defines calls of compiled functions of three parameters, as native_fast.go those of fewer. The first is a
// pointer: they are methods.

import "unsafe"

func (c fastArgs) fast3() fastCall {
	if c.in[0] != 'p' {
		return nil
	}
	switch c.in[1] {
	case 'p':
		return fast3second[unsafe.Pointer](c)
	case 's':
		return fast3second[string](c)
	case 'l':
		return fast3second[[]byte](c)
	case 'i':
		return fast3second[int64](c)
	case 'e':
		return fast3second[eface](c)
	case 'f':
		return fast3second[float64](c)
	}
	return nil
}

func fast3second[A any](c fastArgs) fastCall {
	switch c.in[2] {
	case 'p':
		return fast3[A, unsafe.Pointer](c)
	case 's':
		return fast3[A, string](c)
	case 'l':
		return fast3[A, []byte](c)
	case 'i':
		return fast3[A, int64](c)
	case 'e':
		return fast3[A, eface](c)
	case 'f':
		return fast3[A, float64](c)
	}
	return nil
}

func fast3[A, B any](c fastArgs) fastCall {
	p, a, b := c.a[0], c.a[1], c.a[2]
	switch c.out {
	case "":
		f := *(*func(unsafe.Pointer, A, B))(unsafe.Pointer(&c.fn))
		return func(fr *frame) { f(*(*unsafe.Pointer)(fr.at(p)), *(*A)(fr.at(a)), *(*B)(fr.at(b))) }
	case "p":
		return result3[A, B, unsafe.Pointer](c)
	case "i":
		return result3[A, B, int64](c)
	case "e":
		return result3[A, B, eface](c)
	case "b":
		return result3[A, B, bool](c)
	}
	return nil
}

func result3[A, B, R any](c fastArgs) fastCall {
	f, p, a, b, r := *(*func(unsafe.Pointer, A, B) R)(unsafe.Pointer(&c.fn)), c.a[0], c.a[1], c.a[2], c.r[0]
	return func(fr *frame) {
		*(*R)(fr.at(r)) = f(*(*unsafe.Pointer)(fr.at(p)), *(*A)(fr.at(a)), *(*B)(fr.at(b)))
	}
}
