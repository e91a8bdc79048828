package csp

import "testing"

// TestPolicies reads policies as frameworks send them by default and as well-known kinds of sites write them: the
// hardened ones have no finding, the others those that an attacker can use.
func TestPolicies(t *testing.T) {
	const nonce = "'nonce-p4DfK1uXeJ6oQa0iGzRtVw=='"
	tests := []struct{ name, policy, want string }{
		{"helmet's default", "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests", ""},
		{"flask-talisman's default", "default-src 'self'; object-src 'none'", ""},
		{"flask-talisman with a nonce", "default-src 'self'; script-src 'self' " + nonce + "; object-src 'none'", "open-base-uri"},
		{"Django 6 with its nonce", "default-src 'self'; script-src 'self' 'nonce-x7Hq2vT9wLr4NmB8sYcKdg'; img-src 'self' https:", "open-base-uri"},
		{"django-csp's default", "default-src 'self'", ""},
		{"Next.js with a nonce", "default-src 'self'; script-src 'self' 'nonce-NTUwZTg0MDAtZTI5Yi00MWQ0LWE3MTYtNDQ2NjU1NDQwMDAw' 'strict-dynamic'; style-src 'self' " + nonce + "; img-src 'self' blob: data:; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; upgrade-insecure-requests;", ""},
		{"Next.js without a nonce", "default-src 'self'; script-src 'self' 'unsafe-eval' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'", "unsafe-inline unsafe-eval"},
		{"Rails' commented example", "default-src 'self' https:; font-src 'self' https: data:; img-src 'self' https: data:; object-src 'none'; script-src 'self' https:; style-src 'self' https:", "any-script-host"},
		{"Spring with a policy of its guide", "script-src 'self' https://trustedscripts.example.com; object-src https://trustedplugins.example.com; report-uri /csp-report-endpoint/", ""},
		{"Laravel with vite and a nonce", "base-uri 'self'; connect-src 'self'; default-src 'self'; form-action 'self'; img-src 'self'; media-src 'self'; object-src 'none'; script-src 'self' " + nonce + "; style-src 'self' " + nonce, ""},
		{"a forge with own asset hosts", "default-src 'none'; base-uri 'self'; child-src forge.example/assets-cdn/worker/ gist.forge.example/assets-cdn/worker/; connect-src 'self' uploads.forge.example api.forge.example forge-cloud.s3.amazonaws.com wss://alive.forge.example; font-src assets.forge.example; form-action 'self' forge.example gist.forge.example; frame-ancestors 'none'; frame-src viewscreen.forge.example; img-src 'self' data: blob: assets.forge.example *.githubusercontent.com; manifest-src 'self'; media-src forge.example; script-src assets.forge.example; style-src 'unsafe-inline' assets.forge.example; upgrade-insecure-requests; worker-src forge.example/assets-cdn/worker/", ""},
		{"a mail provider's strict policy", "require-trusted-types-for 'script'; report-uri /cspreport, object-src 'none'; base-uri 'self'; script-src " + nonce + " 'strict-dynamic' 'report-sample' 'unsafe-eval' 'unsafe-inline' https: http:; report-uri /cspreport", ""},
		{"a social site's wide list", "default-src * data: blob: 'self' 'unsafe-inline' 'unsafe-eval'; script-src *.social.example 'self' 'unsafe-inline' blob: data: 'unsafe-eval'; style-src * data: blob: 'unsafe-inline'", "unsafe-inline data-source unsafe-eval open-object-src"},
		{"a shop with tag manager and payments", "default-src 'self'; script-src 'self' https://www.googletagmanager.com https://js.stripe.com; frame-src https://js.stripe.com; img-src 'self' data: https://www.google-analytics.com; object-src 'none'; base-uri 'self'; form-action 'self'", ""},
		{"a shop that loads a library from a CDN", "default-src 'self'; script-src 'self' https://cdn.jsdelivr.net https://cdnjs.cloudflare.com; style-src 'self' https://cdn.jsdelivr.net; object-src 'none'", "shared-host gadget-host"},
		{"the same with the library's path", "default-src 'self'; script-src 'self' https://cdn.jsdelivr.net/npm/bootstrap@5.3.3/dist/js/ https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js; object-src 'none'", ""},
		{"a page with a hashed start", "default-src 'none'; script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", ""},
		{"a JSON-like lockdown", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'", ""},
		{"a sandboxed upload host", "sandbox; default-src 'none'", ""},
		{"a bank, two layers", "default-src 'self' *.bank.example; script-src 'self' *.bank.example 'unsafe-inline'; object-src 'none'\nscript-src 'self' https://static.bank.example " + nonce + "; base-uri 'self'", ""},
		{"a policy pasted from a word processor", "default-src ‘self’; script-src ‘self’", "no-script-src not-ascii"},
		{"a policy in shell quotes", `"default-src 'self'; script-src 'self'"`, "open-object-src unknown-directive unquoted-keyword"},
		{"a template that was not filled in", "script-src 'nonce-{{ csp_nonce }}' 'unsafe-inline'; object-src 'none'; base-uri 'none'", "unsafe-inline unquoted-keyword invalid-source"},
	}
	for _, tt := range tests {
		if got := evaluated(tt.policy, Page{}); got != tt.want {
			t.Errorf("%s: %s, expected %s", tt.name, got, tt.want)
		}
	}
}
