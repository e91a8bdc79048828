package permissions

import (
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/shell"
)

// mode is what chmod(1) is told: clauses that change a mode one after the other.
type mode []modeClause

// modeClause sets and clears bits; what neither names stays.
type modeClause struct{ set, clear uint32 }

var (
	octalMode    = regexp.MustCompile(`^[=+]?[0-7]{1,5}$`)
	symbolicMode = regexp.MustCompile(`^[ugoa]*([-+=][rwxXstugo]*)+(,[ugoa]*([-+=][rwxXstugo]*)+)*$`)
	clauseParts  = regexp.MustCompile(`[-+=][rwxXstugo]*`)
)

// parseMode reads an octal or symbolic mode.
func parseMode(text string) (m mode, ok bool) {
	if octalMode.MatchString(text) {
		n, _ := strconv.ParseUint(strings.TrimLeft(text, "=+"), 8, 32)
		return mode{{uint32(n) & 0o7777, 0o7777 &^ uint32(n)}}, true
	}
	if !symbolicMode.MatchString(text) {
		return nil, false
	}
	for clause := range strings.SplitSeq(text, ",") {
		who := clause[:strings.IndexAny(clause, "-+=")]
		for _, part := range clauseParts.FindAllString(clause[len(who):], -1) {
			m = append(m, symbolic(who, part[0], part[1:]))
		}
	}
	return m, true
}

// symbolic is one operation, such as go-w. Without a "who" the umask keeps the others' write bit out. X is taken for x:
// who can search or run is no matter here; a copy of another class's bits (o=u) is not known.
func symbolic(who string, op byte, perms string) modeClause {
	all := who == "" || strings.Contains(who, "a")
	var set, class uint32
	for i, w := range "ugo" {
		if !all && !strings.ContainsRune(who, w) {
			continue
		}
		shift := 6 - 3*uint32(i)
		class |= 7 << shift
		for j, p := range "rwx" {
			if strings.ContainsRune(perms, p) || p == 'x' && strings.ContainsRune(perms, 'X') {
				set |= 4 >> uint32(j) << shift
			}
		}
		if strings.ContainsRune(perms, 's') && w != 'o' {
			set |= 0o4000 >> uint32(i)
		}
	}
	if who == "" {
		set &^= 0o022
	}
	if strings.ContainsRune(perms, 't') {
		set |= modeSticky
	}
	switch {
	case op == '-':
		if who == "" && strings.ContainsRune(perms, 'w') {
			set |= 0o200
		}
		return modeClause{clear: set}
	case op == '=' && !strings.ContainsAny(perms, "ugo"):
		return modeClause{set: set, clear: class &^ set}
	}
	return modeClause{set: set}
}

// apply changes a mode of which only the known bits are known.
func (m mode) apply(known, bits uint32) (uint32, uint32) {
	for _, c := range m {
		known |= c.set | c.clear
		bits = bits&^c.clear | c.set
	}
	return known, bits
}

// grant is what a mode gives where nothing else is known.
type grant struct {
	othersWrite bool
	sticky      bool
	setuid      bool
}

func (m mode) grant() grant {
	_, bits := m.apply(0, 0)
	return grant{bits&othersW != 0, bits&modeSticky != 0, bits&modeSetuid != 0}
}

// change is what a command does to the mode or owner of paths.
type change struct {
	mode      string
	owner     string
	targets   []shell.Word
	recursive bool
}

// pathChange reads chmod, chown, install and mkdir.
func pathChange(program []shell.Word) (change, bool) {
	if len(program) < 2 {
		return change{}, false
	}
	switch program[0].Text {
	case "chmod", "chown":
		return changeWithOperand(program[0].Text == "chown", program[1:])
	case "install", "mkdir":
		return changeByOption(program[0].Text, program[1:])
	}
	return change{}, false
}

func changeWithOperand(owner bool, args []shell.Word) (c change, ok bool) {
	first := ""
	for _, a := range args {
		switch {
		case strings.HasPrefix(a.Text, "--reference"):
			return c, false
		case strings.HasPrefix(a.Text, "--") || isOptions(a.Text, "RvcfhHLP"):
			c.recursive = c.recursive || a.Text == "--recursive" || !strings.HasPrefix(a.Text, "--") && strings.Contains(a.Text, "R")
		case first == "" && a.Dynamic:
			return c, false
		case first == "":
			first = a.Text
		default:
			c.targets = append(c.targets, a)
		}
	}
	if owner {
		c.owner, _, _ = strings.Cut(first, ":")
	} else {
		c.mode = first
	}
	return c, (c.mode != "" || c.owner != "") && len(c.targets) > 0
}

func isOptions(text, letters string) bool {
	return len(text) > 1 && text[0] == '-' && strings.Trim(text[1:], letters) == ""
}

// changeByOption reads -m MODE, -mMODE, --mode=MODE and install's -o OWNER. Several operands of install are files and
// where they go; with -d, and for mkdir, each is a directory.
func changeByOption(name string, args []shell.Word) (c change, ok bool) {
	directories := name == "mkdir"
	for i := 0; i < len(args); i++ {
		option, value, operand := "", shell.Word{}, false
		option, value, i, operand = installOption(args, i)
		switch {
		case operand:
			c.targets = append(c.targets, args[i])
		case option == "m" && value.Dynamic:
			return c, false
		case option == "m":
			c.mode = value.Text
		case option == "o" && !value.Dynamic:
			c.owner = value.Text
		}
		directories = directories || option == "d"
	}
	if !directories && len(c.targets) > 1 {
		c.targets = c.targets[len(c.targets)-1:]
	}
	return c, (c.mode != "" || c.owner != "") && len(c.targets) > 0
}

// installOption reads the argument at i: a letter (m, o, d) and its value, or an operand. next is the last one read.
func installOption(args []shell.Word, i int) (option string, value shell.Word, next int, operand bool) {
	text := args[i].Text
	for long, letter := range map[string]string{"--mode": "m", "--owner": "o", "--group": "g", "--directory": "d"} {
		if rest, ok := strings.CutPrefix(text, long); ok && letter == "d" {
			return letter, value, i, false
		} else if ok && strings.HasPrefix(rest, "=") {
			return letter, shell.Word{Text: rest[1:], Dynamic: args[i].Dynamic}, i, false
		} else if ok && i+1 < len(args) {
			return letter, args[i+1], i + 1, false
		}
	}
	if len(text) < 2 || text[0] != '-' || text[1] == '-' {
		return "", value, i, text == "" || text[0] != '-'
	}
	for at := 1; at < len(text); at++ {
		switch letter := text[at : at+1]; letter {
		case "m", "o", "g":
			if at+1 < len(text) {
				return letter, shell.Word{Text: text[at+1:], Dynamic: args[i].Dynamic}, i, false
			}
			if i+1 < len(args) {
				return letter, args[i+1], i + 1, false
			}
		case "d":
			option = "d"
		case "S", "t":
			return option, value, min(i+1, len(args)-1), false
		}
	}
	return option, value, i, false
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
	m, ok := parseMode(text)
	return ok && m.grant().othersWrite
}
