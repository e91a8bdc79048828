package target

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hardcheck/checks"
)

func TestDoubt(t *testing.T) {
	const form = `<title>Sign in - Shop</title><form><input name=u><input type="password" name=p></form>`
	pages := map[string]struct {
		status int
		header string
		body   string
		want   string // in the doubt; "" for none
	}{
		"/":               {200, "", "<title>Shop</title>", ""},
		"/json":           {200, "Content-Type: application/json", `{"title":"Attention Required! | Cloudflare"}`, ""},
		"/401":            {401, "", "", "HARDCHECK_USER"},
		"/403":            {403, "", "", "status 403 Forbidden"},
		"/404":            {404, "", "", "status 404"},
		"/407":            {407, "", "", "proxy"},
		"/429":            {429, "", "", "too many"},
		"/500":            {500, "", "", "status 500"},
		"/503":            {503, "", "", "not ready"},
		"/cf":             {200, "Cf-Mitigated: challenge", "", "Cloudflare"},
		"/cf-title":       {200, "", "<title>Attention Required! | Cloudflare</title>", "Cloudflare"},
		"/cf-article":     {200, "", "<title>How to get past Attention Required! | Cloudflare</title>", ""},
		"/datadome":       {200, "X-Datadome: protected", "", ""},
		"/parked":         {200, "", "<title>shop.example is for sale</title>", "parked"},
		"/house":          {200, "", "<title>This house is for sale</title>", ""},
		"/parked-script":  {200, "", `<script src="//www.sedoparking.com/x.js"></script>`, "parked"},
		"/private":        {302, "Location: /login", "", "login"},
		"/private2":       {302, "Location: /welcome", "", "login"},
		"/login":          {200, "", form, ""},
		"/welcome":        {200, "", form, ""},
		"/dashboard":      {200, "", form, "login form"},
		"/profile":        {200, "", "<title>Profile</title><input type=password>", ""},
		"/moved":          {301, "Location: /profile", "", ""},
		"/moved-to-login": {301, "Location: /users/sign_in?next=/", "", "login"},
		"/users/sign_in":  {200, "", form, ""},
		"/catalogue":      {301, "Location: /catalogue/", "", ""},
		"/catalogue/":     {200, "", "<title>Log in to see prices</title>", ""},
		"/no-location":    {302, "", "", "without a Location"},
	}
	pages["/welcome"] = pages["/dashboard"]
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		p := pages[r.URL.Path]
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if name, value, ok := strings.Cut(p.header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(p.status)
		w.Write([]byte(p.body))
	})
	s := openTest(t, srv.URL, SiteOptions{})
	for path, p := range pages {
		x, err := s.Page(t.Context(), path)
		switch {
		case err != nil:
			t.Errorf("%s: %v", path, err)
		case (x.Doubt == nil) != (p.want == ""):
			t.Errorf("%s: doubt %v, want %q", path, x.Doubt, p.want)
		case x.Doubt != nil && (!strings.Contains(x.Doubt.Actual, p.want) || !x.Doubt.Blind || x.Doubt.Where == ""):
			t.Errorf("%s: doubt %v, want %q", path, x.Doubt, p.want)
		}
	}
	x, err := s.Do(t.Context(), checks.Request{Path: "/404"})
	if err != nil || x.Doubt != nil {
		t.Errorf("a missing path asked for on purpose: %v, %v; want no doubt", x.Doubt, err)
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add([]byte("<title>Just a moment...</title><input type=password><script src=//a.example/x.js>"))
	f.Fuzz(func(_ *testing.T, body []byte) {
		x := &checks.Exchange{URL: "https://shop.example/", Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: body}
		doubtVisit(x, &url.URL{Scheme: "https", Host: "shop.example", Path: "/x"}, readPage(x), false)
	})
}
