package link

// This file defines the names of the engines, which both processes, the commands and the environment know.

import (
	"fmt"
	"slices"
	"strings"
)

// EngineVariable is the environment variable with the engine that runs cells.
const EngineVariable = "GILKERNEL_ENGINE"

// The engines.
const (
	EngineExec  = "exec"
	EngineYaegi = "yaegi"
)

// Engines returns the names of the engines, the default first.
func Engines() []string { return []string{EngineExec, EngineYaegi} }

// CheckEngine returns an error, one sentence, unless name is the name of an engine or "".
func CheckEngine(name string) error {
	if name == "" || slices.Contains(Engines(), name) {
		return nil
	}
	return fmt.Errorf("there is no engine %q: use %s", name, strings.Join(Engines(), " or "))
}
