package permissions

import (
	"path"
	"strings"

	"hardcheck/checks"
)

// cron adds the tables of cron, the jobs of root in them, and the directories that run-parts goes through.
func (r *rootRuns) cron() {
	r.crontab("etc/crontab", true)
	r.crontab("etc/anacrontab", false)
	r.dir("etc/cron.d", "cron's directory of tables", func(name string) {
		if !strings.Contains(path.Base(name), ".") {
			r.crontab(name, true)
		}
	})
	for _, name := range []string{"var/spool/cron/crontabs", "var/spool/cron"} {
		if r.text(name+"/root") != "" {
			r.crontab(name+"/root", false)
		}
	}
	for _, period := range []string{"hourly", "daily", "weekly", "monthly", "yearly"} {
		r.dir("etc/cron."+period, "cron's directory of "+period+" jobs", func(name string) {
			if text := r.file(name, "a "+period+" cron job"); strings.HasPrefix(text, "#!") {
				r.script(text, "a "+period+" cron job", checks.Place{Path: name})
			}
		})
	}
}

// crontab reads a table (crontab(5)): five fields or a name with @, the user where the table has one, the command.
func (r *rootRuns) crontab(name string, withUser bool) {
	n := 0
	for line := range strings.Lines(r.file(name, "a table of cron")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || cronAssignment(line) {
			continue
		}
		skip := 5
		switch {
		case line[0] == '@':
			skip = 1
		case path.Base(name) == "anacrontab":
			skip = 3
		}
		user := "root"
		for i := 0; i < skip || withUser && i == skip; i++ {
			field, rest := firstField(line)
			if i == skip {
				user = field
			}
			line = rest
		}
		if user == "root" && line != "" {
			command, _, _ := strings.Cut(strings.ReplaceAll(line, `\%`, "\x00"), "%") // what follows a % is input
			r.script(strings.ReplaceAll(command, "\x00", "%"), "a cron job", checks.Place{Path: name, Line: n})
		}
	}
}

// firstField splits a line behind its first word.
func firstField(line string) (field, rest string) {
	end := strings.IndexAny(line, " \t")
	if end < 0 {
		return line, ""
	}
	return line[:end], strings.TrimLeft(line[end:], " \t")
}

// cronAssignment reports NAME = value.
func cronAssignment(line string) bool {
	name, _, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	return ok && name != "" && !strings.ContainsAny(name, " \t*/@")
}

// logrotate adds its configuration and the scripts in it, which run as root.
func (r *rootRuns) logrotate() {
	read := func(name string) {
		var script strings.Builder
		n, begin := 0, 0
		for line := range strings.Lines(r.file(name, "the configuration of logrotate")) {
			n++
			switch word := strings.TrimSpace(line); {
			case word == "postrotate" || word == "prerotate" || word == "firstaction" || word == "lastaction" || word == "preremove":
				begin = n
				script.Reset()
			case word == "endscript" && begin > 0:
				r.script(script.String(), "a script of logrotate", checks.Place{Path: name, Line: begin})
				begin = 0
			case begin > 0:
				script.WriteString(line)
			}
		}
	}
	read("etc/logrotate.conf")
	r.dir("etc/logrotate.d", "logrotate's directory", read)
}
