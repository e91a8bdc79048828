package headers

import (
	"encoding/base64"
	"math"
	"slices"
	"strings"
)

// kindOfCookie says what a cookie is for, as far as its name and value tell.
type kindOfCookie int

const (
	plainCookie   kindOfCookie = iota
	publicCookie               // balances load, counts visits: nothing is asked of it
	csrfCookie                 // scripts read it to send it back, so HttpOnly is not asked for
	guessedCookie              // its value alone looks like a session's
	sessionCookie
)

// sessionNames are the session cookies of frameworks and products, in lower case.
var sessionNames = wordSet(`sid session asp.net_sessionid .aspxauth cfid cftoken cakephp symfony
	connect.sid connect.sess koa.sid koa.sess koa:sess express.sid express:sess sails.sid hapi-session iron-session
	auth token jwt fedauth rtfa ltpatoken ltpatoken2 smsession mrhsession dsid moodlesession xsessionid jsessionidsso
	rememberme remember_me remember-me remember_token keycloak_identity keycloak_identity_legacy fastapiusersauth
	_oauth2_proxy _forward_auth .auth appserviceauthsession __session appsession nc_token oc_sessionpassphrase ory_kratos_session
	adminhtml wordpress_logged_in wordpress_sec __clerk_db_jwt sb-access-token sb-refresh-token svc_session bearer sso_token`)

// sessionStarts and sessionEnds begin and end the names that frameworks make for each site.
var (
	sessionStarts = []string{".aspnetcore.session", ".aspnetcore.cookies", ".aspnetcore.identity", "aspsessionid", "wordpress_logged_in_",
		"wordpress_sec_", "next-auth.session-token", "authjs.session-token", "better-auth.session", "phpsessid", "jsessionid", "cgisessid",
		"sessionid", "sessid", "_oauth2_proxy_", "prestashop-"}
	sessionEnds = []string{"session", "sessionid", "session_id", "session-id", "session.id", "sessid", "sessiontoken", "session_token", "session-token",
		"session.token", "auth_token", "auth-token", "authtoken", "access_token", "access-token", "accesstoken", "refresh_token", "refresh-token",
		"refreshtoken", "id_token", ".sid", "_sid", "-sid", "_sess", ".sess", "-sess"}
)

// sessionParts are words of a name that, with a random value, make it a session.
var sessionParts = []string{"sess", "auth", "token", "jwt", "login", "remember", "sso", "sid"}

// publicNames are cookies that balance load; publicStarts begin the names of those that measure visits, ask for consent or
// keep bots out. They identify nobody who is logged in.
var (
	publicNames = wordSet(`route routeid serverid ingresscookie stickysession sticky _lb lb gclb fly-machine-id heroku-session-affinity
		arraffinity arraffinitysamesite awselb awselbcors applicationgatewayaffinity applicationgatewayaffinitycors backend srv
		nid ide anid muid bcookie lidc bscookie consent reese84 mbox zlcmid hubspotutk
		aws-waf-token s_vi s_fid _y _s datadome`)
	publicStarts = []string{"_ga", "_gid", "_gat", "_gcl", "_fbp", "_fbc", "_hj", "__utm", "_pk_", "__cf", "_cf", "cf_", "awsalb", "ak_bmsc", "bm_", "_abck",
		"incap_", "visid_", "nlbi_", "bigip", "nsc_", "optimizely", "amplitude", "amp_", "mp_", "ajs_", "intercom-", "_dd_s", "_uet", "_cl", "__stripe",
		"_scid", "_tt", "_rdt", "_pin_", "li_", "_shopify_", "amcv", "__hs", "_vwo", "_vis_opt", "_parsely", "_sp_id", "_sp_ses", "optanon", "cookiec", "cookiel", "cookiey", "cookieb", "cookie_c", "cookie-c",
		"cmplz", "euconsent", "didomi", "usprivacy", "borlabs", "rl_", "__zlcmid", "drift", "ph_", "fs_uid", "_lfa", "visitor", "pi_", "__kla", "_px",
		"_gads", "__gads", "__gpi", "__eoi", "utm", "_zendesk", "ab_", "ab-", "exp_", "experiment"}
)

