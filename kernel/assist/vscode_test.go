package assist_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gilkernel/kernel/assist"
	"gilkernel/kernel/session"
)

// VS Code asks a kernel for completions as these characters are typed, in a folder with our settings: each of them is
// where something can be completed.
func TestTriggersOfVSCode(t *testing.T) {
	text, err := os.ReadFile("../../.vscode/settings.json")
	if err != nil {
		t.Fatal(err)
	}
	var settings struct {
		Triggers map[string][]string `json:"jupyter.completionTriggerCharacters"`
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		t.Fatal(err)
	}
	typed := map[string]string{".": "fmt.", `"`: `import "`, "/": `import "net/`, "%": "%"}
	if len(settings.Triggers["go"]) != len(typed) {
		t.Errorf("%q, want %d characters", settings.Triggers["go"], len(typed))
	}
	for _, char := range settings.Triggers["go"] {
		code := typed[char]
		c := assist.New(session.New(nil), nil).Complete("", code, len(code))
		if !strings.HasSuffix(code, char) || len(c.Matches) == 0 {
			t.Errorf("nothing is completed behind %q", char)
		}
	}
}
