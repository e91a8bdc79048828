package permissions

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
)

// shell judges chmod, install, mkdir -m, setfacl and umask.
func (j *sourceJudge) shell() { j.commands(j.file.Text(), nil) }

// commands judges the commands of a text. place is where it stands; nil for the file itself.
func (j *sourceJudge) commands(text string, place *checks.Place) {
	commands, _ := shell.Parse(text, nil)
	for _, c := range commands {
		program := c.Program()
		if len(program) == 0 {
			continue
		}
		program = fed(c.Words, program)
		for _, words := range append(shell.Found(program), program) {
			at := place
			if at == nil {
				p := j.file.Place(c.Start, c.Start)
				p.EndLine, p.EndColumn = 0, 0
				at = &p
			}
			j.command(words, *at)
		}
	}
}

func (j *sourceJudge) command(words []shell.Word, place checks.Place) {
	text := commandText(words)
	if ch, ok := pathChange(words); ok && ch.mode != "" {
		j.judged = true
		m, known := parseMode(ch.mode)
		if g := m.grant(); known && g.othersWrite && (!g.sticky || ch.recursive) && !deviceTargets(ch.targets) {
			j.failAt("world-writable", text, place, writableMessage, "chmod o-w on these paths, and chgrp with g+w for whoever writes. Undo: "+text)
		}
	}
	if targets, open := aclOpen(words); open && !deviceTargets(targets) {
		j.failAt("world-writable", text, place, writableMessage, "setfacl -m o::r-x on these paths, and an entry for who must write. Undo: "+text)
	}
	if umaskOpen(words) {
		j.failAt("umask", text, place, umaskMessage, "umask 022, or 027. Undo: "+text)
	}
}

// deviceTargets reports paths that are all below /dev, /proc or /sys, whose modes last until the next boot.
func deviceTargets(targets []shell.Word) bool {
	for _, t := range targets {
		if !strings.HasPrefix(t.Text, "/dev/") && !strings.HasPrefix(t.Text, "/proc/") && !strings.HasPrefix(t.Text, "/sys/") {
			return false
		}
	}
	return len(targets) > 0
}

// makefile judges the recipes of make, as of debian/rules: a recipe's lines are shell, in which $(NAME) is not known.
func (j *sourceJudge) makefile() {
	j.someLines(func(line string) bool { return strings.HasPrefix(line, "\t") }, "@-+")
}

// someLines judges those lines as shell, each where it stands. What is in front of the command is left out.
func (j *sourceJudge) someLines(shell func(line string) bool, front string) {
	var b strings.Builder
	continues := false
	for line := range strings.Lines(j.file.Text()) {
		body := strings.TrimRight(line, "\r\n")
		if continues || shell(body) {
			trimmed := strings.TrimLeft(body, " \t"+front)
			b.WriteString(strings.Repeat(" ", len(body)-len(trimmed)) + strings.ReplaceAll(trimmed, "$$", "$ "))
			continues = strings.HasSuffix(body, `\`)
		} else {
			b.WriteString(strings.Repeat(" ", len(body)))
		}
		b.WriteString(line[len(body):])
	}
	j.commands(b.String(), nil)
}
