package csp

import (
	"cmp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// judge looks for every weakness. What a wider one contains, here or among the said, is not said again.
func (e *evaluation) judge(list []weakness, said []Finding) []Finding {
	var out []Finding
	t := &trial{e: e}
	for i := range list {
		w := &list[i]
		wider := func(f Finding) bool { return slices.Contains(w.within, f.Rule) }
		if slices.ContainsFunc(out, wider) || slices.ContainsFunc(said, wider) {
			continue
		}
		if f, ok := w.judge(t); ok {
			out = append(out, f)
		}
	}
	return out
}

// weakness is a hole, as data: attempts of which one succeeds where the hole is open.
type weakness struct {
	rule checks.Rule
	// within names wider rules: where one of them holds, this one says nothing new.
	within   []string
	expected string
	message  string // how an attacker uses it
	fix      string
	// absent is what is said where no directive decides, such as "no base-uri".
	absent   string
	attempts func(t *trial)
	// instead of attempts, for what is no attack
	state func(e *evaluation) (Finding, bool)
}

// trial is the search for one weakness.
type trial struct {
	e     *evaluation
	w     *weakness
	found Finding  // without a Directive: nothing so far
	seen  []string // what lets attempts through
	tries int
	why   string // what the message says more, of the first success
}

// judge tries the attempts and names the sources that let them through.
func (w *weakness) judge(t *trial) (Finding, bool) {
	if w.state != nil {
		f, ok := w.state(t.e)
		return w.complete(f), ok
	}
	*t = trial{e: t.e, w: w, seen: t.seen[:0]}
	w.attempts(t)
	if t.found.Directive == "" {
		return Finding{}, false
	}
	t.found.Actual = strings.Join(t.seen, " ")
	if !strings.Contains(t.seen[0], t.found.Directive) {
		t.found.Actual = t.found.Directive + " " + t.found.Actual
	}
	t.found.Message = w.message + t.why
	return w.complete(t.found), true
}

// try notes whether an attempt succeeds, and by what.
func (t *trial) try(a attempt) bool {
	t.tries++
	g, n, ok := t.e.admits(a)
	if !ok || t.tries > maxTries {
		return false
	}
	if t.found.Directive == "" {
		t.found.Policy, t.found.Directive = n, name(g, a.vector)
		if a.url.Host != "" && a.url != foreign && a.url.Scheme == "https" && a.vector != framedBy {
			t.why = ", such as https://" + a.url.Host + a.url.Path
		}
	}
	text := t.w.shown(g)
	if (g.directive == nil || g.directive.Name == t.found.Directive) && len(t.seen) < maxNamed && !slices.Contains(t.seen, text) {
		t.seen = append(t.seen, text)
	}
	return true
}

// complete fills in what the rule says of every finding.
func (w *weakness) complete(f Finding) Finding {
	f.Rule = w.rule.ID
	f.Expected, f.Message, f.Fix = cmp.Or(f.Expected, w.expected), cmp.Or(f.Message, w.message), cmp.Or(f.Fix, w.fix)
	return f
}

// shown is what lets the attempt through, as the finding shows it.
func (w *weakness) shown(g grant) string {
	switch {
	case g.source != nil:
		return g.source.Text
	case g.directive != nil:
		return g.directive.Text
	}
	return w.absent
}

// name is the directive at fault; where none decides, the one that is missing.
func name(g grant, v vector) string {
	if g.directive != nil {
		return g.directive.Name
	}
	if v == eventHandler {
		return "script-src-attr"
	}
	return chains[v][max(0, len(chains[v])-2)]
}
