package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNext(t *testing.T) {
	archive := `
-- shop/next.config.mjs --
import { withSentryConfig } from '@sentry/nextjs';
const csp = ` + "`\n  default-src 'self';\n  script-src ${process.env.NODE_ENV === 'production' ? \"'self'\" : \"'unsafe-eval'\"};\n`" + `;
const securityHeaders = [
  { key: 'Content-Security-Policy', value: csp.replace(/\s{2,}/g, ' ').trim() },
  { key: 'X-Frame-Options', value: 'DENY' },
];
/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  async headers() {
    return [
      { source: '/(.*)', headers: securityHeaders },
      { source: '/', headers: [{ key: 'Referrer-Policy', value: 'no-referrer' }] },
      { source: '/:path*', has: [{ type: 'header', key: 'x' }], headers: [{ key: 'X-Frame-Options', value: 'SAMEORIGIN' }] },
      { source: '/api/:path*', headers: [{ key: 'Access-Control-Allow-Origin', value: '*' }] },
      { source: '/((?!static|_next).*)', headers: [{ key: 'Permissions-Policy', value: process.env.PERMISSIONS }] },
    ];
  },
};
export default withSentryConfig(nextConfig, { silent: true });
-- blog/next.config.ts --
import type { NextConfig } from 'next'
const config: NextConfig = { output: 'export' }
export default config
-- blog/src/middleware.ts --
import { NextResponse, type NextRequest } from 'next/server'
export function middleware(request: NextRequest) {
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const cspHeader = ` + "`default-src 'self'; script-src 'self' 'nonce-${nonce}' 'strict-dynamic';\n  object-src 'none'`" + `
  const requestHeaders = new Headers(request.headers)
  requestHeaders.set('x-nonce', nonce)
  requestHeaders.set('X-Frame-Options', 'ALLOWALL')
  const response = NextResponse.next({ request: { headers: requestHeaders } })
  response.headers.set('Content-Security-Policy', cspHeader.replace(/\s{2,}/g, ' ').trim())
  if (request.nextUrl.pathname === '/x') { response.headers.set('Referrer-Policy', 'origin') }
  return response
}
export const config = { matcher: ['/((?!api|_next/static|_next/image|favicon.ico).*)'] }
-- admin/next.config.js --
module.exports = async (phase) => { return { async headers() { return (await import('./x')).list } } }
`
	got := map[string][]string{}
	for _, s := range scopesOf(t, nextReader(), archive) {
		got[s.Place.Path+" "+s.Name] = effect(s, "poweredByHeader", "output", "header", "headers()", "use")
	}
	policy := "header Content-Security-Policy=default-src 'self'; script-src 'self';"
	want := map[string][]string{
		"shop/next.config.mjs page /": {"poweredByHeader=false[remove]", policy, "header X-Frame-Options=DENY", "header Referrer-Policy=no-referrer",
			"header X-Frame-Options=SAMEORIGIN[conditional]", "header Permissions-Policy~process.env.PERMISSIONS"},
		"shop/next.config.mjs page /any/page": {"poweredByHeader=false[remove]", policy, "header X-Frame-Options=DENY",
			"header X-Frame-Options=SAMEORIGIN[conditional]", "header Permissions-Policy~process.env.PERMISSIONS"},
		"blog/next.config.ts page /": {"poweredByHeader=Next.js (default)", "output=export",
			"header Content-Security-Policy=default-src 'self'; script-src 'self' 'nonce-differsInEveryAnswer' 'strict-dynamic'; object-src 'none'",
			"header Referrer-Policy=origin[conditional]"},
		"admin/next.config.js page /": {"poweredByHeader=Next.js (default)", "headers()~headers() { return (await import('./x')).list }[unknown]"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCoversPath(t *testing.T) {
	for _, tt := range []struct {
		source     string
		home, deep bool
	}{
		{"/", true, false}, {"/(.*)", true, true}, {"/:path*", true, true}, {"/:path+", false, true}, {"/:path", false, false}, {"/:path?", true, false},
		{"/:path(.*)", true, true}, {"/((?!api|_next/static).*)", true, true}, {"/((?!any).*)", true, false}, {"/about", false, false},
		{"/any/:slug", false, true}, {"/any/page", false, true}, {"/(any|other)/page", false, true}, {"/:a/:b", false, true}, {"/.*", false, false},
		{"/((?!_next|[^?]*\\.(?:html?|css|js)).*)", true, true},
	} {
		for page, want := range map[string]bool{"/": tt.home, "/any/page": tt.deep} {
			if got, known := coversPath(tt.source, page); got != want || !known {
				t.Errorf("%s covers %s: %t (known %t), expected %t", tt.source, page, got, known, want)
			}
		}
	}
}
