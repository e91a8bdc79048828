package settings

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// outside finds what the file says besides filter chains: CORS, and cookies that are made by hand.
func (c *springChain) outside() {
	cookies := map[string]*checks.Setting{}
	made := map[*checks.Setting]*jsCookie{}
	var order []*checks.Setting
	c.corsConfigurations()
	c.annotations(c.doc.file.Body)
	seen := map[*clike.Expr]bool{}
	clike.Each(c.doc.file.Body, func(x *clike.Expr) bool {
		switch {
		case x.Kind == clike.Call && !seen[x]:
			c.registry(x, seen)
			c.builtCookie(x, seen)
			c.changedCookie(x, cookies, made)
		case x.Kind == clike.Assign && x.Y.Kind == clike.New && x.Y.X.Text == "Cookie" && len(x.Y.List) == 2:
			if set, cookie := c.newCookie(x); set != nil {
				cookies[x.X.Text], made[set] = set, cookie
				order = append(order, set)
			}
		}
		return true
	})
	for _, set := range order {
		if made[set].name != "" {
			set.Value = made[set].line()
			c.add(*set)
		}
	}
}

// newCookie is new Cookie(name, value) that is assigned to a variable.
func (c *springChain) newCookie(x *clike.Expr) (*checks.Setting, *jsCookie) {
	name, ok := c.doc.text(x.Y.List[0], 0)
	if !ok {
		return nil, nil
	}
	set := &checks.Setting{Layer: "spring", Name: "new Cookie", Header: "Set-Cookie", Raw: oneLine(c.doc.file.Text(x.Y)), Origin: checks.OriginSet, Place: c.place(x.Y),
		Flags: []string{"append"}}
	return set, &jsCookie{name: name, path: "/"}
}

// changedCookie follows cookie.setSecure(true) and its like. A cookie that is being deleted is left out.
func (c *springChain) changedCookie(x *clike.Expr, cookies map[string]*checks.Setting, made map[*checks.Setting]*jsCookie) {
	if x.X.Kind != clike.Member || len(x.List) == 0 || cookies[x.X.X.Text] == nil {
		return
	}
	cookie := made[cookies[x.X.X.Text]]
	value, _ := c.doc.text(x.List[0], 0)
	switch x.X.Text {
	case "setHttpOnly":
		cookie.httpOnly = value != "false"
	case "setSecure":
		cookie.secure = value != "false"
	case "setDomain":
		cookie.domain = value
	case "setPath":
		cookie.path = value
	case "setMaxAge":
		if value == "0" {
			cookie.name = ""
		}
	case "setAttribute":
		if len(x.List) == 2 && strings.EqualFold(value, "SameSite") {
			cookie.sameSite, _ = c.doc.text(x.List[1], 0)
		}
	}
}

// builtCookie is ResponseCookie.from(name, value).httpOnly(true)....build().
func (c *springChain) builtCookie(x *clike.Expr, seen map[*clike.Expr]bool) {
	cookie := jsCookie{path: "/"}
	for at := x; at.Kind == clike.Call && at.X.Kind == clike.Member; at = at.X.X {
		value, first := "", (*clike.Expr)(nil)
		if len(at.List) > 0 {
			first = at.List[0]
			value, _ = c.doc.text(first, 0)
		}
		seen[at] = true
		switch at.X.Text {
		case "httpOnly":
			cookie.httpOnly = value != "false"
		case "secure":
			cookie.secure = value != "false"
		case "sameSite":
			cookie.sameSite = value
			if value == "" {
				cookie.sameSite = "Lax"
			}
		case "domain":
			cookie.domain = value
		case "path":
			cookie.path = value
		case "maxAge":
			if value == "0" {
				return
			}
		case "from":
			name, ok := c.doc.text(first, 0)
			if at.X.X.Text != "ResponseCookie" || !ok {
				return
			}
			cookie.name = name
			c.add(checks.Setting{Layer: "spring", Name: "ResponseCookie", Header: "Set-Cookie", Value: cookie.line(), Raw: oneLine(c.doc.file.Text(x)), Origin: checks.OriginSet,
				Place: c.place(x), Flags: []string{"append"}})
			return
		}
	}
}

// springOrigins is what one configuration of CORS allows.
type springOrigins struct {
	at          *clike.Expr
	origins     []string
	patterns    []string
	credentials bool
	unknown     bool
}

// take follows one call by its name.
func (o *springOrigins) take(c *springChain, name string, args []*clike.Expr) {
	var words []string
	for _, a := range args {
		for _, item := range listOf(a) {
			text, ok := c.doc.text(item, 0)
			o.unknown = o.unknown || !ok && strings.Contains(strings.ToLower(name), "origin")
			words = append(words, text)
		}
	}
	switch strings.TrimPrefix(strings.TrimPrefix(name, "set"), "add") {
	case "AllowedOrigins", "AllowedOrigin", "allowedOrigins", "origins", "value":
		o.origins = append(o.origins, words...)
	case "AllowedOriginPatterns", "AllowedOriginPattern", "allowedOriginPatterns", "originPatterns":
		o.patterns = append(o.patterns, words...)
	case "AllowCredentials", "allowCredentials":
		o.credentials = slices.Equal(words, []string{"true"})
	case "applyPermitDefaultValues":
		if len(o.origins)+len(o.patterns) == 0 {
			o.origins = []string{"*"}
		}
	}
}

