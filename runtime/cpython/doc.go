// Package cpython finds the real Pythons of a computer and runs programs in them.
//
//	places ─▶ Finder.Find ─▶ []Python       %pythons: all of them
//	          Finder.Lookup ─▶ Python       %%python 3.11: one of them
//	Program + Python ─▶ Run ─▶ Result       one program, with its input, its values and its error
//
// A Python is whatever runs a Python program from a file: CPython, PyPy, an environment of either. It is asked what it
// is by running it, because names lie: a shim may stand for another version each day.
package cpython
