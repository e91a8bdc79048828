package headers

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

func deployed() *checks.Check {
	return &checks.Check{
		ID:    "headers/deployed",
		Title: "The site sends the headers that its configuration sets",
		Why: "A header that stands in the repository and not in the answer protects nobody, and everyone who reads the " +
			"configuration believes that it does. An attacker meets the answer, not the file.",
		Fix: "Deploy and reload the configuration; if that was done, look at what answers in front of it (a CDN, a load " +
			"balancer, another server block) and at the block that drops the header.",
		Expected:   "Every header of this chapter that the tree sets for a page comes with that page, once and with that value.",
		Rollback:   "Take the line out of the configuration again if the header is not wanted, so that the two agree.",
		Absent:     "No answer could be matched with a scope of the tree that sets a header",
		References: []string{"CWE-693", "RFC 9110, 5.3"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "not-deployed", Title: "The configuration sets a header that the answer lacks"},
			{ID: "other-value", Title: "The answer carries another value than the configuration sets"},
			{ID: "sent-twice", Title: "A header that should come once is sent twice", Severity: checks.Low,
				Fix: "Set it in one place: take it out of the application, or have the server in front hide the application's."},
			{ID: "still-sent", Title: "The configuration removes a header that the answer has", Severity: checks.Low},
		},
		Entry: seeEnabled,
		Joint: deployedOn,
	}
}

// deployedOn compares every page of the site with the scope of the tree that answers it.
func deployedOn(p *checks.Pass) error {
	told := &differences{}
	err := eachVisit(p, func(page checks.Page) bool { return !isLogout(page) }, func(x *checks.Exchange) error {
		at, ok := askedOf(x)
		if !ok {
			return nil
		}
		origins, why := originsOf(p, at)
		if len(origins) == 0 {
			p.NotApplicable("no configuration could be matched with " + oneLine(x.URL) + ": " + why)
			return nil
		}
		told.compare(p, fetched(x), origins)
		return nil
	})
	told.tell(p)
	return err
}

// difference is one disagreement of the tree and the site, and the other pages that have it too.
type difference struct {
	r      *response
	issue  issue
	layer  string
	others []*response
}

// differences gathers what pages disagree in, so that a line that was not deployed is told once.
type differences struct{ list []difference }

func (d *differences) add(r *response, i issue, layer string) {
	for n := range d.list {
		at := &d.list[n]
		if at.issue.rule == i.rule && at.issue.attribute == i.attribute && at.issue.place == i.place && at.issue.actual == i.actual {
			at.others = append(at.others, r)
			return
		}
	}
	d.list = append(d.list, difference{r: r, issue: i, layer: layer})
}

func (d *differences) tell(p *checks.Pass) {
	first := map[*response]bool{}
	for _, at := range d.list {
		first[at.r] = true
		at.issue.message += alsoOn(at.others)
		f := at.r.finding(at.issue)
		f.Place.URL, f.Snippet = at.r.place.URL, reload[at.layer]
		p.Fail(f)
	}
	for _, at := range d.list {
		for _, r := range at.others {
			if !first[r] {
				first[r] = true
				p.Examined(r.subject)
			}
		}
	}
}

// compare looks at one answer: good where every header agrees that some origin sets or removes.
func (d *differences) compare(p *checks.Pass, r *response, origins []origin) {
	compared, failed := false, false
	for _, name := range joined {
		var live []string
		for _, f := range r.all(name) {
			live = append(live, f.value)
		}
		_, removes := origins[0].removal(name)
		compared = compared || len(origins[0].all(name)) > 0 || removes
		outcomes := make([]outcome, len(origins))
		for i, o := range origins {
			outcomes[i] = o.compare(name, live)
		}
		if slices.Contains(outcomes, joinAgrees) {
			continue
		}
		failed = true
		d.add(r, r.disagreement(origins[0], outcomes[0], name, live), origins[0].layer)
	}
	switch {
	case failed: // tell counts it
	case compared:
		p.OK(r.subject)
	default:
		p.NotApplicable("the scope that answers " + oneLine(r.place.URL) + " sets none of the headers: " + origins[0].where())
	}
}

// disagreement words the outcome for one header.
func (r *response) disagreement(o origin, what outcome, name string, live []string) issue {
	i := issue{attribute: name, expected: "no " + name, actual: strings.Join(live, ", ")}
	lines := o.all(name)
	if len(lines) > 0 {
		i.expected, i.place = name+": "+lines[0].value, lines[0].place
	}
	switch what {
	case joinAbsent:
		i.rule, i.actual = "not-deployed", "no "+name
		i.message = "set in " + placesOf(lines) + ", missing at " + r.place.URL + ": not deployed, or overridden by " + r.overrider(o, lines[0])
	case joinOther:
		i.rule = "other-value"
		i.message = "set in " + placesOf(lines) + ", another value at " + r.place.URL + ": not deployed, or overridden by " + r.overrider(o, lines[0])
	case joinTwice:
		i.rule, i.expected = "sent-twice", name+" once"
		i.message = "set in " + placesOf(lines) + ", so that it comes " + strconv.Itoa(len(live)) + " times: " + doubled[name]
		if layers(lines) == 1 && len(lines) < len(live) {
			i.message = "set in " + placesOf(lines) + " and once more where the tree does not show it: " + doubled[name]
		}
	case joinStill:
		set, _ := o.removal(name)
		i.rule, i.place = "still-sent", set.Place
		i.message = "taken out by " + set.Name + " in " + set.Place.String() + ", and there at " + r.place.URL +
			": not deployed, or added by " + r.overrider(o, field{})
	}
	return i
}

// overrider guesses what stands between the line and the visitor: what the answer names as its server, else the product
// in front.
func (r *response) overrider(o origin, f field) string {
	server := strings.Join(r.list("Server"), " ")
	switch product := productOf(r); {
	case f.upstream && f.name == stsHeader && o.app != nil && o.app.Layer == "django":
		return o.layer + " in front of it; Django sends it only where it takes the request for https (SECURE_PROXY_SSL_HEADER)"
	case f.upstream:
		return o.layer + " in front of it (" + o.where() + ")"
	case server != "" && product != "" && product != o.layer:
		return "what calls itself " + oneLine(server)
	case o.front.layer == "":
		return "a server in front of the application"
	}
	return "what stands in front of " + o.layer
}

// reload is how each product takes its configuration up.
var reload = map[string]string{
	"nginx":   "nginx -t && nginx -s reload",
	"apache":  "apachectl configtest && apachectl graceful",
	"caddy":   "caddy validate --config /etc/caddy/Caddyfile && caddy reload --config /etc/caddy/Caddyfile",
	"haproxy": "haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy",
}
