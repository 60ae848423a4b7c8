package assist

// This file defines how a table in documentation, which "go doc" shows as columns, becomes one of Markdown: columns of
// code are wider than a page.

import "strings"

// columns returns where the columns of a table begin: the words of its first line that have two spaces before them.
func columns(head []rune) []int {
	at := []int{0}
	for i := 2; i < len(head); i++ {
		if head[i] != ' ' && head[i-1] == ' ' && head[i-2] == ' ' {
			at = append(at, i)
		}
	}
	return at
}

// cells cuts a line at its columns. One that is longer than its column ends at the next two spaces.
func cells(line []rune, at []int) []string {
	list := make([]string, len(at))
	from := 0
	for j := range at {
		to := len(line)
		if j+1 < len(at) && at[j+1] < len(line) {
			to = max(at[j+1], from, 2)
			for line[at[j+1]-1] != ' ' && to < len(line) && (line[to-1] != ' ' || line[to-2] != ' ') {
				to++
			}
		}
		list[j] = strings.TrimSpace(string(line[min(from, len(line)):to]))
		from = to
	}
	return list
}

// tableMarkdown returns a block of code lines as a Markdown table, "" if they are none. All columns but the last of
// three hold code.
func tableMarkdown(block []string, escape func(string) string) string {
	if len(block) < 3 || !strings.HasPrefix(block[0], "\tPython  ") {
		return ""
	}
	at := columns([]rune(strings.TrimPrefix(block[0], "\t")))
	if len(at) < 2 {
		return ""
	}
	var b strings.Builder
	for i, line := range block {
		b.WriteByte('|')
		for j, cell := range cells([]rune(strings.TrimPrefix(line, "\t")), at) {
			switch {
			case cell == "" || i == 0 || j == 2 || cell == "—":
				cell = escape(cell)
			case strings.Contains(cell, "`"):
				cell = "`` " + strings.ReplaceAll(cell, "|", `\|`) + " ``"
			default:
				cell = "`" + strings.ReplaceAll(cell, "|", `\|`) + "`"
			}
			b.WriteString(" " + cell + " |")
		}
		b.WriteByte('\n')
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(at)) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
