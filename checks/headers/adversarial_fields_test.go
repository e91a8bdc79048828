package headers

// hostileFields are of the headers whose value is a word or a list.
var hostileFields = []hostileCase{
	{"null", "cors", "Access-Control-Allow-Origin: null\nAccess-Control-Allow-Credentials: true", "", "null-origin Access-Control-Allow-Origin"},
	{"reflected with credentials", "cors", "Access-Control-Allow-Origin: {origin}\nAccess-Control-Allow-Credentials: true\nVary: Origin", "", "any-origin-credentials Access-Control-Allow-Origin"},
	{"star with credentials", "cors", "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true", "", "star-credentials Access-Control-Allow-Origin"},
	{"star of a public page", "cors", "Access-Control-Allow-Origin: *", "", ""},
	{"a list", "cors", "Access-Control-Allow-Origin: https://a.example, https://b.example", "", "ignored-value Access-Control-Allow-Origin"},
	{"credentials in capitals mean nothing", "cors", "Access-Control-Allow-Origin: https://a.example\nAccess-Control-Allow-Credentials: TRUE\nVary: Origin", "", "ignored-value Access-Control-Allow-Credentials"},
	{"two lines", "cors", "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Origin: https://a.example", "", "ignored-value Access-Control-Allow-Origin"},

	{"in capitals", "nosniff", "X-Content-Type-Options: NOSNIFF", "", ""},
	{"the first of a list counts: good", "nosniff", "X-Content-Type-Options: nosniff, foo", "", ""},
	{"the first of a list counts: bad", "nosniff", "X-Content-Type-Options: foo, nosniff", "", "ignored-value X-Content-Type-Options"},
	{"in quotes", "nosniff", `X-Content-Type-Options: "nosniff"`, "", "ignored-value X-Content-Type-Options"},
	{"with a semicolon", "nosniff", "X-Content-Type-Options: nosniff;", "", "ignored-value X-Content-Type-Options"},

	{"ALLOW-FROM", "framing", "X-Frame-Options: ALLOW-FROM https://a.example", "", "ignored-value X-Frame-Options"},
	{"ALLOWALL", "framing", "X-Frame-Options: ALLOWALL", "", "ignored-value X-Frame-Options"},
	{"twice the same", "framing", "X-Frame-Options: SAMEORIGIN\nX-Frame-Options: SAMEORIGIN", "", ""},
	{"two that differ", "framing", "X-Frame-Options: SAMEORIGIN\nX-Frame-Options: DENY", "", "conflict X-Frame-Options"},
	{"frame-ancestors overrules DENY", "framing", "X-Frame-Options: DENY\nContent-Security-Policy: frame-ancestors *", "", "open-frame-ancestors frame-ancestors"},
	{"frame-ancestors that only reports", "framing", "Content-Security-Policy-Report-Only: frame-ancestors 'none'", "", "missing X-Frame-Options"},
	{"default-src is no fallback", "framing", "Content-Security-Policy: default-src 'none'", "", "missing X-Frame-Options"},
	{"in meta", "framing", "", `<meta http-equiv="X-Frame-Options" content="DENY">`, "only-in-meta X-Frame-Options"},
	{"JSON is not framed", "framing", "Content-Type: application/json", "{}", ""},

	{"the last known of a list counts: good", "referrer-policy", "Referrer-Policy: unsafe-url, strict-origin", "", ""},
	{"the last known of a list counts: bad", "referrer-policy", "Referrer-Policy: no-referrer, unsafe-url", "", "leaks-address Referrer-Policy"},
	{"an unknown word at the end is skipped", "referrer-policy", "Referrer-Policy: no-referrer, foo", "", ""},
	{"in capitals", "referrer-policy", "Referrer-Policy: NO-REFERRER", "", ""},
	{"a bare typo", "referrer-policy", "Referrer-Policy: no-referer", "", "unknown-policy Referrer-Policy"},

	{"the syntax of Feature-Policy", "permissions-policy", "Permissions-Policy: camera 'none'; microphone 'none'", "", "malformed Permissions-Policy"},
	{"open to all", "permissions-policy", "Permissions-Policy: camera=*", "", "open-to-all camera"},
	{"a token for an origin", "permissions-policy", "Permissions-Policy: camera=(https://a.example)", "", "ignored-value camera"},
	{"an origin in quotes", "permissions-policy", `Permissions-Policy: camera=(self "https://a.example")`, "", ""},
	{"a name that no browser knows", "permissions-policy", "Permissions-Policy: camara=()", "", "unknown-feature camara"},
	{"closed", "permissions-policy", "Permissions-Policy: camera=(), geolocation=(self)", "", ""},

	{"COOP in capitals", "cross-origin", "Cross-Origin-Opener-Policy: Same-Origin", "", "ignored-value Cross-Origin-Opener-Policy"},
	{"COOP with a parameter", "cross-origin", `Cross-Origin-Opener-Policy: same-origin; report-to="coop"`, "", ""},
	{"COOP in quotes", "cross-origin", `Cross-Origin-Opener-Policy: "same-origin"`, "", "ignored-value Cross-Origin-Opener-Policy"},
	{"COEP twice", "cross-origin", "Cross-Origin-Embedder-Policy: require-corp\nCross-Origin-Embedder-Policy: require-corp", "", "ignored-value Cross-Origin-Embedder-Policy"},
	{"CORP with a parameter", "cross-origin", "Cross-Origin-Resource-Policy: same-origin; x", "", "ignored-value Cross-Origin-Resource-Policy"},
	{"CORP in capitals", "cross-origin", "Cross-Origin-Resource-Policy: Same-Origin", "", "ignored-value Cross-Origin-Resource-Policy"},

	{"Origin-Agent-Cluster as a word", "well-formed", "Origin-Agent-Cluster: true", "", "ignored-value Origin-Agent-Cluster"},
	{"Reporting-Endpoints over http", "well-formed", `Reporting-Endpoints: csp="http://reports.example/"`, "", "insecure-endpoint Reporting-Endpoints"},
	{"Integrity-Policy", "well-formed", "Integrity-Policy: blocked-destinations=(script)", "", ""},
	{"the filter of old browsers", "deprecated", "X-XSS-Protection: 1; mode=block", "", "harmful X-Xss-Protection"},
	{"the filter is off", "deprecated", "X-XSS-Protection: 0", "", ""},
}

