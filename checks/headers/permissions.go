package headers

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"

	"hardcheck/checks"
)

const permissionsHeader = "Permissions-Policy"

func permissionsPolicy() *checks.Check {
	h := headerCheck{[]string{permissionsHeader}, judgePermissions}
	return &checks.Check{
		ID:    "headers/permissions-policy",
		Title: "Powerful browser features are not open to every frame",
		Why: "A frame of an advertisement or an injected one asks for camera, microphone or location in the name of the " +
			"page that the victim trusts.",
		Fix:        "Send `Permissions-Policy: camera=(), microphone=(), geolocation=(), payment=()`, with `(self)` for what the site uses.",
		Expected:   "Permissions-Policy parses and opens no powerful feature to all origins (header required: {require}).",
		Rollback:   "Open the one feature that broke to the origin that needs it: feature=(self \"https://partner.example\").",
		Absent:     "No HTML page and no configuration that serves pages was found",
		References: []string{"Permissions Policy (W3C)", "RFC 9651", "CWE-693"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "malformed", Title: "The header is no structured field, so browsers ignore all of it"},
			{ID: "open-to-all", Title: "A powerful feature is open to every origin"},
			{ID: "ignored-value", Title: "Browsers ignore the allowlist of a feature"},
			{ID: "unknown-feature", Title: "No browser knows the feature"},
			{ID: "old-header", Title: "Only the retired Feature-Policy is sent"},
			{ID: "missing", Title: "No Permissions-Policy although it is required"},
			ruleLost,
		},
		Params: []checks.Param{{Name: "require", Kind: checks.ParamBool, Default: false,
			Doc: "Whether the header must be there. Without it browsers ask the user, and keep powerful features from foreign frames."}},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// maxFeatures bounds the members of the header that are judged: the registry has some hundred.
const maxFeatures = 300

// judgePermissions reads the header as the structured dictionary that it is: one slip and browsers drop all of it.
func judgePermissions(p *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "a permissions policy matters on HTML pages; found: " + string(r.class)
		return j
	}
	lines := r.all(permissionsHeader)
	if len(lines) == 0 {
		if i, bad := noPermissions(p, r); bad {
			j.fail(i)
		}
		return j
	}
	var values []string
	for _, l := range lines {
		values = append(values, l.value)
	}
	i := issue{attribute: permissionsHeader, expected: "feature=(self), …", actual: strings.Join(values, ", "), place: lines[0].place}
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		i.rule, i.message = "malformed", "browsers drop the whole header: "+err.Error()
		if strings.ContainsAny(i.actual, "';") {
			i.message += "; this is the syntax of the old Feature-Policy"
		}
		j.fail(i)
		return j
	}
	if len(dict.Names()) == 0 && p.Bool("require") {
		i.rule, i.message = "missing", "the header names no feature, so it restricts nothing"
		j.fail(i)
	}
	for _, name := range dict.Names()[:min(len(dict.Names()), maxFeatures)] {
		member, _ := dict.Get(name)
		if f, bad := judgeFeature(name, member); bad {
			f.attribute, f.place = name, lines[0].place
			j.fail(f)
		}
	}
	return j
}

func noPermissions(p *checks.Pass, r *response) (issue, bool) {
	const want = "a Permissions-Policy header"
	if old := r.all("Feature-Policy"); len(old) > 0 {
		return issue{rule: "old-header", attribute: "Feature-Policy", expected: want, actual: "Feature-Policy", place: old[0].place,
			message: "browsers read Permissions-Policy now; Feature-Policy is ignored or going away"}, true
	}
	return r.missing(permissionsHeader, want, "injected or foreign frames may ask for powerful features in the page's name"), p.Bool("require")
}

// judgeFeature follows Permissions Policy, "construct policy from dictionary and origin": the words *, self and src and
// quoted origins count, anything else in an allowlist is left out, and an empty allowlist turns the feature off.
func judgeFeature(name string, member httpsfv.Member) (issue, bool) {
	if !slices.Contains(powerful, name) && !slices.Contains(harmless, name) && !strings.HasPrefix(name, "ch-") {
		i := issue{rule: "unknown-feature", expected: "a registered feature", actual: name, severity: checks.Info,
			message: "no browser knows the feature " + name}
		if near := closest(name, slices.Concat(powerful, harmless)); near != "" {
			i.expected, i.severity = near, checks.Low
			i.message += "; did you mean " + near + "? Until then that feature is not restricted"
		}
		return i, true
	}
	open, ignored := allowlist(member)
	switch {
	case open && slices.Contains(powerful, name):
		return issue{rule: "open-to-all", expected: name + "=() or " + name + "=(self)", actual: name + "=*",
			message: "an attacker who injects <iframe allow=\"" + name + "\"> asks for it in the page's name: * leaves " + name + " to frames of every origin"}, true
	case !open && ignored != "":
		return issue{rule: "ignored-value", expected: `self or a quoted origin, such as "https://partner.example"`, actual: ignored,
			message: "browsers leave " + ignored + " out of the allowlist of " + name + ", so it grants nothing"}, true
	}
	return issue{}, false
}

// allowlist reads a member: whether it opens the feature to all, and the first word in it that browsers leave out.
func allowlist(member httpsfv.Member) (open bool, ignored string) {
	var items []httpsfv.Item
	switch m := member.(type) {
	case httpsfv.Item:
		items = append(items, m)
	case httpsfv.InnerList:
		items = m.Items
	}
	for _, item := range items {
		switch v := item.Value.(type) {
		case httpsfv.Token:
			open = open || v == "*"
			if ignored == "" && v != "*" && v != "self" && v != "src" {
				ignored = string(v)
			}
		case string:
			if ignored == "" && !grantsOrigin(v) {
				ignored = strconv.Quote(v)
			}
		default:
			ignored = cmp.Or(ignored, "a value that is no word")
		}
	}
	return open, ignored
}

// grantsOrigin reports whether a string of an allowlist names an origin: a URL with a host, whose first label may be *.
func grantsOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "wss" || u.Scheme == "ws") && u.Hostname() != "" &&
		!strings.Contains(strings.TrimPrefix(u.Hostname(), "*."), "*")
}
