package assist_test

// This file tests what leads the answers about Python's modules: examples and tables.

import (
	"regexp"
	"strings"
	"testing"

	"gilkernel/kernel/assist"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
)

// Each class that a function makes has an example of three lines, which compiles, at the head of what is said.
func TestExamplesLead(t *testing.T) {
	for _, module := range []string{"threading", "queue"} {
		for _, name := range std.Exports("gilkernel/runtime/" + module) {
			if !strings.HasPrefix(name, "New") || strings.HasPrefix(name, "NewInner") {
				continue
			}
			for _, word := range []string{module + "." + name, module + "." + strings.TrimPrefix(name, "New")} {
				found, ok := assist.New(session.New(nil), nil).Inspect(word, len(word), 0)
				if !ok {
					t.Errorf("nothing is known of %s", word)
					continue
				}
				example, _, _ := strings.Cut(found.Plain, "\n\n")
				if strings.Count(example, "\n") != 2 || !strings.Contains(example, name) {
					t.Errorf("%s leads with\n%s", word, example)
				}
				if _, err := session.New(nil).Compile("In[1]", example); err != nil {
					t.Errorf("%s: %v\n%s", word, err, example)
				}
			}
		}
	}
	for _, word := range []string{"futures.ThreadPoolExecutor", "asyncio.Run", "threading.Timeout",
		"threading.CurrentThread", "display.HTML"} {
		found, _ := assist.New(session.New(nil), nil).Inspect(word, len(word), 0)
		example, _, _ := strings.Cut(found.Plain, "\n\n")
		if _, err := session.New(nil).Compile("In[1]", example); err != nil || strings.HasPrefix(example, "func") ||
			strings.HasPrefix(example, "type") {
			t.Errorf("%s: %v\n%s", word, err, example)
		}
	}
}

// A module's table is one of Markdown, whose cells wrap: its longest word fits a page of 1100 px, some 130 characters
// of code in three columns.
func TestModuleIsATable(t *testing.T) {
	for _, module := range []string{"threading", "queue", "futures", "asyncio"} {
		found, ok := assist.New(session.New(nil), nil).Inspect(module, len(module), 0)
		if !ok {
			t.Fatal(module)
		}
		if module == "futures" && !strings.Contains(found.Markdown, "func(ex *ThreadPoolExecutor) { … })` |  |") {
			t.Errorf("a cell that is longer than its column is cut: %s", found.Markdown)
		}
		if module == "threading" && !strings.Contains(found.Markdown, "| Python | Go | what differs, and why |\n"+
			"| --- | --- | --- |\n| `Thread(target=f, args=(1, 2))` | `NewThread(f, Args(1, 2))` | no group") {
			t.Errorf("%s has no table:\n%.2000s", module, found.Markdown)
		}
		if strings.Contains(found.Plain, "\tPython  ") && !strings.Contains(found.Markdown, "| --- |") {
			t.Errorf("%s: the table isn't one", module)
		}
		for line := range strings.Lines(found.Markdown) {
			if strings.HasPrefix(line, "| ") && len(regexp.MustCompile(` \| `).FindAllString(line, -1)) != 2 {
				t.Errorf("%s: %s", module, line)
			}
		}
	}
}
