package packages

// This file defines bodies in Go for functions that have none: those of golang.org/x/sys and x/net, which many modules
// use, and which need only the system and the processor.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"strings"
)

// bodyOf returns the body of a function, which uses only what the function's file imports; "" if there is none. By
// these bodies, the processor has only its baseline features.
func bodyOf(path, name string) string {
	switch path {
	case "golang.org/x/sys/unix":
		switch name {
		case "Syscall", "RawSyscall":
			return "{ return syscall." + name + "(trap, a1, a2, a3) }"
		case "Syscall6", "RawSyscall6":
			return "{ return syscall." + name + "(trap, a1, a2, a3, a4, a5, a6) }"
		case "SyscallNoError":
			return "{ r1, r2, _ = Syscall(trap, a1, a2, a3); return }"
		case "RawSyscallNoError":
			return "{ r1, r2, _ = RawSyscall(trap, a1, a2, a3); return }"
		case "gettimeofday":
			return "{ var t syscall.Timeval; if e, ok := syscall.Gettimeofday(&t).(syscall.Errno); ok { return e }; " +
				"tv.Sec, tv.Usec = t.Sec, t.Usec; return 0 }"
		case "syscall_prlimit":
			return "{ _, _, e := RawSyscall6(SYS_PRLIMIT64, uintptr(pid), uintptr(resource), " +
				"uintptr(unsafe.Pointer(newlimit)), uintptr(unsafe.Pointer(old)), 0, 0); " +
				"if e != 0 { return e }; return nil }"
		case "vgetrandom":
			return "{ return -1, false }"
		case "runtime_getAuxv":
			return "{ return nil }"
		}
	case "golang.org/x/net/internal/socket":
		length := map[string]string{"syscall_getsockopt": "uintptr(unsafe.Pointer(vallen))",
			"syscall_setsockopt": "vallen"}[name]
		if length == "" {
			return ""
		}
		return "{ if _, _, e := unix.Syscall6(unix.SYS_" + strings.ToUpper(strings.TrimPrefix(name, "syscall_")) +
			", uintptr(s), uintptr(level), uintptr(name), uintptr(val), " + length +
			", 0); e != 0 { return e }; return nil }"
	case "golang.org/x/sys/cpu":
		switch name {
		case "cpuid", "xgetbv":
			return "{ return }"
		case "getisar0", "getisar1", "getmmfr1", "getpfr0", "getzfr0":
			return "{ return 0 }"
		case "runtime_getAuxv":
			return "{ return nil }"
		}
	}
	return ""
}

// bodies adds a body to each function that has none. It returns an error for the first function for which bodyOf has
// none.
func (s *sources) bodies(path string) error {
	for _, f := range s.files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body != nil {
				continue
			}
			at := s.fset.Position(fd.Pos())
			text := ""
			if fd.Recv == nil {
				text = bodyOf(path, fd.Name.Name)
			}
			if text == "" {
				return fmt.Errorf("%s:%d: the function %s has no body in Go, but in assembly or by linkname, "+
					"which can't be interpreted", at.Filename, at.Line, fd.Name.Name)
			}
			file, err := parser.ParseFile(s.fset, at.Filename, fmt.Sprintf("package p\n//line %s:%d\nfunc _() %s",
				at.Filename, at.Line, text), parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			fd.Body = file.Decls[0].(*ast.FuncDecl).Body
		}
	}
	return nil
}
