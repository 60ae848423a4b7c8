package toolchain

// This file defines the changes to the linker. They are to its table of functions, which is a quarter of a program.

import (
	_ "embed" // added files
	"io/fs"
)

var (
	//go:embed src/loader.txt
	loaderText string
	//go:embed src/ld.txt
	ldText string
	//go:embed src/methods.txt
	methodsText string
	//go:embed src/bare.txt
	bareText string
	//go:embed src/fold.txt
	foldText string
)

const (
	loaderFile = "cmd/link/internal/loader/loader.go"
	pclnFile   = "cmd/link/internal/ld/pcln.go"
	deadFile   = "cmd/link/internal/ld/deadcode.go"
)

// linker returns the files that make another linker; ok is false if Go's isn't as it is known.
func linker(sources fs.FS) (files map[string]string, ok bool) {
	files, ok = apply(sources, []edit{
		// The methods of these names are in the file that is added.
		{loaderFile, "func (l *Loader) PcdataAuxs(", "func (l *Loader) allPcdataAuxs("},
		{loaderFile, "func (l *Loader) NumPcdata(", "func (l *Loader) numAllPcdata("},
		{loaderFile, "func (l *Loader) Funcdata(", "func (l *Loader) allFuncdata("},
		{loaderFile, "func (l *Loader) NumFuncdata(", "func (l *Loader) numAllFuncdata("},
		{loaderFile, "func (rel Reloc) Sym() Sym ", "func (rel Reloc) ownSym() Sym "},
		// Reflection calls methods of types that cells can name, and of interfaces that they can name.
		{deadFile, "if (d.reflectSeen && (m.isExported()", "if (d.reflectSeen && d.named(m.src) && (m.isExported()"},
		{deadFile, "\t\tif d.wq.empty() {\n", "\t\tif d.wq.empty() && !d.reachInterfaces() {\n"},
		// Types of closures and of parts of maps are for the garbage collector alone.
		{deadFile, "\t\tsymIdx := d.wq.pop()\n", "\t\tsymIdx := d.wq.pop()\n\t\td.bare(symIdx)\n"},
		// When it is known what is reachable, of functions that are the same one stays.
		{deadFile, `
		d.mapinitcleanup()
	}
}
`, `
		d.mapinitcleanup()
	}
	d.fold()
}
`},
		// Names are written as tracebacks show them, each once.
		{pclnFile, `
		nameOffsets[s] = uint32(size)
		size += int64(len(ctxt.loader.SymName(s)) + 1) // NULL terminate
`, `
		name := shownName(ctxt.loader.SymName(s))
		offset, ok := known[name]
		if !ok {
			offset = uint32(size)
			known[name] = offset
			size += int64(len(name) + 1) // NULL terminate
		}
		nameOffsets[s] = offset
`},
		{pclnFile, `
	// Loop through the CUs, and calculate the size needed.
	var size int64
`, `
	known := map[string]uint32{}
	var size int64
`},
		{pclnFile, "symtab.AddCStringAt(int64(off), ctxt.loader.SymName(s))",
			"symtab.AddCStringAt(int64(off), shownName(ctxt.loader.SymName(s)))"},
		// The records of functions have no fields of more than four bytes.
		{pclnFile, `
		size = Rnd(size, int64(ctxt.Arch.PtrSize))
		startLocations[i] =`, `
		size = Rnd(size, 4)
		startLocations[i] =`},
	})
	if ok {
		files["cmd/link/internal/loader/gilkernel.go"] = loaderText
		files["cmd/link/internal/ld/gilkernel.go"] = ldText
		files["cmd/link/internal/ld/methods.go"] = methodsText
		files["cmd/link/internal/ld/bare.go"] = bareText
		files["cmd/link/internal/ld/fold.go"] = foldText
	}
	return files, ok
}
