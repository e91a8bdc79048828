package headers

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hardcheck/checks"
)

// product is how a server or framework is told to send a header. In templates {header} and {value} stand for the two,
// {quoted} for the value in double quotes, {escaped} as in XML, {line} for both in quotes, {snake} for the header as a name
// in code.
type product struct {
	comment string // what begins a comment; "" where there is none
	set     string
	// replace is for a header that the application behind it sends too; "" where set replaces it.
	replace string
	remove  string
	own     map[string]string // by header: a setting of the product's own, which is better than the template
}

const (
	cookieHeader   = "Set-Cookie"
	locationHeader = "Location"
)

// unpasted are rules that a line more does not mend.
var unpasted = []string{"also-over-http", "preload-claim", "preload-warning", "not-preloadable", "different-policy", "different-values", "kept-long",
	"version-in-error-page", "undeclared-endpoint"}

// snippet is what to paste into the configuration that the finding is about; "" for nothing.
func snippet(p *checks.Pass, r *response, i issue) string {
	if slices.Contains(unpasted, i.rule) || p != nil && p.Check.ID == "headers/csp-hardening" {
		return ""
	}
	name := productFor(p, r)
	if i.mend != nil {
		return r.cookieSnippet(name, i)
	}
	made, known := products[name]
	if !known {
		made, known = appProducts[name]
	}
	if !known {
		name, made = "", plainHTTP
	}
	var notes, lines []string
	for _, header := range headersOf(r, i) {
		if r.mistaken(i, header) {
			continue
		}
		d := r.dose(i, header)
		text := made.fill(d, i)
		if text == "" {
			continue
		}
		if name != "" && len(lines) == 0 {
			notes = append(notes, name+r.pasteAt(i, header))
		}
		if d.hint != "" {
			notes = append(notes, d.hint)
		}
		lines = append(lines, text)
	}
	if made.comment == "" || len(lines) == 0 {
		return strings.Join(lines, "\n")
	}
	return made.comment + " " + strings.Join(notes, "\n"+made.comment+" ") + "\n" + strings.Join(lines, "\n")
}

// paste is the snippet for a header of a scope, for findings that no response is judged for.
func paste(s *checks.Scope, header string) string {
	return snippet(nil, &response{layer: s.Layer, place: s.Place}, issue{header: header})
}

// mistaken reports a policy with a mistake in it: the fix names the directive, and another policy in place of this one
// would break the page.
func (r *response) mistaken(i issue, header string) bool {
	return header == cspHeader && len(r.all(cspHeader)) > 0 && i.attribute != "frame-ancestors" && i.rule != ruleNotAlways.ID
}

// written is the value that the configuration already gives the header: around the block that drops it, or on answers
// that are no errors.
func (r *response) written(i issue, header string) string {
	lines := r.all(header)
	if i.rule == ruleLost.ID {
		lines = r.lost
	}
	for _, f := range lines {
		if fits := len(f.value) <= maxPasted && !strings.ContainsFunc(f.value, unicode.IsControl); f.name == header && !f.dynamic && fits {
			return f.value
		}
	}
	return ""
}

const maxPasted = 4 << 10

// dose is what is done about one header.
type dose struct {
	header, value, hint string
	remove, replace     bool
}

// dose says what to do about a header: send the recommended value, in place of the application's where that sends one,
// or take it out.
func (r *response) dose(i issue, header string) dose {
	d := dose{header: header, value: recommended[header], hint: hints[header]}
	sent := len(r.all(header)) > 0
	if i.rule == ruleLost.ID || i.rule == ruleNotAlways.ID {
		if value := r.written(i, header); value != "" {
			d.value, d.hint = value, ""
		}
	}
	switch {
	case i.attribute == "frame-ancestors":
		d.value, d.hint = "frame-ancestors 'self'", "as a policy beside the one that is there, or with its directive inside of it"
	case d.value == "" && sent && (slices.Contains(telling, header) || slices.Contains(removed, i.rule)):
		d.remove = r.layer == "" || r.fromBehind(header) // a line of the server's own is taken out, not outdone
	case d.value == "" && (i.rule == "version" || slices.Contains(removed, i.rule)):
		d.remove = true
	default:
		d.replace = sent && r.fromBehind(header)
	}
	return d
}

// removed are rules about headers that should not be sent.
var removed = []string{"version", "debug-header", "internal-address", "harmful", "replaced", "useless"}

// fill fills the template that the dose needs; "" where the product has none.
func (made product) fill(d dose, i issue) string {
	template := made.own[d.header]
	switch {
	case i.attribute == "frame-ancestors", template == "" && !d.remove && d.value != "" && !(d.replace && made.replace != ""):
		template = made.set
	case template != "":
	case d.remove:
		template = made.remove
	case d.value != "":
		template = made.replace
	}
	return strings.NewReplacer("{header}", d.header, "{snake}", strings.ReplaceAll(strings.ToLower(d.header), "-", "_"),
		"{value}", d.value, "{quoted}", strconv.Quote(d.value), "{escaped}", html.EscapeString(d.value), "{line}", strconv.Quote(d.header+": "+d.value)).Replace(template)
}

// fromBehind reports whether an application sends the header, or may: of a live answer only the server's own lines in a
// tree tell that it does not.
func (r *response) fromBehind(header string) bool {
	lines := r.all(header)
	if r.live && len(lines) > 0 {
		return len(r.origins) == 0 || layers(r.origins[0].all(header)) > 1 || len(r.origins[0].all(header)) == 0
	}
	return slices.ContainsFunc(lines, func(f field) bool { return f.upstream })
}

// headersOf are the headers that an issue is about; several where pages lack them together.
func headersOf(r *response, i issue) []string {
	if names := strings.Split(i.attribute, ", "); len(names) > 1 {
		return names
	}
	return []string{headerOf(r, i)}
}

// headerOf is the header that an issue is about: its attribute may be a directive, a feature or a cookie.
func headerOf(r *response, i issue) string {
	name := canonical(i.attribute)
	_, known := recommended[name]
	switch {
	case i.header == cookieHeader: // whose attribute is the name of a cookie
		return i.header
	case known, len(r.all(name)) > 0, slices.Contains(joined, name), name == acaoHeader, name == cookieHeader:
		return name
	case i.attribute == "Vary":
		return acaoHeader
	}
	return i.header
}

// pasteAt says where: in place of a line of the configuration, or in a block of it.
func (r *response) pasteAt(i issue, header string) string {
	switch {
	case i.place.Path != "" && i.place != r.place && !r.fromBehind(header):
		return ", in place of " + i.place.String()
	case r.place.Path != "":
		return ", in " + r.place.String()
	case len(r.origins) > 0:
		return ", in " + r.origins[0].block().Place.String()
	}
	return ""
}
