package permissions

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
)

// rootRun is a path whose content runs as root, or decides what does, and the line that says so.
type rootRun struct {
	path string // from the root, without a slash at its begin
	how  string // "a unit's ExecStart", "a cron job"
	by   checks.Place
	// optional: that it does not exist is usual, and nobody waits for it.
	optional bool
	owner    string // an account besides root that it belongs to by design; "" for none
}

// rootRuns collects what the host's configuration has root run.
type rootRuns struct {
	*host
	list []rootRun
	seen map[rootRun]bool
}

// maxRootRuns bounds the list, as a hostile configuration may name any number.
const maxRootRuns = 50_000

func rootRunsOf(h *host) []rootRun {
	r := &rootRuns{host: h, seen: map[rootRun]bool{}}
	r.units()
	r.cron()
	r.logrotate()
	r.sudoers()
	r.udev()
	r.linker()
	r.tables()
	return r.list
}

func (r *rootRuns) add(run rootRun) {
	run.path = strings.TrimPrefix(path.Clean("/"+run.path), "/")
	if run.path == "" || len(r.list) >= maxRootRuns || devicePath(run.path) {
		return
	}
	key := rootRun{path: run.path, how: run.how}
	if !r.seen[key] {
		r.seen[key] = true
		r.list = append(r.list, run)
	}
}

// devicePath reports a path into what the kernel and services make at run time.
func devicePath(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first == "dev" || first == "proc" || first == "sys"
}

// file adds a file that root's programs read and obey, and returns its text.
func (r *rootRuns) file(name, how string) string {
	text := r.text(name)
	if text != "" {
		r.add(rootRun{path: name, how: how, by: checks.Place{Path: name}})
	}
	return text
}

// dir adds a directory that root's programs take files from, and calls each with every name in it.
func (r *rootRuns) dir(dir, how string, each func(name string)) {
	names := r.names(dir)
	if len(names) == 0 && r.real(dir) == "" {
		return
	}
	r.add(rootRun{path: dir, how: how, by: checks.Place{Path: dir}})
	for _, name := range names {
		if each != nil && !backupName(name) {
			each(dir + "/" + name)
		}
	}
}

// backupName reports the names that run-parts, systemd and logrotate pass over.
func backupName(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") ||
		slices.ContainsFunc([]string{".bak", ".swp", ".dpkg-old", ".dpkg-dist", ".dpkg-new", ".rpmsave", ".rpmnew", ".orig"}, func(s string) bool { return strings.HasSuffix(name, s) })
}

// script adds the programs of a shell text that are named by their whole path.
func (r *rootRuns) script(text, how string, by checks.Place) {
	commands, _ := shell.Parse(text, nil)
	for i := range commands {
		words := commands[i].Words
		var plain []string
		for _, w := range words {
			if w.Dynamic || w.Glob {
				plain = append(plain, "")
				continue
			}
			plain = append(plain, w.Text)
		}
		r.command(plain, how, by)
	}
}

// command adds the program of a command line and, behind an interpreter or a wrapper, the script that it is given.
func (r *rootRuns) command(words []string, how string, by checks.Place) {
	for range 8 {
		if len(words) == 0 || words[0] == "" {
			return
		}
		program := words[0]
		if path.IsAbs(program) {
			r.add(rootRun{path: program, how: how, by: by})
		}
		words = words[1:]
		name := strings.TrimRight(path.Base(program), "0123456789.")
		switch {
		case name == "[" || name == "test":
			return
		case shells[name] && len(words) > 1 && strings.HasPrefix(words[0], "-") && strings.HasSuffix(words[0], "c"):
			r.script(words[1], how, by)
			return
		case interpreters[name] || launchers[name]:
			words = operands(words, launchers[name])
		default:
			return
		}
	}
}

// operands are the words from the first that is neither an option nor an assignment; for a launcher of other commands,
// from the first that is a path.
func operands(words []string, launcher bool) []string {
	for i, w := range words {
		switch {
		case path.IsAbs(w):
			return words[i:]
		case strings.HasPrefix(w, "-"), strings.Contains(w, "="), launcher:
		default:
			return nil // a relative script, a module: where it lies is not told here
		}
	}
	return nil
}

var (
	shells       = set("sh bash dash ash ksh zsh")
	interpreters = set("sh bash dash ash ksh zsh python perl ruby node nodejs php lua tclsh java Rscript")
	launchers    = set("env nice ionice nohup timeout flock chronic setsid stdbuf time exec sudo command run-parts start-stop-daemon systemd-cat choom")
)
