// Package sshd reads sshd_config(5): keywords with arguments, Match blocks and includes, and tells what is in effect.
package sshd

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Line is one setting.
type Line struct {
	Keyword string // in lower case: "permitrootlogin"
	Args    []string
	Match   string // the conditions of the block that it is in, "" for everybody
	Place   checks.Place
}

// Value is the arguments as one text.
func (l *Line) Value() string { return strings.Join(l.Args, " ") }

// File is one file in order; includes stand where they are written, as lines.
type File struct {
	Path  string
	Lines []Line
}

type memoKey struct{}

// Of reads the file once.
func Of(f *checks.File) *File {
	return checks.Memo(f, memoKey{}, func() *File { return read(f) })
}

// maxLines bounds the settings of a file, and of all that is included.
const maxLines = 10_000

func read(f *checks.File) *File {
	out, text, match := &File{Path: f.Path}, f.Text(), ""
	for at := 0; at < len(text) && len(out.Lines) < maxLines; {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		line, start := text[at:at+end], at
		at += end + 1
		words := split(line)
		if len(words) == 0 {
			continue
		}
		l := Line{Keyword: strings.ToLower(words[0]), Args: words[1:], Match: match}
		start += len(line) - len(strings.TrimLeft(line, " \t\f"))
		l.Place = f.Place(start, start+len(strings.TrimSpace(line)))
		if l.Keyword == "match" {
			match = strings.Join(l.Args, " ")
			if strings.EqualFold(match, "all") {
				match = ""
			}
			continue
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}

// split separates at blanks, the first time also at =; quotes group, and # begins a comment.
func split(line string) (words []string) {
	var b strings.Builder
	quote, started := byte(0), false
	end := func() {
		if started {
			words = append(words, b.String())
			b.Reset()
			started = false
		}
	}
	equals := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, started = c, true
		case quote == 0 && c == '#' && !started:
			return words
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r' || c == '\f'):
			end()
		case quote == 0 && c == '=' && !equals && (len(words) == 0 && started || len(words) == 1 && !started):
			equals = true
			end()
		default:
			b.WriteByte(c)
			started = true
		}
	}
	end()
	return words
}

// maxDepth bounds includes (servconf.c, SERVCONF_MAX_DEPTH).
const maxDepth = 16

// Joined are the lines of a main file with those of the files that it includes in their place. Files are those of the
// tree; a pattern below /etc/ssh is looked for beside the main file. missing are patterns of other places.
func Joined(main *File, files []*File) (lines []Line, missing []string) {
	budget := maxLines // of lines looked at: includes may include themselves
	var add func(f *File, match string, depth int)
	add = func(f *File, match string, depth int) {
		for _, l := range f.Lines {
			if budget--; budget < 0 {
				return
			}
			if l.Match == "" {
				l.Match = match
			}
			if l.Keyword != "include" {
				lines = append(lines, l)
				continue
			}
			for _, pattern := range l.Args {
				beside, ok := strings.CutPrefix(pattern, "/etc/ssh/")
				if !ok && strings.HasPrefix(pattern, "/") || depth >= maxDepth {
					missing = append(missing, pattern)
					continue
				}
				for _, other := range matching(files, path.Join(path.Dir(main.Path), beside)) {
					add(other, l.Match, depth+1)
				}
			}
		}
	}
	add(main, "", 0)
	return lines, missing
}

func matching(files []*File, pattern string) (out []*File) {
	for _, f := range files {
		if ok, err := path.Match(pattern, f.Path); ok && err == nil {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// several are keywords that may be given more than once, each time with effect.
var several = map[string]bool{"hostkey": true, "port": true, "listenaddress": true, "acceptenv": true, "allowusers": true, "denyusers": true,
	"allowgroups": true, "denygroups": true, "subsystem": true, "setenv": true, "hostcertificate": true}

// InEffect keeps the first line of each keyword, for everybody and in each Match block, whose value comes before that for
// everybody (sshd_config(5)). shadowed are the lines without effect.
func InEffect(lines []Line) (effective, shadowed []Line) {
	type key struct{ keyword, match string }
	seen := map[key]bool{}
	for _, l := range lines {
		k := key{l.Keyword, l.Match}
		if seen[k] && !several[l.Keyword] {
			shadowed = append(shadowed, l)
			continue
		}
		seen[k] = true
		effective = append(effective, l)
	}
	return effective, shadowed
}
