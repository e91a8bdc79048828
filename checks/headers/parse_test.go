package headers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVersion(t *testing.T) {
	for text, want := range map[string]bool{"nginx/1.24.0": true, "Apache/2.4.62 (Debian)": true, "PHP/8.2.1": true, "4.0.30319": true, "WordPress 6.4.2": true,
		"Werkzeug/3.0.1 Python/3.11.2": true, "nginx": false, "Apache": false, "Express": false, "ECS (dcb/7F83)": false, "AmazonS3": false,
		"H2O": false, "Apache/2": false, "mw1430.eqiad.wmnet": false, "ATS/9.1.10": true} {
		if version.MatchString(text) != want {
			t.Errorf("%q: expected %v", text, want)
		}
	}
}

func TestClassOfPath(t *testing.T) {
	for pattern, want := range map[string]class{"/": htmlPage, "/app/": htmlPage, `\.php$`: htmlPage, `\.html$`: htmlPage, "/static/": static,
		`\.(css|js|png|jpe?g)$`: static, `\.(?:ico|css|js)$`: static, `\.(js|html)$`: htmlPage, "/favicon.ico": static, "/api/": jsonAnswer,
		"/media/": download, "/app/main.js": static, "/statistics": htmlPage} {
		if got := classOfPath(pattern); got != want {
			t.Errorf("%q is %q, expected %q", pattern, got, want)
		}
	}
}

func TestMetaTags(t *testing.T) {
	page := `<!doctype html><html><head><meta http-equiv="content-security-policy" content=" default-src 'self' ">
<script>"<meta http-equiv=refresh content=1>"</script><noscript><meta name=referrer content=unsafe-url></noscript><meta name=Referrer content=origin><meta name=viewport content=x></head>
<meta http-equiv="X-Frame-Options" content="DENY">`
	want := []metaTag{{name: cspHeader, content: "default-src 'self'"}, {name: referrerHeader, content: "origin"}}
	if diff := cmp.Diff(want, metaTags([]byte(page)), cmp.AllowUnexported(metaTag{})); diff != "" {
		t.Errorf("(-expected +found):\n%s", diff)
	}
}

func TestMetaTagsEndWithTheHead(t *testing.T) {
	const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`
	for page, want := range map[string]int{
		policy: 1, "<title>a</title>" + policy: 1, "<!-- a --><html><head><link rel=x>" + policy: 1,
		"<p>" + policy: 0, "<head></head>" + policy: 0, "<head>text" + policy: 0, "<template>" + policy + "</template>": 0, "<script>" + policy: 0,
	} {
		if got := len(metaTags([]byte(page))); got != want {
			t.Errorf("%s: %d policies, expected %d", page, got, want)
		}
	}
}
