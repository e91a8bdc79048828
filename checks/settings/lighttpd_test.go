package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLighttpdScopes(t *testing.T) {
	got := tell(scopesOf(t, lighttpdReader(), `
-- lighttpd/lighttpd.conf --
server.modules = ( "mod_setenv", "mod_openssl" )
# setenv.add-response-header = ( "X-Commented" => "1" )
setenv.set-response-header = (
  "X-Frame-Options" => "DENY",
  "X-Quoted" => "a \"b\" { }"
)
$HTTP["scheme"] == "https" {
  setenv.add-response-header += ( "Strict-Transport-Security" => "max-age=1" )
}
$HTTP["url"] =~ "^/embed/" {
  setenv.set-response-header = ( "X-Frame-Options" => "SAMEORIGIN" )
} else $HTTP["url"] =~ "^/x{1,2}" {
  expire.url = ( "" => "access 1 days" )
}
setenv.add-request-header = ( "X-Request" => "no" )
-- lighttpd/other.conf --
server.port = 80
`), "setenv.set-response-header", "setenv.add-response-header")
	want := map[string][]string{
		"path /*": {`setenv.set-response-header X-Frame-Options=DENY`, `setenv.set-response-header X-Quoted=a "b" { }`,
			`setenv.add-response-header Strict-Transport-Security=max-age=1[append]`},
		"path ^/embed/": {`setenv.set-response-header X-Frame-Options=SAMEORIGIN`,
			`setenv.add-response-header Strict-Transport-Security=max-age=1[append] (inherited)`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzLighttpd(f *testing.F) {
	f.Add("$HTTP[\"url\"] =~ \"a\" { setenv.add-response-header = ( \"A\" => \"b\", \"C\" => \"\\\"\" ) }\n# x\n\"{")
	f.Fuzz(func(t *testing.T, text string) { sound(t, lighttpdReader(), "lighttpd.conf", text) })
}
