package kernelspec

// This file defines the search for installed kernels.

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Found is a kernel directory that a search came upon.
type Found struct {
	Name   string // in lower case, as Jupyter has it
	Dir    string
	Spec   *Spec // nil if it can't be read
	Err    error // why not
	Hidden bool  // another directory of that name comes earlier in the search
}

// Program returns the program that the kernel starts; "" if the spec can't be read.
func (f *Found) Program() string {
	if f.Spec == nil {
		return ""
	}
	return f.Spec.Command("", f.Dir)[0]
}

// Find lists the kernels in the given Jupyter data directories, sorted by name; of two with one name the one that
// Jupyter takes comes first and the other is Hidden. Directories that are missing or can't be read have none.
func Find(dataDirs []string) []Found {
	var all []Found
	taken := map[string]bool{}
	for _, data := range dataDirs {
		kernels := filepath.Join(data, "kernels")
		entries, err := os.ReadDir(kernels)
		if err != nil {
			continue
		}
		for _, e := range entries {
			dir := filepath.Join(kernels, e.Name())
			// Stat, not the entry's type: links to directories count.
			if info, err := os.Stat(filepath.Join(dir, "kernel.json")); err != nil || !info.Mode().IsRegular() {
				continue
			}
			f := Found{Name: strings.ToLower(e.Name()), Dir: dir}
			f.Spec, f.Err = Read(dir)
			f.Hidden = taken[f.Name]
			taken[f.Name] = true
			all = append(all, f)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}
