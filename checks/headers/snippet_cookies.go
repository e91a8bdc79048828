package headers

import (
	"regexp"
	"slices"
	"strings"
)

// cookieForm is one line or call that gives a cookie attributes: what begins it, what stands between two of them, what
// ends it, and its word for each attribute. {cookie} is the cookie's name, {pattern} the name in a regular expression,
// {domain} and {path} are what it has, {prefix} begins Django's settings. A form that names what the cookie lacks is left
// out.
type cookieForm struct {
	begin, between, end string
	words               map[string]string
}

// cookieWay is how a product is told: what begins a comment there, what stands around the lines, and the lines. A way that
// is whole makes the cookie anew: what it has already is written too.
type cookieWay struct {
	comment, before string
	forms           []cookieForm
	whole           bool
}

// cookieWays are a framework's settings of its own cookies, and what sets others. Servers have one way for all.
type cookieWays struct{ own, other cookieWay }

// plainLine is the line itself, for products that cannot change what the application sends.
var plainLine = cookieWays{other: cookieWay{whole: true, forms: []cookieForm{{"Set-Cookie: {cookie}=VALUE; ", "; ", "", attributeWords}}}}

// attributeWords are the attributes as they stand in a Set-Cookie line.
var attributeWords = map[string]string{withSecure: withSecure, withHTTPOnly: withHTTPOnly, withSameSite: withSameSite, withPath: withPath}

// cookieSnippet is what to paste for a cookie.
func (r *response) cookieSnippet(name string, i issue) string {
	m := i.mend
	if len(m.attributes) == 0 {
		return ""
	}
	if made, server := products[name]; server && m.written {
		line := m.fill(cookieWay{forms: []cookieForm{{"{cookie}=VALUE; ", "; ", "", attributeWords}}, whole: true})
		return made.comment + " " + name + ", in place of " + r.place.String() + "\n" +
			made.fill(dose{header: cookieHeader, value: line}, issue{})
	}
	if name == "nginx" && strings.HasPrefix(strings.ToLower(m.cookie.name), "phpsessid") {
		name = "php" // nginx changes the cookies of proxy_pass, and PHP stands behind fastcgi_pass
	}
	ways, known := cookieProducts[name]
	if !known {
		name, ways = "", plainLine
	}
	way := ways.other
	if ways.own.forms != nil && (m.session || !m.written && m.frameworks(name)) {
		way = ways.own
	}
	text := m.fill(way)
	if text == "" || way.comment == "" {
		return text
	}
	return way.comment + " " + name + r.pasteAt(i, cookieHeader) + "\n" + way.around(text)
}

// around puts the lines where the product reads them, below what they belong to.
func (w cookieWay) around(text string) string {
	if w.before == "" {
		return text
	}
	indent := w.before[strings.LastIndexByte(w.before, '\n')+1:]
	return w.before + strings.ReplaceAll(text, "\n", "\n"+indent)
}

// frameworks reports whether the framework itself makes the cookie, rather than a line of the application.
func (m *mend) frameworks(product string) bool {
	switch kind := m.cookie.kind(); {
	case product == "fastapi":
		return m.cookie.name == "session"
	case kind == csrfCookie:
		return product == "django"
	default:
		return kind == sessionCookie || kind == guessedCookie
	}
}

// fill writes the forms that have a word for an attribute that the cookie needs.
func (m *mend) fill(way cookieWay) string {
	prefix := "SESSION_COOKIE_"
	if m.cookie.kind() == csrfCookie {
		prefix = "CSRF_COOKIE_"
	}
	name := m.cookie.shownIn()
	values := strings.NewReplacer("{cookie}", name, "{pattern}", regexp.QuoteMeta(name), "{prefix}", prefix,
		"{domain}", regexp.QuoteMeta(m.cookie.domain), "{path}", m.cookie.path)
	var lines []string
	for _, f := range way.forms {
		words := m.words(f, way.whole)
		if len(words) == 0 || strings.Contains(f.begin, "{domain}") && !plainDomain.MatchString(m.cookie.domain) ||
			strings.Contains(f.begin, "{path}") && !plainPath.MatchString(m.cookie.path) {
			continue
		}
		lines = append(lines, values.Replace(f.begin+strings.Join(words, f.between)+f.end))
	}
	return strings.Join(lines, "\n")
}

// words are the form's words for the attributes that the cookie needs, and where it is written anew for those it has.
func (m *mend) words(f cookieForm, whole bool) (out []string) {
	c := m.cookie
	has := map[string]bool{withPath: c.path == "/", withSecure: c.secure, withHTTPOnly: c.httpOnly, withSameSite: c.sameSite != ""}
	for _, a := range attributeOrder {
		needed := slices.Contains(m.attributes, a)
		word, ok := f.words[a]
		if !ok || !needed && !(whole && has[a]) {
			continue
		}
		if a == withSameSite && !needed && c.sameSite == "strict" {
			word = strings.NewReplacer("Lax", "Strict", "lax", "strict").Replace(word)
		} else if a == withSameSite && !needed && c.sameSite == "none" {
			word = strings.NewReplacer("Lax", "None", "lax", "none").Replace(word)
		}
		out = append(out, word)
	}
	return out
}

// What came from the site is not trusted in a configuration.
var (
	plainName   = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`)
	plainDomain = regexp.MustCompile(`^[0-9a-z.-]{1,253}$`)
	plainPath   = regexp.MustCompile(`^/[0-9A-Za-z/._-]{0,255}$`)
)

// shownIn is the cookie's name as it may stand in a configuration.
func (c *cookie) shownIn() string {
	if plainName.MatchString(c.name) {
		return c.name
	}
	return "NAME"
}

// settingOf is the line that sets one attribute of a framework's own cookie; "" where it has none.
func settingOf(product, attribute string, c cookie) string {
	way := cookieProducts[product].own
	text := (&mend{attributes: []string{attribute}, cookie: c}).fill(way)
	if text == "" {
		return ""
	}
	return way.comment + " " + product + "\n" + text
}
