package headers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hardcheck/checks"
)

// issue is one thing wrong with a response, before it becomes a finding.
type issue struct {
	rule      string
	attribute string // the header, directive or cookie name
	header    string // the header that it is about, where the attribute does not name it
	expected  string
	actual    string
	message   string
	fix       string
	severity  checks.Severity
	precision checks.Precision
	place     checks.Place // of the directive; the response's place where zero
	mend      *mend        // of a cookie; nil where the header's own snippet is meant
}

// judgement is what a judging function says of one response: why the header does not matter there, or what is wrong.
// Neither means that the response is good.
type judgement struct {
	skip   string
	issues []issue
}

func (j *judgement) fail(i issue) { j.issues = append(j.issues, i) }

// judge looks at one response. It is pure: the same configuration and the same live answer give the same judgement.
type judge func(p *checks.Pass, r *response) judgement

// headerCheck joins a judge with the headers it reads.
type headerCheck struct {
	// names are the headers read; the first is the one that a missing finding names.
	names []string
	judge judge
}

// site is the live half of a header check.
func (h headerCheck) site(p *checks.Pass) error { return eachPage(p, h.report) }

// tree is the static half of a header check. Several responses may belong to one subject (a server's pages and its
// static files): it is good if all are, and each thing wrong is said once.
func (h headerCheck) tree(p *checks.Pass) error {
	found := configured(p, h.names)
	good, bad := map[checks.Subject]bool{}, map[checks.Subject]map[string]bool{}
	for _, r := range found {
		if p.Context().Err() != nil {
			break
		}
		j := h.assess(p, r)
		if j.skip != "" {
			p.NotApplicable(j.skip)
			continue
		}
		good[r.subject] = true
		for _, i := range j.issues {
			if bad[r.subject] == nil {
				bad[r.subject] = map[string]bool{}
			}
			if key := i.rule + " " + i.attribute; !bad[r.subject][key] {
				bad[r.subject][key] = true
				r.fail(p, i)
			}
		}
	}
	for _, r := range found {
		if good[r.subject] && bad[r.subject] == nil {
			good[r.subject] = false
			p.OK(r.subject)
		}
	}
	return context.Cause(p.Context())
}

// report judges one response and writes the outcome to the pass.
func (h headerCheck) report(p *checks.Pass, r *response) {
	j := h.assess(p, r)
	if r.tally != nil {
		r.tally.add(r, j)
		return
	}
	switch {
	case j.skip != "":
		p.NotApplicable(j.skip)
	case len(j.issues) == 0:
		p.OK(r.subject)
	}
	for _, i := range j.issues {
		r.fail(p, i)
	}
}

// assess judges one response. A header whose value is not known until run time, or that a file outside the tree may
// set, is never failed: without it the response may look bad, and a bad judgement then says nothing.
func (h headerCheck) assess(p *checks.Pass, r *response) judgement {
	unknown := h.dropDynamic(r)
	j := h.judge(p, r)
	if j.skip != "" {
		return j
	}
	if len(j.issues) > 0 && unknown != "" {
		return judgement{skip: "the value of " + unknown + " is not known until run time"}
	}
	if r.elsewhere != "" && slices.ContainsFunc(j.issues, func(i issue) bool { return i.rule == "missing" }) {
		return judgement{skip: r.elsewhere}
	}
	if extra := h.notAlways(p, r); len(j.issues) == 0 && extra.rule != "" {
		j.fail(extra)
	}
	for n := range j.issues {
		j.issues[n].header = h.headerOf(j.issues[n])
	}
	return j
}

// headerOf is the one of the check's headers that an issue is about.
func (h headerCheck) headerOf(i issue) string {
	name := canonical(i.attribute)
	switch {
	case i.header != "" || len(h.names) == 0:
		return i.header
	case slices.Contains(h.names, name):
		return name
	case slices.Contains(h.names, cspHeader) && name != i.attribute: // a directive, written in small letters
		return cspHeader
	}
	return h.names[0]
}

// fail reports an issue: with the lines of the configuration that set or drop the header of a live answer, where a tree
// is audited with it, and with what to paste.
func (r *response) fail(p *checks.Pass, i issue) {
	f := r.finding(i)
	if note := r.notes(p, i); note != "" {
		f.Message += "; " + note
	}
	f.Snippet = snippet(p, r, i)
	p.Fail(f)
}

func (h headerCheck) dropDynamic(r *response) (name string) {
	r.headers = slices.DeleteFunc(r.headers, func(f field) bool {
		drop := f.dynamic && slices.Contains(h.names, f.name)
		if drop {
			name = f.name
		}
		return drop
	})
	return name
}

// notAlways finds a good header that error answers lack, in checks that declare the rule.
func (h headerCheck) notAlways(p *checks.Pass, r *response) issue {
	if p.Check.Rule(ruleNotAlways.ID) == nil {
		return issue{}
	}
	var quiet *field
	for i, f := range r.headers {
		if !h.counts(f) {
			continue
		}
		if f.errorsToo || f.upstream {
			return h.onErrorPages(r)
		}
		quiet = &r.headers[i]
	}
	if quiet == nil {
		return issue{}
	}
	return issue{rule: ruleNotAlways.ID, attribute: quiet.name, place: quiet.place, expected: "the always parameter",
		actual: "no always", message: quiet.name + " is left out of 4xx and 5xx answers: the directive has no always"}
}

func (r *response) finding(i issue) checks.Finding {
	f := checks.Finding{Rule: i.rule, Subject: r.subject, Place: i.place, Attribute: i.attribute, Expected: i.expected,
		Actual: cmp.Or(oneLine(i.actual), "an empty value"), Message: sentence(oneLine(i.message)), Fix: i.fix, Severity: i.severity, Precision: i.precision}
	if f.Place == (checks.Place{}) {
		f.Place = r.place
	}
	return f
}

// sentence begins a message with a capital letter.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// maxShown bounds what a finding shows of a header.
const maxShown = 300

// oneLine makes text that came from the target fit for a line of a report.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// Rules that several checks share.
var (
	ruleNotAlways = checks.Rule{ID: "not-on-errors", Title: "Error answers lack the header", Severity: checks.Low,
		Fix: "Write the directive with always: `add_header NAME VALUE always;` (nginx), `Header always set NAME VALUE` (Apache)."}
	ruleLost = checks.Rule{ID: "not-inherited", Title: "A nested block drops the header that an outer block sets",
		Fix: "Repeat the header in the nested block, or include one shared file of headers in both."}
)

// missing is the finding for a header that is not there, or the one for a header that a nested block drops.
func (r *response) missing(header, expected, harm string) issue {
	for _, f := range r.lost {
		if f.name == header {
			return issue{rule: ruleLost.ID, attribute: header, expected: expected, actual: "dropped by the block's own add_header",
				message: header + " set in " + f.place.String() + " is not inherited: this block has add_header of its own; " + harm}
		}
	}
	i := issue{rule: "missing", attribute: header, expected: expected, actual: "no " + header, message: "no " + header + ": " + harm}
	if r.unsure != "" {
		i.precision = checks.PrecisionMedium
		i.message += " (" + r.unsure + ")"
	}
	return i
}
