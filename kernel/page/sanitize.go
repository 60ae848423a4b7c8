package page

// This file defines which HTML of a notebook is kept: roughly what JupyterLab's sanitizer keeps. A notebook may be a
// stranger's; a page of it is opened from the disk, where a script may read more than on the web.

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy returns the policy for Markdown and for outputs that weren't made just now: text, tables,
// links and pictures; no scripts, no handlers, no frames, no forms, no styles that could lay something
// over the page.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.UGCPolicy()
	word := regexp.MustCompile(`^[\w\-. :]*$`)
	p.AllowAttrs("class", "role").Matching(word).Globally() // the highlighter's, the footnotes'
	p.AllowAttrs("id").Matching(word).Globally()
	p.AllowAttrs("width", "height", "align").Matching(regexp.MustCompile(`^[\w%.]*$`)).OnElements("img", "table", "td",
		"th", "tr", "p", "div", "h1", "h2", "h3")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input") // task lists
	p.AllowAttrs("checked", "disabled").OnElements("input")
	p.AllowAttrs("open").OnElements("details")
	p.AllowElements("details", "summary", "kbd", "samp", "var", "mark", "center", "font")
	p.AllowAttrs("color").Matching(regexp.MustCompile(`^[\w#]*$`)).OnElements("font")
	p.AllowStyles("color", "background-color", "text-align", "font-weight", "font-style", "text-decoration", "border-left",
		"overflow-x").
		MatchingHandler(plainStyle).Globally()
	// A browser runs no script in a picture.
	picture := regexp.MustCompile(`^image/(png|jpeg|gif|webp|bmp|svg\+xml);base64,[A-Za-z0-9+/=]*$`)
	p.AllowURLSchemeWithCustomPolicy("data", func(u *url.URL) bool { return picture.MatchString(u.Opaque) })
	p.RequireNoFollowOnLinks(false) // the page is no web site
	return p
}

// plainStyle reports whether the value of a style is words, numbers and colours: nothing that loads.
func plainStyle(value string) bool {
	return strings.Trim(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz0123456789#%., -()") == "" &&
		!strings.Contains(strings.ToLower(value), "url") && !strings.Contains(strings.ToLower(value), "expression")
}
