package server

// This file defines what is done with a byte order mark, which editors of Windows put before a text, and which comes
// along when the text is pasted. It is invisible, so users shouldn't have to remove it.

import "strings"

// mark is the byte order mark in UTF-8.
const mark = "\ufeff"

// withoutMark returns code without a byte order mark at its beginning, and at the beginning of what
// stands below the line of a cell magic.
func withoutMark(code string) string {
	code = strings.TrimPrefix(code, mark)
	if strings.HasPrefix(code, "%%") {
		if head, body, ok := strings.Cut(code, "\n"); ok {
			return head + "\n" + strings.TrimPrefix(body, mark)
		}
	}
	return code
}

// cutMark returns code without a byte order mark at its beginning, and by how many code points positions
// in code are larger than in rest.
func cutMark(code string) (rest string, shift int) {
	if rest, ok := strings.CutPrefix(code, mark); ok {
		return rest, 1
	}
	return code, 0
}
