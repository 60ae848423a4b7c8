// Package unit defines a checked cell, or a package of a module that cells import: what the session of cells hands to
// the engine that runs it. It is syntax as it was typed, with all that go/types knows about it; an engine needn't parse
// or check anything.
package unit

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Path is the path of every cell's package: unexported names are then visible across cells.
const Path = "main"

// GoVersion is the language of cells, whichever Go the program is built with: the session checks it and the engine
// compiles it.
const GoVersion = "go1.26"

// A Unit is one checked cell with the earlier definitions that are compiled again because of it. Objects of earlier
// units are the same objects here: an engine knows definitions by their types.Object. It isn't changed once it is made.
type Unit struct {
	// Name is unique among the units of the session, and the same in every process that compiles the same log.
	Name string
	Fset *token.FileSet
	Info *types.Info
	// Decls are the declarations, functions with their bodies.
	Decls []ast.Decl
	// Entry is a function whose body is the cell's statements; nil: there are none. What a statement of the body itself
	// declares, by := or var, is a package variable if Vars has it: the statement assigns to it.
	Entry *ast.FuncDecl
	// InitAt is how many of Entry's statements come before the calls of the functions named init. Without Entry, they
	// are called once the package variables have their values.
	InitAt int
	// Vars are the package variables that the statements of Entry declare. Some may be variables of earlier units,
	// whose places they keep.
	Vars []*types.Var
	// Value says what to do with the value of Entry's last statement, an expression; nil: it is a statement like
	// others.
	Value *Value
	// Main is the function to call after Entry's statements; nil: none.
	Main *types.Func
	// Objects are the functions and methods as other units see them. Their bodies were checked after all signatures
	// were known, so that Info.Defs has another object for them.
	Objects map[*ast.FuncDecl]*types.Func
	// Extends are the types of earlier units that Decls has methods for.
	Extends []*types.Named
	// Stale are functions of earlier units that no longer fit what this one defines.
	Stale []Stale
	// Package is the module's package that the unit is, whole; nil: a cell.
	Package *types.Package
	// Checks says that a thread may lose the GIL in the code of a module's package, as in that of cells.
	Checks bool
	// Embeds are the variables of a module's package that begin with the contents of files.
	Embeds []Embed
	// Forget are variables and functions of earlier units that no later unit mentions.
	Forget []types.Object
}

// A Value is the value of a cell's last expression.
type Value struct {
	// Type is what the value is converted to, nil for an expression with several values or for nil.
	Type types.Type
	// Out is the variable that keeps it for later units; nil: none does.
	Out *types.Var
	// Drop says that it isn't shown.
	Drop bool
}

// An Embed is a variable with a directive //go:embed: a string, a []byte, or an embed.FS.
type Embed struct {
	Var   *types.Var
	Files []File
}

// A File is one that a module's package embeds.
type File struct {
	Name string // relative to the package's folder, with slashes
	Data []byte
}

// A Stale function panics with a sentence that says why it can't be called.
type Stale struct {
	Func *types.Func
	Why  string
}
