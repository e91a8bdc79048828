package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
)

func rootExecutes() *checks.Check {
	return &checks.Check{
		ID:    "permissions/root-executes",
		Title: "Only root can change what root runs",
		Why: "Root runs units, cron jobs, profiles and what is in its PATH. Who can write one of those files, or a directory on the way to " +
			"it, puts a command of their own there and waits: the next start, minute or login runs it with root's power.",
		Fix:      "Give the entry that the chain marks to root, and take the write permission of the others: chown root:root PATH && chmod go-w PATH.",
		Expected: "Every file that root runs, and every directory on the way to it, can be changed by root only",
		Rollback: "chown and chmod back as the finding shows them; better deploy to such a directory through sudo",
		Absent:   "The target is not the root of a system, so what root runs there is not known",
		References: []string{"CWE-732", "CWE-427", "CIS Debian 12 5.4.2.5", "CIS Debian 12 2.4.1.2",
			"https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html"},
		Severity: checks.Critical,
		Rules: []checks.Rule{
			{ID: "everyone-can-change", Title: "Every user can change what root runs", Severity: checks.Critical},
			{ID: "account-can-change", Title: "An account other than root can change what root runs", Severity: checks.High},
			{ID: "missing-program", Title: "Root runs a program that does not exist and that others can make", Severity: checks.High},
			{ID: "path-relative", Title: "Root's PATH has an entry that depends on where root stands", Severity: checks.Critical,
				Fix: "Take the entry (., an empty one between two colons, a relative one) out of PATH."},
		},
		NoSettings: true,
		Tree:       judgeRootExecutes,
	}
}

// weakSpot is one entry that somebody can change, and all that root runs by way of it.
type weakSpot struct {
	weakness
	runs []rootRun
}

func judgeRootExecutes(p *checks.Pass) error {
	h := hostOf(p)
	if h == nil {
		return nil
	}
	runs := append(rootRunsOf(h), rootPath(p, h)...)
	spots, order := map[string]*weakSpot{}, []string{}
	for _, run := range runs {
		w, exists, weak := h.weakest(run.path)
		subject := checks.Subject{Kind: "path that root runs", Name: run.path + " (" + run.how + ")"}
		switch {
		case !weak && exists, weak && run.owner != "" && h.userOf[w.uid].name == run.owner:
			p.OK(subject)
			continue
		case !weak, w.missing && run.optional && !w.everyone:
			continue
		}
		key := fmt.Sprint(w.at.Path, w.missing, w.who)
		if spots[key] == nil {
			spots[key] = &weakSpot{weakness: w}
			order = append(order, key)
		} else {
			p.Examined(subject)
		}
		spots[key].runs = append(spots[key].runs, run)
	}
	for _, key := range order {
		p.Fail(spots[key].finding(h))
	}
	return nil
}

func (s *weakSpot) finding(h *host) checks.Finding {
	first := s.runs[0]
	f := checks.Finding{
		Rule: "account-can-change", Subject: checks.Subject{Kind: "path that root runs", Name: first.path + " (" + first.how + ")"},
		Place: checks.Place{Path: s.at.Path}, Attribute: s.who, Expected: "owned by root, writable by root only", Actual: modeText(s.at),
		Fix:     fixOwner(s.at),
		Message: fmt.Sprintf("%s can change what root runs: %s, %s (%s): %s", capital(s.who), "/"+first.path, first.how, first.by, h.chain(s.weakness)),
	}
	if s.everyone {
		f.Rule = "everyone-can-change"
	}
	if s.missing {
		f.Rule, f.Attribute = "missing-program", first.path
		f.Message = fmt.Sprintf("/%s, %s (%s), does not exist, and %s can make it: %s", first.path, first.how, first.by, s.who, h.chain(s.weakness))
		f.Fix = "Make the program as root, or take it out of " + first.by.Path + ". " + f.Fix
	}
	if n := len(s.runs) - 1; n > 0 {
		var names []string
		for _, run := range s.runs[1:] {
			names = append(names, "/"+run.path)
		}
		slices.Sort(names)
		names = slices.Compact(names)
		f.Message += fmt.Sprintf("; and %s: %s", count(len(names), "path"), strings.Join(names[:min(3, len(names))], ", "))
		if len(names) > 3 {
			f.Message += ", ..."
		}
	}
	return f
}

// fixOwner is the command that gives an entry to root alone, and the one that undoes it.
func fixOwner(e *checks.Entry) string {
	return fmt.Sprintf("chown root:root %[1]s && chmod go-w %[1]s (back: chown %[2]d:%[3]d %[1]s && chmod %[4]s %[1]s)", shellPath(e.Path), e.UID, e.GID, octal(e))
}

// shellPath is a path of the system as a shell there takes it.
func shellPath(name string) string {
	if name == "." {
		return "/"
	}
	return shellName("/" + name)
}

// shellName is a path as a shell takes it.
func shellName(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	if strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("/._-+@:,%", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// count is "1 file", "3 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n, " ", noun, "s")
}