// plainWords in a name say that its value, however long, is no session.
var plainWords = []string{"cart", "basket", "guest", "anon", "device", "affinity", "consent", "banner", "campaign", "referr", "utm", "currency",
	"locale", "lang", "theme", "flash", "messages", "tempdata", "correlation", "nonce", "state", "pkce", "verifier", "callback", "redirect",
	"return", "tracking", "analytics", "uuid", "guid", "etag", "version", "build", "hash"}

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// kind tells session cookies by the names frameworks give them, by a telling name with a random value, and last by a
// value that nothing but a session has.
func (c *cookie) kind() kindOfCookie {
	name := asciiLower(c.name)
	for _, prefix := range []string{"__host-http-", "__host-", "__secure-", "__http-"} {
		name = strings.TrimPrefix(name, prefix)
	}
	begins := func(with string) bool { return strings.HasPrefix(name, with) }
	holds := func(part string) bool { return strings.Contains(name, part) }
	switch {
	case publicNames[name] || slices.ContainsFunc(publicStarts, begins):
		return publicCookie
	case holds("csrf") || holds("xsrf") || holds("antiforgery") || name == "authenticity_token":
		return csrfCookie
	case sessionNames[name], slices.ContainsFunc(sessionStarts, begins), strings.HasPrefix(c.value, "Fe26.2*"), jwt(c.value):
		return sessionCookie
	case slices.ContainsFunc(sessionEnds, func(end string) bool { return strings.HasSuffix(name, end) }) && !counts(c.value):
		return sessionCookie
	case slices.ContainsFunc(plainWords, holds):
		return plainCookie
	case slices.ContainsFunc(sessionParts, holds) && random(c.value, 16):
		return sessionCookie
	case signed(c.value) || token128(c.value):
		return guessedCookie
	}
	return plainCookie
}

// counts reports whether the value is a number or a truth value, which are no session.
func counts(value string) bool {
	return strings.Trim(value, "0123456789.:-") == "" || slices.Contains([]string{"true", "false", "yes", "no", "null", "none"}, asciiLower(value))
}

// jwt reports whether the value is a JSON web token: base64 parts, the first of which is a header that names an
// algorithm (RFC 7515, 7.1; RFC 7516, 7.1).
func jwt(value string) bool {
	parts := strings.Split(strings.TrimPrefix(value, "Bearer%20"), ".")
	if len(parts) != 3 && len(parts) != 5 || !strings.HasPrefix(parts[0], "eyJ") {
		return false
	}
	head, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	return err == nil && strings.Contains(string(head), `"alg"`)
}

// signed reports whether the value is what frameworks sign and give to users: itsdangerous and Django (payload, time,
// signature), cookie-signature of Express, Rails' messages, ASP.NET's data protection, Fernet, PASETO.
func signed(value string) bool {
	switch {
	case strings.HasPrefix(value, "s%3A"), strings.HasPrefix(value, "s:"):
		_, signature, ok := strings.Cut(value, ".")
		return ok && len(signature) >= 40
	case strings.HasPrefix(value, "CfDJ8"), strings.HasPrefix(value, "gAAAAA"):
		return len(value) >= 60
	case strings.HasPrefix(value, "v2.local."), strings.HasPrefix(value, "v4.local."), strings.HasPrefix(value, "v4.public."):
		return true
	}
	for _, by := range []string{".", ":", "--"} {
		parts := strings.Split(strings.Trim(value, `"`), by)
		if last := parts[len(parts)-1]; len(parts) > 1 && len(last) >= 27 && len(parts[0]) > 0 && word64(last) && random(last, 27) {
			return len(parts) == 3 || by == "--"
		}
	}
	return false
}

// token128 reports whether the value is one word of 128 random bits or more: 22 characters of base64, or 32 of hex. A
// UUID is none: that is how visitors are counted.
func token128(value string) bool {
	if !word64(value) || strings.Count(value, "-") == 4 && len(value) == 36 {
		return false
	}
	if strings.Trim(value, "0123456789abcdefABCDEF") == "" {
		return len(value) >= 32 && random(value, 32)
	}
	mixed := strings.ContainsAny(value, "0123456789") && asciiLower(value) != value
	return len(value) >= 22 && mixed && random(value, 22)
}

func word64(value string) bool {
	return value != "" && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=") == ""
}

// random reports whether the value looks drawn by lot: so many characters or more, with 3 bits of entropy each.
func random(value string, least int) bool {
	if len(value) < least {
		return false
	}
	var count [256]int
	for i := range len(value) {
		count[value[i]]++
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(value))
			bits -= p * math.Log2(p)
		}
	}
	return bits >= 3
}