// listOf are the elements of List.of(a, b), Arrays.asList, Collections.singletonList, listOf, arrayOf, or one value.
func listOf(x *clike.Expr) []*clike.Expr {
	if x.Kind == clike.Call && x.X.Kind == clike.Member && slices.Contains([]string{"of", "asList", "singletonList"}, x.X.Text) ||
		x.Kind == clike.Call && x.X.Kind == clike.Name && slices.Contains([]string{"listOf", "arrayOf", "mutableListOf"}, x.X.Text) {
		return x.List
	}
	if x.Kind == clike.Array {
		return x.List
	}
	return []*clike.Expr{x}
}

// settings: Spring repeats the Origin where a pattern allows it. Of a star beside credentials it makes an error, so that
// nothing is allowed.
func (o *springOrigins) settings(c *springChain) {
	set := checks.Setting{Layer: "spring", Name: "cors.origin", Header: "Access-Control-Allow-Origin", Origin: checks.OriginSet, Place: c.place(o.at), Raw: oneLine(c.doc.file.Text(o.at))}
	switch {
	case o.unknown:
		set.Origin = checks.OriginDynamic
	case slices.Contains(o.patterns, "*"):
		set.Flags = []string{reflects, varies}
		if !o.credentials {
			set.Value, set.Flags = "*", nil
		}
	case slices.Contains(o.origins, "*"):
		if o.credentials {
			return
		}
		set.Value = "*"
	case len(o.origins)+len(o.patterns) == 0:
		return
	default:
		set.Flags, set.Value = []string{matches, varies}, []any{}
	}
	c.add(set)
	if o.credentials {
		c.add(checks.Setting{Layer: "spring", Name: "cors.credentials", Header: "Access-Control-Allow-Credentials", Value: "true", Raw: "true", Origin: checks.OriginSet, Place: c.place(o.at)})
	}
}

// corsConfigurations follows variables of CorsConfiguration through the file.
func (c *springChain) corsConfigurations() {
	found := map[string]*springOrigins{}
	var order []*springOrigins
	begin := func(name string, x *clike.Expr) {
		if x != nil && (x.Kind == clike.New || x.Kind == clike.Call) && x.X != nil && x.X.Text == "CorsConfiguration" {
			o := &springOrigins{at: x}
			found[name] = o
			order = append(order, o)
		}
	}
	for name, x := range c.doc.constants {
		if x != nil && x.Kind == clike.Call && c.doc.lang == clike.Kotlin {
			begin(name, x)
		}
	}
	clike.Each(c.doc.file.Body, func(x *clike.Expr) bool {
		switch {
		case x.Kind == clike.Assign && x.X.Kind == clike.Name:
			begin(x.X.Text, x.Y)
		case x.Kind == clike.Assign && x.X.Kind == clike.Member && found[x.X.X.Text] != nil: // Kotlin: c.allowCredentials = true
			found[x.X.X.Text].take(c, x.X.Text, []*clike.Expr{x.Y})
		case x.Kind == clike.Call && x.X.Kind == clike.Member && found[x.X.X.Text] != nil:
			found[x.X.X.Text].take(c, x.X.Text, x.List)
		}
		return true
	})
	slices.SortFunc(order, func(a, b *springOrigins) int { return a.at.Start - b.at.Start })
	for _, o := range order {
		o.settings(c)
	}
}

// registry is registry.addMapping("/**").allowedOrigins(...).allowCredentials(true).
func (c *springChain) registry(x *clike.Expr, seen map[*clike.Expr]bool) {
	o := &springOrigins{at: x}
	for at := x; at.Kind == clike.Call && at.X.Kind == clike.Member; at = at.X.X {
		if at.X.Text == "addMapping" {
			seen[at] = true
			if len(o.origins)+len(o.patterns) == 0 && !o.unknown {
				o.origins = []string{"*"} // what a mapping allows by itself
			}
			o.settings(c)
			return
		}
		o.take(c, at.X.Text, at.List)
		seen[at] = seen[at] || strings.HasPrefix(at.X.Text, "allow")
	}
}

// annotations finds @CrossOrigin, which allows every origin where it names none.
func (c *springChain) annotations(body []*clike.Stmt) {
	for _, s := range body {
		notes := s.Annotations
		if s.Kind == clike.Do {
			notes = append(notes[:len(notes):len(notes)], s.X)
		}
		for _, n := range notes {
			if n.Kind == clike.Annotated {
				n = n.X
			}
			o := &springOrigins{at: n}
			switch {
			case n.Kind == clike.Name && n.Text == "CrossOrigin" && slices.Contains(s.Annotations, n):
			case n.Kind == clike.Call && n.X.Text == "CrossOrigin":
				for _, a := range n.List {
					if a.Kind == clike.Assign {
						o.take(c, a.X.Text, []*clike.Expr{a.Y})
					} else {
						o.take(c, "value", []*clike.Expr{a})
					}
				}
			default:
				continue
			}
			if len(o.origins)+len(o.patterns) == 0 && !o.unknown {
				o.origins = []string{"*"}
			}
			o.settings(c)
		}
		c.annotations(s.Body)
	}
}
