package dist

// This file exports what tests look at.

// CompilerFlags is compilerFlags.
func CompilerFlags() []string { return compilerFlags() }
