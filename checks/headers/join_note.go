package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// join finds once how the trees that are audited with the site give this answer.
func (r *response) join(p *checks.Pass) []origin {
	if r.sought || r.place.URL == "" {
		return r.origins
	}
	r.sought = true
	x := r.answer
	if x == nil {
		x = &checks.Exchange{URL: r.place.URL, Status: 200}
	}
	at, ok := askedOf(x)
	if !ok {
		return nil
	}
	for _, tree := range p.Trees() {
		found, _ := originsOf(tree, at) // headers/deployed says where it cannot be told
		r.origins = append(r.origins, found...)
	}
	return r.origins
}

// notes says for each header that an issue is about which line of the configuration sets, drops or doubles it.
func (r *response) notes(p *checks.Pass, i issue) string {
	names := headersOf(r, i)
	if names[0] == locationHeader {
		return r.redirectNote(p)
	}
	origins := r.join(p)
	var out []string
	for _, name := range names {
		note := r.note(origins, i, name)
		if note != "" && len(names) > 1 {
			note = name + " " + note
		}
		if note != "" {
			out = append(out, note)
		}
	}
	return strings.Join(out, "; ")
}

// leading are the directives of servers that send visitors elsewhere.
var leading = []string{"return", "rewrite", "Redirect", "RedirectPermanent", "RedirectMatch", "RewriteRule", "redir", "http-request redirect"}

// redirectNote names the directive that leads elsewhere in the scope that takes the request.
func (r *response) redirectNote(p *checks.Pass) string {
	at, ok := askedOf(&checks.Exchange{URL: r.place.URL, Status: 200})
	if !ok {
		return ""
	}
	for _, tree := range p.Trees() {
		in := audited(tree)
		for _, f := range fronts() {
			find := locators()[f.layer]
			scopes := slices.DeleteFunc(slices.Clone(tree.Scopes(f.layer)), func(s *checks.Scope) bool { return !in(s.Place.Path) })
			if find == nil || len(scopes) == 0 {
				continue
			}
			found, _ := find(scopes, at)
			if len(found) == 0 {
				continue
			}
			for _, set := range found[0].Settings {
				if slices.Contains(leading, set.Name) && set.Origin != checks.OriginDefault {
					return set.Name + " at " + set.Place.String()
				}
			}
			return "answered by " + strings.TrimSpace(found[0].Place.String()+" "+found[0].Name)
		}
	}
	return ""
}

// note says which line of the configuration is behind one header: of the origin that explains the answer, else of the
// likeliest.
func (r *response) note(origins []origin, i issue, name string) string {
	switch {
	case len(origins) == 0:
		return ""
	case name == cookieHeader:
		return cookieNote(origins, i.rule)
	}
	var live []string
	for _, f := range r.all(name) {
		live = append(live, f.value)
	}
	o := origins[0]
	if i := slices.IndexFunc(origins, func(o origin) bool { return o.explains(name, live) }); i >= 0 {
		o = origins[i]
	}
	lines, dropped := o.all(name), o.dropped(name)
	switch {
	case len(lines) > 0 && len(live) == 0:
		return setAt(lines) + ", missing in the answer: not deployed, or overridden on the way"
	case len(lines) > 0:
		return setAt(lines)
	case dropped != "":
		return dropped
	case len(live) > 0, !slices.Contains(joined, name):
		return "" // from outside of the tree
	}
	return "no line of the tree sets it for " + o.where()
}

// cookieNote names the framework's setting that decides what an issue with a cookie is about. Which of several
// applications sets the cookie is not known.
func cookieNote(origins []origin, rule string) string {
	var notes []string
	for _, o := range origins {
		for _, c := range cookieSettings {
			if o.app == nil || c.layer != o.app.Layer || c.rule != rule {
				continue
			}
			note := c.name + " is not set in " + o.app.Place.Path
			if set, ok := o.app.Get(c.name); ok && set.Origin != checks.OriginDefault {
				note = c.name + " is set at " + set.Place.String()
			}
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	if len(notes) != 1 {
		return ""
	}
	return notes[0]
}

// explains reports whether the origin gives just the lines that came.
func (o origin) explains(name string, live []string) bool {
	lines := o.all(name)
	return len(lines) == len(live) && !slices.ContainsFunc(lines, func(f field) bool { return !f.dynamic && !carries(live, f.value) })
}

// where names the scope that answers.
func (o origin) where() string { return strings.TrimSpace(o.scope.Place.String() + " " + o.scope.Name) }

// setAt names the lines that set a header: "set at nginx/shop.conf:31 and again at app/main.py:12 (application)".
func setAt(lines []field) string { return "set at " + placesOf(lines) }

func placesOf(lines []field) string {
	var parts []string
	for _, f := range lines {
		part := f.place.String()
		if f.upstream {
			part += " (application)"
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " and again at ")
}

// dropped says which line takes a header away that another one sets: "set at nginx/shop.conf:31; dropped by add_header
// at nginx/shop.conf:44". It is "" where nothing of the kind happens.
func (o origin) dropped(name string) string {
	var lost []field
	if o.front.lost != nil {
		lost = slices.DeleteFunc(o.front.lost(o.scope), func(f field) bool { return f.name != name })
	}
	if by, ok := o.ownHeader(); ok && len(lost) > 0 {
		return setAt(lost) + "; dropped by add_header at " + by.Place.String() + ", which ends the inheritance"
	}
	behind := slices.DeleteFunc(slices.Clone(o.behind), func(f field) bool { return f.name != name })
	for i := range behind {
		behind[i].upstream = true
	}
	if by, ok := o.removal(name); ok {
		word, _, _ := strings.Cut(by.Name, " ")
		if len(behind) == 0 {
			return "dropped by " + word + " at " + by.Place.String()
		}
		return setAt(behind) + "; dropped by " + word + " at " + by.Place.String()
	}
	if quiet := o.quiet(name); len(quiet) > 0 {
		return setAt(quiet) + " without always, so not on this status"
	}
	return ""
}

// ownHeader is the first add_header of the innermost block around the scope that has any.
func (o origin) ownHeader() (checks.Setting, bool) {
	for at := o.scope; at != nil; at = at.Parent {
		for _, set := range at.Settings {
			if strings.HasPrefix(set.Name, "add_header ") && !set.Inherited {
				return set, true
			}
		}
	}
	return checks.Setting{}, false
}

// quiet are the lines that the scope adds to a page of status 200 and not to this answer.
func (o origin) quiet(name string) []field {
	if o.front.apply == nil {
		return nil
	}
	good := origin{lines: o.sent(o.scope, 200, false, nil)}
	return good.all(name)
}
