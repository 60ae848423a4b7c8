package unit

// This file defines to which type a declaration of a method belongs.

import "go/ast"

// Receiver returns the name of the type that a method belongs to, by its declaration alone: "T" for func (x *T[K]) m().
// It is "" for a function, and for a receiver that no method may have.
func Receiver(fd *ast.FuncDecl) string {
	if fd.Recv == nil || len(fd.Recv.List) != 1 {
		return ""
	}
	t := fd.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
