package permissions

import (
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
)

// sudoers adds the files of sudo's rules and the programs that they let others run as root (sudoers(5)).
func (r *rootRuns) sudoers() {
	read := func(name string) {
		text := strings.ReplaceAll(r.file(name, "sudo's rules"), "\\\n", "  ")
		n := 0
		for line := range strings.Lines(text) {
			n++
			line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
			_, commands, ok := strings.Cut(line, "=")
			if !ok || strings.HasPrefix(line, "Defaults") || asOther(commands) {
				continue
			}
			for _, command := range sudoPaths.FindAllStringSubmatch(commands, -1) {
				if !strings.ContainsAny(command[1], "*?[") {
					r.add(rootRun{path: strings.TrimSuffix(command[1], "/"), how: "a command of sudo's rules", by: checks.Place{Path: name, Line: n}})
				}
			}
		}
	}
	read("etc/sudoers")
	r.dir("etc/sudoers.d", "sudo's directory of rules", func(name string) {
		if !strings.Contains(path.Base(name), ".") {
			read(name)
		}
	})
}

// sudoPaths are the programs of a list of commands: a path at its begin, after a comma or a tag.
var sudoPaths = regexp.MustCompile(`(?:^|[,:!)])\s*(/[^\s,:=\\]+)`)

// asOther reports a rule whose commands run as accounts other than root.
func asOther(commands string) bool {
	m := runAs.FindStringSubmatch(commands)
	if m == nil {
		return false
	}
	for user := range strings.SplitSeq(m[1], ",") {
		if user = strings.TrimSpace(user); user == "ALL" || user == "root" || user == "#0" {
			return false
		}
	}
	return strings.TrimSpace(m[1]) != ""
}

var runAs = regexp.MustCompile(`^\s*\(([^):]*)`)

// udev adds rules and the programs that they run as root (udev(7)).
func (r *rootRuns) udev() {
	dirs := map[string]bool{}
	for _, dir := range []string{"etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"} {
		real := r.real(dir)
		if dirs[real] {
			continue
		}
		dirs[real] = true
		r.dir(dir, "udev's directory of rules", func(name string) {
			n := 0
			for line := range strings.Lines(r.file(name, "udev's rules")) {
				n++
				for _, m := range udevPrograms.FindAllStringSubmatch(line, -1) {
					if words := strings.Fields(m[1]); len(words) > 0 && line[0] != '#' && !strings.ContainsAny(words[0], "$%") {
						r.command(words, "a program of udev's rules", checks.Place{Path: name, Line: n})
					}
				}
			}
		})
	}
}

var udevPrograms = regexp.MustCompile(`(?:RUN(?:\{program\})?|PROGRAM|IMPORT\{program\})\s*[+:]?=+\s*"([^"]*)"`)

// linker adds where the dynamic linker looks for libraries: whoever writes there is in every program (ld.so(8)).
func (r *rootRuns) linker() {
	preload := r.file("etc/ld.so.preload", "the list of libraries that every program loads")
	for _, library := range strings.Fields(preload) {
		if path.IsAbs(library) {
			r.add(rootRun{path: library, how: "a library that every program loads", by: checks.Place{Path: "etc/ld.so.preload"}})
		}
	}
	read := func(name string) {
		n := 0
		for line := range strings.Lines(r.file(name, "the dynamic linker's configuration")) {
			n++
			if line, _, _ = strings.Cut(strings.TrimSpace(line), "#"); path.IsAbs(line) {
				r.add(rootRun{path: line, how: "a directory of libraries", by: checks.Place{Path: name, Line: n}, optional: true})
			}
		}
	}
	read("etc/ld.so.conf")
	r.dir("etc/ld.so.conf.d", "the dynamic linker's directory", read)
	for _, dir := range []string{"lib", "usr/lib", "lib64", "usr/lib64"} {
		if r.real(dir) != "" {
			r.add(rootRun{path: dir, how: "a directory of libraries", by: checks.Place{Path: dir}})
		}
	}
}

// obeyed are files, and directories of files, that root's shells and services run or obey.
var obeyedFiles = []struct{ path, how string }{
	{"etc/profile", "the profile of every shell"}, {"etc/bash.bashrc", "the profile of every shell"}, {"etc/bashrc", "the profile of every shell"},
	{"etc/zsh/zshenv", "the profile of every shell"}, {"etc/environment", "the environment of every login"},
	{"root/.bashrc", "root's profile"}, {"root/.profile", "root's profile"}, {"root/.bash_profile", "root's profile"}, {"root/.bash_login", "root's profile"},
	{"root/.zshrc", "root's profile"}, {"root/.ssh/authorized_keys", "the keys that open root's account"}, {"etc/rc.local", "a script of the start"},
	{"etc/inittab", "what init starts"}, {"etc/passwd", "the accounts"}, {"etc/group", "the groups"}, {"etc/shadow", "the passwords"}, {"etc/doas.conf", "doas's rules"},
	{"etc/ssh/sshd_config", "the configuration of sshd"}, {"etc/fstab", "what is mounted"}, {"etc/pam.conf", "who is let in"},
}

var obeyedDirs = []struct {
	path, how string
}{
	{"etc/profile.d", "a directory of profiles of every shell"}, {"etc/init.d", "the scripts of the start"},
	{"etc/pam.d", "who is let in"}, {"etc/security", "who is let in"}, {"etc/ssh/sshd_config.d", "the configuration of sshd"},
	{"etc/update-motd.d", "scripts of each login"}, {"etc/network/if-up.d", "scripts of the network"}, {"etc/network/if-down.d", "scripts of the network"},
	{"etc/network/if-pre-up.d", "scripts of the network"}, {"etc/network/if-post-down.d", "scripts of the network"},
	{"etc/NetworkManager/dispatcher.d", "scripts of the network"}, {"etc/dhcp/dhclient-enter-hooks.d", "scripts of the network"},
	{"etc/dhcp/dhclient-exit-hooks.d", "scripts of the network"}, {"etc/ppp/ip-up.d", "scripts of the network"}, {"etc/apt/apt.conf.d", "the configuration of apt, which names hooks"},
	{"etc/modprobe.d", "the configuration of modprobe, which names commands"}, {"etc/kernel/postinst.d", "scripts of each kernel"},
	{"etc/kernel/preinst.d", "scripts of each kernel"}, {"etc/acpi", "scripts of power events"}, {"usr/lib/systemd/system-generators", "generators of units"}, {"usr/lib/systemd/system-shutdown", "scripts of the shutdown"},
	{"usr/lib/systemd/system-sleep", "scripts of power events"}, {"etc/grub.d", "scripts of the boot loader's configuration"}, {"boot", "the kernel and what it starts"},
}

// polkitRules belong to the daemon's account, which reads them (polkit(8)).
var polkitRules = []string{"etc/polkit-1/rules.d", "usr/share/polkit-1/rules.d"}

func (r *rootRuns) tables() {
	for _, dir := range polkitRules {
		if r.real(dir) != "" {
			r.add(rootRun{path: dir, how: "polkit's rules", by: checks.Place{Path: dir}, owner: "polkitd"})
		}
	}
	for _, f := range obeyedFiles {
		r.file(f.path, f.how)
	}
	for _, d := range obeyedDirs {
		r.dir(d.path, d.how, func(name string) {
			if steps, err := r.walk(name); err == nil && steps[len(steps)-1].Mode.IsRegular() {
				r.add(rootRun{path: name, how: d.how, by: checks.Place{Path: name}})
			}
		})
	}
}
