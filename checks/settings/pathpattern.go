package settings

import (
	"regexp"
	"strings"
)

// maxPathPattern bounds the patterns that are tried.
const maxPathPattern = 1000

// coversPath reports whether a pattern of path-to-regexp 6, as Next.js has it in sources and matchers, covers a whole
// path. A negative look-ahead, which Go's regular expressions lack, is tried by itself on what follows it.
func coversPath(source, path string) (covers, known bool) {
	if len(source) > maxPathPattern || !strings.HasPrefix(source, "/") {
		return false, false
	}
	pattern, ahead := translatePath(source)
	re, err := regexp.Compile("^" + pattern + "$")
	if err != nil {
		return false, false
	}
	match := re.FindStringSubmatchIndex(path)
	if match == nil {
		return false, true
	}
	for group, not := range ahead {
		i := re.SubexpIndex(group)
		if i < 0 || match[2*i] < 0 {
			continue
		}
		refused, err := regexp.Compile("^(?:" + not + ")")
		if err != nil {
			return false, false
		}
		if refused.MatchString(path[match[2*i]:]) {
			return false, true
		}
	}
	return true, true
}

// translatePath turns :name, :name(pattern), (pattern) and their modifiers into a regular expression. ahead are the
// look-aheads that were taken out, by the name of the group that begins with them.
func translatePath(source string) (pattern string, ahead map[string]string) {
	ahead = map[string]string{}
	var b strings.Builder
	for i := 0; i < len(source); {
		rest := source[i:]
		prefix := ""
		if rest[0] == '/' && len(rest) > 1 && (rest[1] == ':' || rest[1] == '(') {
			prefix, rest = "/", rest[1:]
		}
		name := ""
		if rest[0] == ':' {
			end := 1
			for end < len(rest) && (rest[end] == '_' || rest[end] >= '0' && rest[end] <= '9' || rest[end]|0x20 >= 'a' && rest[end]|0x20 <= 'z') {
				end++
			}
			name, rest = rest[1:end], rest[end:]
		}
		inner, behind, isGroup := groupOf(rest)
		if name == "" && !isGroup {
			b.WriteString(regexp.QuoteMeta(source[i : i+1]))
			i++
			continue
		}
		if !isGroup {
			inner = `[^/]+?`
		}
		rest = rest[behind:]
		group := "g" + string(rune('a'+len(ahead)%26)) + strings.Repeat("x", len(ahead)/26)
		for strings.HasPrefix(inner, "(?!") {
			not, end, ok := groupOf(inner)
			if !ok {
				break
			}
			ahead[group] = strings.TrimPrefix(not, "?!")
			inner = inner[end:]
		}
		if ahead[group] != "" {
			inner = "(?P<" + group + ">" + inner + ")"
		}
		repeated, taken := repeat(prefix, inner, rest)
		b.WriteString(repeated)
		i = len(source) - len(rest) + taken
	}
	return b.String() + "/?", ahead
}

// repeat writes a group as often as its modifier, which rest may begin with, lets it stand. taken is the modifier's length.
func repeat(prefix, inner, rest string) (pattern string, taken int) {
	group := prefix + "(?:" + inner + ")"
	switch {
	case strings.HasPrefix(rest, "*"):
		return "(?:" + group + "(?:/(?:" + inner + "))*)?", 1
	case strings.HasPrefix(rest, "+"):
		return group + "(?:/(?:" + inner + "))*", 1
	case strings.HasPrefix(rest, "?"):
		return "(?:" + group + ")?", 1
	}
	return group, 0
}

// groupOf returns what is between the parenthesis that the text begins with and the one that closes it.
func groupOf(text string) (inner string, behind int, ok bool) {
	if !strings.HasPrefix(text, "(") {
		return "", 0, false
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[1:i], i + 1, true
			}
		}
	}
	return "", 0, false
}
