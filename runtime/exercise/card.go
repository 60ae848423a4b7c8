package exercise

// This file defines what the learner is shown.

import "strings"

// A Card is a text to read. It is shown when it is a cell's last expression. The zero Card is empty. Nothing changes a
// Card, so its methods may be called concurrently.
type Card struct{ markdown string }

func card(markdown string) *Card { return &Card{strings.TrimSpace(markdown)} }

// String returns the text without the marks of Markdown that get in the way of reading.
func (c *Card) String() string { return plain(c.markdown) }

// Markdown returns the text as Markdown.
func (c *Card) Markdown() string { return c.markdown }

// MIMEBundle returns the text in both forms.
func (c *Card) MIMEBundle() map[string]any {
	return map[string]any{"text/markdown": c.markdown, "text/plain": c.String()}
}

// plain takes Markdown's marks out of a text.
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
