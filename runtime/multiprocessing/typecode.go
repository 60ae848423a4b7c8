package multiprocessing

// This file defines the C types of shared numbers.

import (
	"math"
	"reflect"
	"runtime"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/process"
)

// A typecode is a C type: sharedctypes.typecode_to_type.
type typecode struct {
	code  byte
	ctype string
	size  int
}

// typecodeOf returns the type of a code. It panics with a TypeError if the code has none.
func typecodeOf(code string) typecode {
	for _, c := range []typecode{
		{'c', "c_char", 1}, {'b', "c_byte", 1}, {'B', "c_ubyte", 1}, {'h', "c_short", 2}, {'H', "c_ushort", 2},
		{'i', "c_int", 4},
		{'I', "c_uint", 4}, {'l', "c_long", 8}, {'L', "c_ulong", 8}, {'q', "c_longlong", 8}, {'Q', "c_ulonglong", 8},
		{'f', "c_float", 4}, {'d', "c_double", 8},
	} {
		if string(c.code) == code {
			return c
		}
	}
	panic(exceptions.Type("%q is no type code: use one of c b B h H i I l L q Q f d", code))
}

// get returns number i. It reads a machine word with one load, as C does.
func (c *typecode) get(m *process.Memory, i int) any {
	defer runtime.KeepAlive(m) // this may be the last use of its owner
	switch c.code {
	case 'c':
		return []byte{*(*byte)(m.Pointer(i))}
	case 'f', 'd':
		return c.float(m, i)
	}
	return c.integer(m, i)
}

func (c *typecode) isFloat() bool { return c.code == 'f' || c.code == 'd' }

// float returns number i; isFloat must be true.
func (c *typecode) float(m *process.Memory, i int) float64 {
	defer runtime.KeepAlive(m) // this may be the last use of its owner
	p := m.Pointer(i * c.size)
	if c.code == 'f' {
		return float64(*(*float32)(p))
	}
	return *(*float64)(p)
}

// integer returns number i; the type must be an integer type.
func (c *typecode) integer(m *process.Memory, i int) int {
	defer runtime.KeepAlive(m) // this may be the last use of its owner
	p := m.Pointer(i * c.size)
	switch c.code {
	case 'b':
		return int(*(*int8)(p))
	case 'B':
		return int(*(*uint8)(p))
	case 'h':
		return int(*(*int16)(p))
	case 'H':
		return int(*(*uint16)(p))
	case 'i':
		return int(*(*int32)(p))
	case 'I':
		return int(*(*uint32)(p))
	}
	return int(*(*int64)(p))
}

// set sets number i. It panics with a TypeError if x isn't a number of the type. An integer that is too large loses its
// upper bits.
func (c *typecode) set(m *process.Memory, i int, x any) {
	defer runtime.KeepAlive(m) // this may be the last use of its owner
	p := m.Pointer(i * c.size)
	v := reflect.ValueOf(x)
	switch c.code {
	case 'c':
		switch {
		case v.Kind() == reflect.Uint8:
			*(*byte)(p) = byte(v.Uint())
			return
		case v.Kind() == reflect.Slice && v.Len() == 1 && v.Type().Elem().Kind() == reflect.Uint8:
			*(*byte)(p) = v.Bytes()[0]
			return
		case v.Kind() == reflect.String && v.Len() == 1:
			*(*byte)(p) = v.String()[0]
			return
		}
		panic(exceptions.Type("one character bytes, bytearray, or an integer in range(256) expected, not %T", x))
	case 'f', 'd':
		f := 0.0
		switch {
		case v.CanFloat():
			f = v.Float()
		case v.CanInt():
			f = float64(v.Int())
		case v.CanUint():
			f = float64(v.Uint())
		default:
			panic(exceptions.Type("must be real number, not %T", x))
		}
		if c.code == 'f' {
			*(*float32)(p) = float32(f)
		} else {
			*(*float64)(p) = f
		}
		return
	}
	n := int64(0)
	switch {
	case v.IsValid() && v.CanInt():
		n = v.Int()
	case v.IsValid() && v.CanUint():
		n = int64(v.Uint())
	case v.IsValid() && v.Kind() == reflect.Float64 && v.Float() == math.Trunc(v.Float()):
		panic(exceptions.Type("'float' object cannot be interpreted as an integer"))
	default:
		panic(exceptions.Type("'%T' object cannot be interpreted as an integer", x))
	}
	switch c.size {
	case 1:
		*(*int8)(p) = int8(n)
	case 2:
		*(*int16)(p) = int16(n)
	case 4:
		*(*int32)(p) = int32(n)
	default:
		*(*int64)(p) = n
	}
}
