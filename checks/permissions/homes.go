package permissions

import (
	"fmt"
	"path"
	"strings"

	"hardcheck/checks"
)

func homeDirectories() *checks.Check {
	return &checks.Check{
		ID:    "permissions/home-directories",
		Title: "Homes are closed to other accounts",
		Why: "A home holds keys, tokens, histories with passwords in them, and the profiles that the next login runs. Where others can " +
			"write, they become the user; where they can read, they know what the user knows.",
		Fix:        "chmod 750 HOME; chmod 700 HOME/.ssh; chmod 600 the histories; chmod go-w the profiles.",
		Expected:   "Homes of people have mode 0750 or less and belong to them; what is run and read there is theirs alone",
		Rollback:   "chmod back as the finding shows it; for a served ~/public_html give the web server's account an ACL",
		Absent:     "The target is not the root of a system, or has no account of a person",
		References: []string{"CWE-732", "CWE-552", "CIS Debian 12 7.2.9", "CIS Debian 12 7.2.10"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "home-writable", Title: "Others can change a home", Severity: checks.High},
			{ID: "home-readable", Title: "Every user can look into a home", Severity: checks.Medium},
			{ID: "home-owner", Title: "A home belongs to another account", Severity: checks.High},
			{ID: "ssh-open", Title: "Others can look into or change an .ssh directory", Severity: checks.High},
			{ID: "profile-writable", Title: "Others can change what the next login runs", Severity: checks.High},
			{ID: "history-readable", Title: "Others can read a history of commands", Severity: checks.Medium},
		},
		NoSettings: true,
		Tree:       judgeHomes,
	}
}

// profileFiles are run, and historyFiles written, by the programs of a user.
var (
	profileFiles = strings.Fields(".profile .bash_profile .bash_login .bashrc .bash_logout .bash_aliases .zshrc .zshenv .zprofile .zlogin .kshrc .cshrc .tcshrc .login .forward .xprofile .xinitrc .xsession .vimrc .emacs .gitconfig .tmux.conf .pam_environment .config/fish/config.fish .ssh/rc .ssh/environment")
	historyFiles = strings.Fields(".bash_history .zsh_history .sh_history .ash_history .history .mysql_history .psql_history .python_history .sqlite_history .rediscli_history .node_repl_history .irb_history .lesshst .mongo/.mongorc_history .local/share/fish/fish_history")
)

func judgeHomes(p *checks.Pass) error {
	h := hostOf(p)
	if h == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, u := range h.users {
		home := u.home
		if u.uid == 0 && home == "" {
			home = "root"
		}
		if seen[home] || home == "" || !h.interactive(u) && u.name != "root" {
			continue
		}
		seen[home] = true
		if real := h.real(home); real != "" && real != "." {
			h.judgeHome(p, u, real)
		}
	}
	return nil
}

func (h *host) judgeHome(p *checks.Pass, u account, home string) {
	e, err := h.root.Lstat(home)
	if err != nil || !e.Mode.IsDir() {
		return
	}
	f := homeFinding("home", e)
	f.Expected = "mode 0750 or less, owner " + u.name
	f.Fix = fmt.Sprintf("chmod 750 %[1]s (back: chmod %[2]s %[1]s)", shellPath(home), octal(e))
	switch perm := e.Mode.Perm(); {
	case e.UID != u.uid && !h.isRoot(e.UID):
		f.Rule, f.Attribute, f.Message = "home-owner", "owner", "The home of "+u.name+" belongs to "+h.userName(e.UID)+", who can become "+u.name
		f.Fix = fmt.Sprintf("chown %s %[2]s (back: chown %[3]d %[2]s)", u.name, shellPath(home), e.UID)
	case perm&0o002 != 0:
		f.Rule, f.Message = "home-writable", "Every user of the machine can put files into the home of "+u.name+" and remove others"
	case perm&0o020 != 0 && len(h.others(e.GID, u)) > 0:
		f.Rule, f.Message = "home-writable", "The group "+h.groupName(e.GID)+" can put files into the home of "+u.name+" and remove others"
	case perm&0o005 != 0 && u.name != "root" && h.reachable(home):
		f.Rule, f.Message = "home-readable", "Every user of the machine can look into the home of "+u.name
		if perm&0o004 == 0 {
			f.Severity, f.Message = checks.Low, "Every user of the machine can open files of the home of "+u.name+" whose names they know"
		}
	}
	report(p, f)
	h.judgeDotfiles(p, u, home)
}

