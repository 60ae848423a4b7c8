package magic

// This file defines %%python, which runs the real Python of the computer where there is one.

import (
	"context"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// noPython is what %%python prints where there is no Python 3. It isn't an error: a lesson shows the real Python beside its own
// cells, and must run to its end without one.
const noPython = "No Python 3 was found on this computer's PATH, so this cell ran nothing. To run it, install Python 3; the other cells don't need it.\n"

// python runs the body of a cell in Python 3.
func python(ctx context.Context, c call) error {
	program := c.python3()
	if program == "" {
		c.k.Stream("stdout", noPython)
		return nil
	}
	return script(program)(ctx, c)
}

// python3 returns the path of a Python 3 on the PATH of the cells, or "": that of python3, of python unless it is a
// Python 2, or else of the newest python3.N, as some systems install no other name.
func (c call) python3() string {
	if found, err := c.find("python3"); err == nil {
		return found
	}
	if found, err := c.find("python"); err == nil && !isPython2(found) {
		return found
	}
	if runtime.GOOS == "windows" { // its installers provide python
		return ""
	}
	best, newest := "", -1
	for _, dir := range c.path() {
		files, _ := filepath.Glob(filepath.Join(dir, "python3.*"))
		for _, file := range files {
			if m := versioned.FindStringSubmatch(filepath.Base(file)); m != nil && executable(file) {
				if minor, _ := strconv.Atoi(m[1]); minor > newest {
					best, newest = file, minor
				}
			}
		}
	}
	return best
}

// versioned matches the name of one version's interpreter, not that of a tool such as python3.13-config. One with a GIL comes
// before one without (python3.13t), because Glob sorts.
var versioned = regexp.MustCompile(`^python3\.([0-9]+)t?$`)

// isPython2 reports whether a program is a Python 2, by the name that its links lead to.
func isPython2(program string) bool {
	target, err := filepath.EvalSymlinks(program)
	return err == nil && strings.HasPrefix(filepath.Base(target), "python2")
}
