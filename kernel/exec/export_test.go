package exec

import "reflect"

// Closure returns the type of function values as the engine mirrors reflect's.
func Closure() reflect.Type { return reflect.TypeFor[closure]() }
