package exercise

// This file defines the texts that the learner reads.

import "strings"

// A Card is a text to read. It is shown when it is a cell's last expression. The zero Card is empty. A Card is
// immutable, so its methods are safe for concurrent use.
type Card struct{ markdown string }

func card(markdown string) *Card { return &Card{strings.TrimSpace(markdown)} }

// String returns the text without Markdown's markup.
func (c *Card) String() string { return plain(c.markdown) }

// Markdown returns the text as Markdown.
func (c *Card) Markdown() string { return c.markdown }

// MIMEBundle returns the text in both forms.
func (c *Card) MIMEBundle() map[string]any {
	return map[string]any{"text/markdown": c.markdown, "text/plain": c.String()}
}

// plain removes Markdown's markup from a text.
func plain(markdown string) string {
	var lines []string
	code := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		if code {
			lines = append(lines, "    "+line)
			continue
		}
		if strings.HasPrefix(line, "|--") {
			continue
		}
		line = strings.TrimLeft(line, "#")
		line = strings.NewReplacer("**", "", "`", "", "*", "").Replace(line)
		lines = append(lines, strings.TrimPrefix(line, " "))
	}
	return strings.Join(lines, "\n")
}
