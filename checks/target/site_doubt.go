package target

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// doubtful is a reason not to judge an answer.
func doubtful(x *checks.Exchange, expected, actual string) *checks.Problem {
	p := &checks.Problem{Op: "judge the answer of", Where: x.URL, Expected: expected, Actual: actual,
		Retry: checks.RetryUseless, Blind: true}
	if x.Status == http.StatusTooManyRequests || x.Status >= 500 {
		p.Retry = checks.RetrySafe
	}
	return p
}

// doubtVisit says why the answer of a page is not what its role promises, or nil. The URL's own page may be missing, as
// that of many an API is: then the error page is what a browser shows. A missing page that a path asks for is a mistake.
func doubtVisit(x *checks.Exchange, asked *url.URL, page pageFacts, own bool) *checks.Problem {
	switch x.Role {
	case checks.RoleNotFound, checks.RoleError:
		return doubtError(x, page)
	case checks.RoleLogin:
		if page.password {
			return doubtContent(x, page) // some logins are answered with a 401
		}
	}
	if x.Role != checks.RoleLogout && x.Status >= 300 && x.Status < 400 {
		return doubtful(x, "a page", "status "+strconv.Itoa(x.Status)+" without a Location")
	}
	if x.Role != checks.RoleLogout {
		if d := doubtLogin(x, asked, page); d != nil {
			return d
		}
	}
	missing := own && x.Role == checks.RolePublic && (x.Status == http.StatusNotFound || x.Status == http.StatusGone)
	if d := doubtStatus(x, !missing); d != nil {
		return d
	}
	return doubtContent(x, page)
}

// doubtError doubts error answers that a wall or a gateway gives in place of the application. A page that the site does
// not have may be answered as a site sees fit.
func doubtError(x *checks.Exchange, page pageFacts) *checks.Problem {
	switch x.Status {
	case http.StatusProxyAuthRequired, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return doubtStatus(x, true)
	}
	if x.Role == checks.RoleError && x.Status < 400 {
		return doubtful(x, "an error answer: its path was given with the role error", "status "+strconv.Itoa(x.Status))
	}
	return doubtContent(x, page)
}

// statusAdvice is what to do about an answer that is not the application's.
var statusAdvice = map[int]string{
	401: ": it asks for credentials, set HARDCHECK_USER and HARDCHECK_PASSWORD or pass --header",
	403: ": the server or a wall in front of it refuses this client",
	405: ": it may ask for POST, which an audit does not send",
	407: ": a proxy asks for credentials",
	429: ": too many requests for this client",
	503: ": it is not ready, or a wall in front of it refuses this client",
}

// doubtStatus doubts answers that come from something other than the application. For a page every error counts.
func doubtStatus(x *checks.Exchange, page bool) *checks.Problem {
	advice, known := statusAdvice[x.Status]
	if !known && x.Status < 500 && !(page && x.Status >= 400) {
		return nil
	}
	if x.Role == checks.RoleAuthenticated && (x.Status == 401 || x.Status == 403) {
		advice = ": " + refusedCredentials
	}
	actual := strings.TrimSpace("status "+strconv.Itoa(x.Status)+" "+http.StatusText(x.Status)) + advice
	return doubtful(x, "an answer of the application itself", actual)
}

// wallHeaders are response headers that only bot walls send. pattern matches the value.
var wallHeaders = []struct {
	name, product string
	pattern       *regexp.Regexp
}{
	{"Cf-Mitigated", "Cloudflare", regexp.MustCompile(`.`)},
	{"X-Amzn-Waf-Action", "AWS WAF", regexp.MustCompile(`(?i)^(challenge|captcha)`)},
	{"X-Datadome", "DataDome", regexp.MustCompile(`(?i)^(protected|1)$`)},
	{"X-Sucuri-Block", "Sucuri", regexp.MustCompile(`.`)},
	{"X-Vercel-Mitigated", "Vercel", regexp.MustCompile(`(?i)^(challenge|deny)`)},
}

