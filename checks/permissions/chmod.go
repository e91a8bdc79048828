package permissions

import (
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/shell"
)

// grant is what a mode gives beyond the ordinary.
type grant struct {
	othersWrite bool
	sticky      bool
	setuid      bool
}

var (
	octalMode    = regexp.MustCompile(`^[=+]?[0-7]{1,5}$`)
	symbolicMode = regexp.MustCompile(`^[ugoa]*([-+=][rwxXstugo]*)+(,[ugoa]*([-+=][rwxXstugo]*)+)*$`)
	clauseParts  = regexp.MustCompile(`[-+=][rwxXstugo]*`)
)

// parseMode evaluates an octal or symbolic mode as chmod(1) does: without a "who", the umask keeps others out.
func parseMode(text string) (g grant, ok bool) {
	if octalMode.MatchString(text) {
		n, _ := strconv.ParseUint(strings.TrimLeft(text, "=+"), 8, 32)
		return grant{othersWrite: n&0o002 != 0, sticky: n&0o1000 != 0, setuid: n&0o4000 != 0}, true
	}
	if !symbolicMode.MatchString(text) {
		return grant{}, false
	}
	for clause := range strings.SplitSeq(text, ",") {
		g.clause(clause)
	}
	return g, true
}

func (g *grant) clause(text string) {
	who := text[:strings.IndexAny(text, "-+=")]
	for _, part := range clauseParts.FindAllString(text[len(who):], -1) {
		op, perms := part[0], part[1:]
		has := func(perm, to string, bit *bool) {
			switch {
			case !strings.ContainsAny(who, to):
			case strings.Contains(perms, perm):
				*bit = op != '-'
			case op == '=':
				*bit = false
			}
		}
		has("w", "oa", &g.othersWrite)
		if who == "" {
			who = "a"
		}
		has("s", "ua", &g.setuid)
		if strings.Contains(perms, "t") {
			g.sticky = op != '-'
		}
	}
}

// change is a mode that a command sets.
type change struct {
	mode      string
	targets   []string // where known
	recursive bool
}

// modeChange reads chmod, install and mkdir with a mode that is known.
func modeChange(program []shell.Word) (change, bool) {
	if len(program) < 2 {
		return change{}, false
	}
	switch program[0].Text {
	case "chmod":
		return chmodChange(program[1:])
	case "install", "mkdir":
		return optionChange(program[1:])
	}
	return change{}, false
}

func chmodChange(args []shell.Word) (c change, ok bool) {
	for _, a := range args {
		switch {
		case strings.HasPrefix(a.Text, "--reference"):
			return c, false
		case strings.HasPrefix(a.Text, "--") || isOptions(a.Text, "Rvcf"):
			c.recursive = c.recursive || a.Text == "--recursive" || !strings.HasPrefix(a.Text, "--") && strings.Contains(a.Text, "R")
		case c.mode == "" && a.Dynamic:
			return c, false
		case c.mode == "":
			c.mode = a.Text
		default:
			c.targets = append(c.targets, a.Text)
		}
	}
	return c, c.mode != ""
}

func isOptions(text, letters string) bool {
	return len(text) > 1 && text[0] == '-' && strings.Trim(text[1:], letters) == ""
}

// optionChange reads -m MODE, -mMODE and --mode=MODE.
func optionChange(args []shell.Word) (c change, ok bool) {
	for i := 0; i < len(args); i++ {
		text := args[i].Text
		value, long := strings.CutPrefix(text, "--mode=")
		at := strings.IndexByte(text, 'm')
		short := strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "--") && at > 0 && strings.Trim(text[1:at], "bcCdDpsTvZ") == ""
		switch {
		case long:
		case short && at+1 < len(text):
			value = text[at+1:]
		case (short || text == "--mode") && i+1 < len(args):
			i++
			value = args[i].Text
		case !strings.HasPrefix(text, "-"):
			c.targets = append(c.targets, text)
			continue
		default:
			continue
		}
		if args[i].Dynamic {
			return c, false
		}
		c.mode = value
	}
	return c, c.mode != ""
}

// umaskOpen reports a umask that leaves others the right to write.
func umaskOpen(program []shell.Word) bool {
	if len(program) != 2 || program[0].Text != "umask" || program[1].Dynamic {
		return false
	}
	text := program[1].Text
	if octalMode.MatchString(text) {
		n, _ := strconv.ParseUint(text, 8, 32)
		return n&0o002 == 0
	}
	g, ok := parseMode(text)
	return ok && g.othersWrite
}
