package csp

import "testing"

var benchPolicies = []struct{ name, text string }{
	{"strict", "script-src 'nonce-Zk3Nq9xT7vLr2WmB8sYcHg' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'; base-uri 'none'; report-uri /csp"},
	{"typical", "default-src 'self'; script-src 'self' https://static.shop.example https://js.stripe.com https://www.google-analytics.com 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; " +
		"style-src 'self' 'unsafe-inline' https://fonts.googleapis.com; font-src 'self' https://fonts.gstatic.com data:; img-src 'self' data: https:; connect-src 'self' https://api.shop.example wss://live.shop.example; " +
		"frame-src https://js.stripe.com; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; upgrade-insecure-requests"},
	{"wildcards", "default-src 'self' *.shop.example *.google.com *.gstatic.com; script-src 'self' 'unsafe-inline' 'unsafe-eval' *.google.com *.googleapis.com *.cloudfront.net *.shop.example cdn.jsdelivr.net"},
	{"three", "default-src 'self'; script-src 'self' https://static.shop.example; object-src 'none', script-src https:; base-uri 'none', default-src https: data: 'unsafe-inline'; frame-ancestors 'self'"},
}

func BenchmarkEvaluate(b *testing.B) {
	page := Page{Self: ParseURL("https://shop.example/")}
	for _, p := range benchPolicies {
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Evaluate(ParseList(p.text), page)
			}
		})
	}
}

func BenchmarkHints(b *testing.B) {
	page := Page{Self: ParseURL("https://shop.example/")}
	for _, p := range benchPolicies {
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Hints(ParseList(p.text), page)
			}
		})
	}
}
