// This file lets Go code declare functions without a body, such as the ones
// that come from package reflect.
