package magic

// This file defines the errors for magics that don't exist.

import (
	"maps"
	"strings"

	"gilkernel/kernel/advice"
	"gilkernel/kernel/cell"
)

// unknown says that there is no such magic, and which one may be meant.
func (t *Table) unknown(step cell.Step) error {
	mark, other, names, others := "%", "%%", t.line, t.cell
	if step.Kind == cell.StepCell {
		mark, other, names, others = "%%", "%", t.cell, t.line
	}
	if text := foreign(step.Name); text != "" {
		return usagef("there is no magic %s%s: %s", mark, step.Name, text)
	}
	if others[step.Name] != nil {
		kind := "line"
		if other == "%%" {
			kind = "cell"
		}
		return usagef("there is no %s%s, but %s%s is a %s magic: %s", mark, step.Name, other, step.Name, kind,
			t.usage(step.Name, other))
	}
	most := len(step.Name)/3 + 1
	if near := advice.Nearest(step.Name, maps.Keys(names), most); near != "" {
		return usagef("there is no magic %s%s; did you mean %s%s? %%lsmagic lists them all", mark, step.Name, mark,
			near)
	}
	if near := advice.Nearest(step.Name, maps.Keys(others), most); near != "" {
		return usagef("there is no magic %s%s; did you mean %s%s? %%lsmagic lists them all", mark, step.Name, other,
			near)
	}
	return usagef("there is no magic %s%s; %%lsmagic lists those that there are", mark, step.Name)
}

// foreign says what replaces a magic of other kernels, "" if that isn't known.
func foreign(name string) string {
	switch name {
	case "pip", "conda", "mamba", "uv", "pip3":
		return "cells run Go, and have its standard library and the packages of gilkernel/runtime; !" + name +
			" runs the program of that name on this computer"
	case "matplotlib", "pylab", "config", "autoreload", "load_ext", "reload_ext", "unload_ext", "autocall", "colors",
		"gui":
		return "it sets something in IPython that Go cells don't have; package plot draws figures"
	case "run":
		return "%load file puts a file's text into the cell, and !go run file runs a program"
	case "debug", "pdb", "tb", "xmode":
		return "a traceback shows the lines of all cells; %%step lists what the goroutines of a cell do"
	case "prun", "lprun", "memit", "mprun", "memory":
		return "%timeit measures how long code takes; pprof.StartCPUProfile writes a profile"
	case "cython", "numba", "cuda", "R", "julia", "ruby", "perl", "sql", "octave", "fortran":
		return "%%script program runs the body with a program that is installed"
	case "js":
		return "%%javascript lets the page run the body"
	case "md":
		return "%%markdown shows the body as Markdown"
	case "cat", "ls", "ll", "mkdir", "rm", "cp", "mv", "rmdir", "less", "more", "man", "clear", "sx", "system":
		return "!" + strings.NewReplacer("ll", "ls -l", "sx", "command", "system", "command").Replace(name) +
			" runs a shell command"
	case "edit", "save", "notebook", "store", "macro", "recall", "rerun", "pastebin", "paste":
		return "the notebook keeps cells; %%writefile writes one to a file, %history prints them"
	case "whos_ls", "psearch", "pinfo", "pinfo2", "pdoc", "psource", "pfile", "pdef":
		return "?name shows the documentation of a name, ??name its source too"
	}
	if version, ok := strings.CutPrefix(name, "python"); ok && strings.Trim(version, "0123456789.t") == "" {
		version = strings.TrimPrefix(version, "python")
		return "%%python " + version + " runs the body in the real Python " + version +
			" of this computer, and %%simulate python=" + version + " runs Go under that version's GIL"
	}
	return ""
}