// wallTitles are titles of pages that a wall or a parking service shows in place of the application.
var wallTitles = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`^Attention Required! \| Cloudflare$`), "the bot wall of Cloudflare"},
	{regexp.MustCompile(`^Just a moment\.\.\.$`), "the bot wall of Cloudflare"},
	{regexp.MustCompile(`^(DDoS-Guard|Checking your browser)\b`), "a bot wall"},
	{regexp.MustCompile(`^Sucuri WebSite Firewall\b`), "the bot wall of Sucuri"},
	{regexp.MustCompile(`^(Pardon Our Interruption|Human Verification)\b`), "a bot wall"},
	{regexp.MustCompile(`(?i)^(this )?domain( name)?( \S+)? (is (parked|for sale)|may be for sale)`), "a parked domain"},
	{regexp.MustCompile(`(?i)^\S+\.[a-z]{2,} (is (parked|for sale)|may be for sale)`), "a parked domain"},
	{regexp.MustCompile(`(?i)^parked domain\b`), "a parked domain"},
}

// parkingHosts serve the scripts and frames of parked domains.
var parkingHosts = []string{"sedoparking.com", "parkingcrew.net", "bodis.com", "parklogic.com", "skenzo.com", "d1lxhc4jvstzrp.cloudfront.net"}

// doubtContent recognises walls and parked domains.
func doubtContent(x *checks.Exchange, page pageFacts) *checks.Problem {
	const expected = "the application"
	if e := x.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") && len(x.Body) > 0 {
		return doubtful(x, "a body that is plain or gzip, as was asked for", "Content-Encoding: "+strconv.QuoteToASCII(clip(e, 60)))
	}
	for _, h := range wallHeaders {
		if h.name == "X-Datadome" && x.Status != http.StatusForbidden {
			continue // it protects the page, and let this client through
		}
		if v := x.Header.Get(h.name); v != "" && h.pattern.MatchString(v) {
			return doubtful(x, expected, "the bot wall of "+h.product)
		}
	}
	for _, t := range wallTitles {
		if t.pattern.MatchString(page.title) {
			return doubtful(x, expected, t.what)
		}
	}
	for _, src := range page.sources {
		u, err := url.Parse(src)
		if err != nil {
			continue
		}
		for _, host := range parkingHosts {
			if name := strings.ToLower(u.Hostname()); name == host || strings.HasSuffix(name, "."+host) {
				return doubtful(x, expected, "a parked domain")
			}
		}
	}
	return nil
}

var (
	loginPath  = regexp.MustCompile(`(?i)/(log-?in|sign-?in|log_in|sign_in|signon|sso|saml2?|oauth2?|auth|authenticate|authorize|session/new)(/|\.[a-z]+$|$)`)
	loginTitle = regexp.MustCompile(`(?i)\b(log ?in|sign ?in|sign on|authentication required|anmelden|connexion|iniciar sesi)`)
)

// refusedCredentials is what to do about credentials that did not sign in.
const refusedCredentials = "the credentials of --auth-header or HARDCHECK_AUTH_HEADER are not accepted there"

// doubtLogin recognises a login page in place of the page that was asked for.
func doubtLogin(x *checks.Exchange, asked *url.URL, page pageFacts) *checks.Problem {
	signedIn := x.Role == checks.RoleAuthenticated
	if x.Role == checks.RoleLogin || loginPath.MatchString(asked.Path) && !signedIn {
		return nil
	}
	at, err := url.Parse(x.URL)
	if err != nil {
		return nil
	}
	form := page.password && loginTitle.MatchString(page.title)
	moved := len(x.Chain) > 0 && at.Path != asked.Path
	expected := "the page " + asked.RequestURI()
	switch {
	case signedIn && (form || moved && loginPath.MatchString(at.Path)):
		return doubtful(x, expected+" of a signed-in user", "a login page: "+refusedCredentials)
	case moved && (loginPath.MatchString(at.Path) || form):
		return doubtful(x, expected, "a redirect to a login page: give it as --path authenticated="+asked.RequestURI()+" with --auth-header, or audit the login page by its own path")
	case !moved && asked.Path != "/" && form:
		return doubtful(x, expected, "a login form in its place: give it as --path authenticated="+asked.RequestURI()+" with --auth-header")
	}
	return nil
}
