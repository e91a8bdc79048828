package permissions

import (
	"strings"

	"hardcheck/checks/internal/parse/shell"
)

// aclOpen reports a setfacl(1) that lets others write, and the paths it is told: -m o::rwx, --modify=other:rw, d:o::w.
func aclOpen(program []shell.Word) (targets []shell.Word, ok bool) {
	if len(program) < 3 || program[0].Text != "setfacl" {
		return nil, false
	}
	for i := 1; i < len(program); i++ {
		text := program[i].Text
		entries, long := strings.CutPrefix(text, "--modify=")
		if set, found := strings.CutPrefix(text, "--set="); found {
			entries, long = set, true
		}
		short := text == "--modify" || text == "--set" || len(text) > 1 && text[0] == '-' && text[1] != '-' && strings.HasSuffix(text, "m")
		switch {
		case long:
			ok = ok || entryOpens(entries)
		case short && i+1 < len(program):
			i++
			ok = ok || !program[i].Dynamic && entryOpens(program[i].Text)
		case !strings.HasPrefix(text, "-"):
			targets = append(targets, program[i])
		}
	}
	return targets, ok
}

// entryOpens reports an entry of an access control list (acl(5)) for others with the right to write, a default one too.
func entryOpens(entries string) bool {
	for entry := range strings.SplitSeq(entries, ",") {
		fields := strings.Split(strings.TrimSpace(entry), ":")
		if fields[0] == "d" || fields[0] == "default" {
			fields = fields[1:]
		}
		if len(fields) < 2 || fields[0] != "o" && fields[0] != "other" {
			continue
		}
		if last := fields[len(fields)-1]; strings.ContainsAny(last, "w2367") {
			return true
		}
	}
	return false
}

// fed adds to a program that xargs runs what it is given: paths that are not known.
func fed(words, program []shell.Word) []shell.Word {
	for _, w := range words {
		if w.Text == program[0].Text {
			return program
		}
		if w.Text == "xargs" {
			return append(program[:len(program):len(program)], shell.Word{Text: "...", Dynamic: true})
		}
	}
	return program
}