// hostilePages are of what is in the page.
var hostilePages = []hostileCase{
	{"a script without a hash", "subresource-integrity", "", `<script src="https://cdn.test/a.js"></script>`, "unpinned-script https://cdn.test/a.js"},
	{"an own script", "subresource-integrity", "", `<script src="/a.js"></script>`, ""},
	{"a script by its base", "subresource-integrity", "", `<base href="https://cdn.test/"><script src="a.js"></script>`, "unpinned-script https://cdn.test/a.js"},
	{"a hash without CORS", "subresource-integrity", "", `<script src="https://cdn.test/a.js" integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="></script>`, "never-loads https://cdn.test/a.js"},
	{"a hash that is none", "subresource-integrity", "", `<script src="https://cdn.test/a.js" integrity="md5-47DEQ" crossorigin></script>`, "ignored-value https://cdn.test/a.js"},
	{"a script in a comment", "subresource-integrity", "", `<!-- <script src="https://cdn.test/a.js"></script> -->`, ""},
	{"a script in a template", "subresource-integrity", "", `<template><script src="https://cdn.test/a.js"></script></template>`, ""},
	{"data for templates", "subresource-integrity", "", `<script type="text/x-template" src="https://cdn.test/a.js"></script>`, ""},
	{"a script over http", "mixed-content", "", `<script src="http://example.com/a.js"></script>`, "blocked script http://example.com/a.js"},
	{"a picture over http", "mixed-content", "", `<img src="http://example.com/a.png">`, "upgraded img http://example.com/a.png"},
	{"a form over http", "mixed-content", "", `<form action="http://example.com/in"><input name=a></form>`, "form-over-http form http://example.com/in"},
	{"a link is no mixed content", "mixed-content", "", `<a href="http://example.com/">home</a>`, ""},
	{"upgraded by the policy", "mixed-content", "Content-Security-Policy: upgrade-insecure-requests", `<script src="http://example.com/a.js"></script>`, ""},
	{"an address of this machine", "mixed-content", "", `<img src="http://127.0.0.1/a.png">`, ""},
	{"every path answers 200", "exposure", "", "<title>Shop</title><div id=root></div>", ""},
	{"every path answers with the start of a repository's file as text", "exposure", "Content-Type: text/plain", "everything is fine", ""},
}