// others are the members of a group besides the account.
func (h *host) others(gid int, u account) (names []string) {
	for _, name := range h.members(gid) {
		if name != u.name {
			names = append(names, name)
		}
	}
	return names
}

func homeFinding(kind string, e *checks.Entry) checks.Finding {
	return checks.Finding{Subject: checks.Subject{Kind: kind, Name: e.Path}, Place: checks.Place{Path: e.Path}, Attribute: "mode", Actual: modeText(e)}
}

// report fails with a finding that has a rule, and counts the subject of one that has none.
func report(p *checks.Pass, f checks.Finding) {
	if f.Rule == "" {
		p.OK(f.Subject)
		return
	}
	p.Fail(f)
}

func (h *host) judgeDotfiles(p *checks.Pass, u account, home string) {
	if e, err := h.root.Lstat(home + "/.ssh"); err == nil && e.Mode.IsDir() {
		f := homeFinding("directory", e)
		f.Expected = "mode 0700, owner " + u.name
		f.Fix = fmt.Sprintf("chmod 700 %[1]s (back: chmod %[2]s %[1]s)", shellPath(e.Path), octal(e))
		switch perm := e.Mode.Perm(); {
		case perm&0o002 != 0, perm&0o020 != 0 && len(h.others(e.GID, u)) > 0, e.UID != u.uid && !h.isRoot(e.UID):
			f.Rule, f.Message = "ssh-open", "Others can put their own key into the .ssh directory of "+u.name+" and log in as that user"
		case perm&0o005 != 0 && h.reachable(e.Path):
			f.Rule, f.Severity, f.Message = "ssh-open", checks.Low, "Every user of the machine can look into the .ssh directory of "+u.name
		}
		report(p, f)
	}
	for _, name := range profileFiles {
		h.judgeDotfile(p, u, home+"/"+name, true)
	}
	for _, name := range historyFiles {
		h.judgeDotfile(p, u, home+"/"+name, false)
	}
}

func (h *host) judgeDotfile(p *checks.Pass, u account, name string, profile bool) {
	e, err := h.root.Lstat(name)
	if err != nil || !e.Mode.IsRegular() {
		return
	}
	f, perm := homeFinding("file", e), e.Mode.Perm()
	writable := perm&0o002 != 0 && h.reachable(name) || perm&0o020 != 0 && len(h.others(e.GID, u)) > 0 || e.UID != u.uid && !h.isRoot(e.UID)
	switch {
	case profile && writable:
		f.Rule, f.Expected = "profile-writable", "owner "+u.name+", writable by that user only"
		f.Message = "Others can put a command into " + path.Base(name) + ", which " + u.name + "'s next login or program runs"
		f.Fix = fmt.Sprintf("chown %s %[2]s && chmod go-w %[2]s (back: chown %[3]d %[2]s && chmod %[4]s %[2]s)", u.name, shellPath(name), e.UID, octal(e))
	case !profile && (perm&0o004 != 0 && h.reachable(name) || perm&0o040 != 0 && len(h.others(e.GID, u)) > 0):
		f.Rule, f.Expected = "history-readable", "mode 0600"
		f.Message = "Others can read what " + u.name + " typed, and passwords on command lines with it"
		f.Fix = fmt.Sprintf("chmod 600 %[1]s (back: chmod %[2]s %[1]s)", shellPath(name), octal(e))
	}
	report(p, f)
}
