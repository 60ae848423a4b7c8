// Package kernelspec keeps the directories that tell Jupyter how to start a kernel.
package kernelspec

// This file defines Spec, the content of a kernel.json.

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Name is the default name of our kernel.
const Name = "gilkernel"

// placeholder stands in the template for the program's path.
const placeholder = "{gilkernel}"

// marker is the key in a spec's metadata by which we know our own. A name would not do: a user may install under
// any, and any other kernel may be installed under ours.
const marker = "gilkernel"

// Spec is a kernel.json, as jupyter_client's documentation of kernelspecs describes it.
type Spec struct {
	Argv            []string          `json:"argv"`
	DisplayName     string            `json:"display_name"`
	Language        string            `json:"language"`
	InterruptMode   string            `json:"interrupt_mode,omitempty"`
	ProtocolVersion string            `json:"kernel_protocol_version,omitempty"`
	Env             map[string]string `json:"env,omitempty"`
	Metadata        map[string]any    `json:"metadata,omitempty"`
}

// FromTemplate returns the spec that the template describes for the program at the given absolute path. version is
// kept in the metadata, so that a later program can tell what it finds.
func FromTemplate(template []byte, program, version string) (*Spec, error) {
	var s Spec
	if err := json.Unmarshal(template, &s); err != nil {
		return nil, fmt.Errorf("reading the template of kernel.json: %w", err)
	}
	// The path is put in after decoding: a path with a backslash or a quote would not survive in the text.
	found := false
	for i, arg := range s.Argv {
		if strings.Contains(arg, placeholder) {
			s.Argv[i] = strings.ReplaceAll(arg, placeholder, program)
			found = true
		}
	}
	if !found {
		return nil, fmt.Errorf("reading the template of kernel.json: no argument holds %s", placeholder)
	}
	if s.Metadata == nil {
		s.Metadata = map[string]any{}
	}
	s.Metadata[marker] = map[string]any{"version": version}
	return &s, nil
}

// Read returns the spec in a kernel directory.
func Read(dir string) (*Spec, error) {
	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		return nil, fmt.Errorf("reading a kernelspec: %w", err)
	}
	var s Spec
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("reading %s: %w", filepath.Join(dir, "kernel.json"), err)
	}
	if len(s.Argv) == 0 {
		return nil, fmt.Errorf("reading %s: %w", filepath.Join(dir, "kernel.json"), errors.New("argv is missing"))
	}
	return &s, nil
}

// Ours says whether a program of this project wrote the spec. It is false for nil.
func (s *Spec) Ours() bool {
	if s == nil {
		return false
	}
	_, ok := s.Metadata[marker]
	return ok
}

// Packaged says whether the program is in the kernel's own folder, as a wheel puts it there: folder and program are the
// package manager's. It is false for nil.
func (s *Spec) Packaged() bool {
	return s != nil && len(s.Argv) > 0 && strings.HasPrefix(s.Argv[0], "{resource_dir}")
}

// Command returns the argv for a kernel with the given connection file, with the spec's placeholders filled in as
// jupyter_client does.
func (s *Spec) Command(connectionFile, resourceDir string) []string {
	argv := slices.Clone(s.Argv)
	r := strings.NewReplacer("{connection_file}", connectionFile, "{resource_dir}", resourceDir)
	for i := range argv {
		argv[i] = r.Replace(argv[i])
	}
	return argv
}

// encode writes the JSON as a person would: indented, with < and > as they are.
func (s *Spec) encode() ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("encoding kernel.json: %w", err)
	}
	return []byte(b.String()), nil
}

// CheckName returns an error unless name may be a kernel's: jupyter_client allows ASCII letters and digits, and the
// separators ".", "_" and "-". We refuse "." and ".." too, which it would let through and which are no directories
// of ours.
func CheckName(name string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9._-]+$`).MatchString(name) || name == "." || name == ".." {
		return fmt.Errorf("%q can't be a kernel's name: only letters, digits, and the signs . _ - are allowed", name)
	}
	return nil
}
