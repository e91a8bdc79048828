package settings

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/realserver"
)

const apacheRealConf = `
ServerRoot {dir}
PidFile {dir}/pid
Listen 127.0.0.1:{port}
ErrorLog {dir}/error.log
DefaultRuntimeDir {dir}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
User www-data
Group www-data
ServerTokens Prod
<Directory />
  LimitRequestBody 3000
  Header always set X-None dir
</Directory>
IncludeOptional {dir}/sites-enabled/*.conf
`

const apacheRealSite = `
Define COLOUR blue
<VirtualHost 127.0.0.1:{port}>
  ServerName shop.example
  DocumentRoot {dir}/www
  Header always set X-Frame-Options DENY
  Header set X-Plain only-on-success
  <IfModule mod_headers.c>
    Header always set X-Site ${COLOUR}
  </IfModule>
  <IfModule !mod_headers.c>
    Header always set X-Site none
  </IfModule>
  <IfVersion < 2.4>
    Header always set X-Site old
  </IfVersion>
  <Location /kept>
    LimitRequestBody 5000
  </Location>
  <Location /replaced>
    Header always set X-Frame-Options SAMEORIGIN
    Header always unset X-Site
    LimitRequestBody 6000
  </Location>
  <Location /replaced/inner>
    Header always append X-Set a
  </Location>
  <Location /unlimited>
    LimitRequestBody 0
    Header always set X-Outer "a \"b\" \
c"
  </Location>
</VirtualHost>
`

// TestApacheAgainstTheServer compares the headers of errors and the body limit in each location with the scopes.
func TestApacheAgainstTheServer(t *testing.T) {
	files := map[string]string{
		"httpd.conf":              apacheRealConf,
		"sites-enabled/shop.conf": apacheRealSite,
		"www/index.html":          "hello",
		"www/exists/index.html":   "hello",
	}
	program := realserver.Require(t, "apache2")
	if _, err := os.Stat("/usr/lib/apache2/modules/mod_headers.so"); err != nil {
		t.Skipf("NOT TESTED AGAINST THE REAL SERVER: %s has its modules elsewhere: %v", program, err)
	}
	srv := realserver.Start(t, files, "apache2", "-f", "{dir}/httpd.conf", "-DFOREGROUND")
	var archive strings.Builder
	fill := strings.NewReplacer("{dir}", "/etc/apache2", "{port}", "80")
	for name, content := range files {
		archive.WriteString("-- apache2/" + name + " --\n" + fill.Replace(content) + "\n")
	}
	scopes := map[string]*checks.Scope{}
	for _, s := range scopesOf(t, apacheReader(), archive.String()) {
		scopes[s.Name] = s
	}
	for path, name := range map[string]string{
		"/nothing": "", "/kept": "location /kept", "/replaced": "location /replaced",
		"/replaced/inner": "location /replaced/inner", "/unlimited": "location /unlimited",
	} {
		full := strings.TrimSuffix("virtualhost shop.example / "+name, " / ")
		scope := scopes[full]
		if scope == nil {
			t.Errorf("no scope %q", full)
			continue
		}
		compareHeaders(t, path, srv.Get(t, path), scope, "Header ")
		compareLimit(t, srv, path, scope, "LimitRequestBody")
	}
	if got := srv.Get(t, "/"); got.StatusCode != http.StatusOK || got.Header.Get("X-Plain") != "only-on-success" {
		t.Errorf("GET / = %d with X-Plain %q; the reader says it is set on success", got.StatusCode, got.Header.Get("X-Plain"))
	}
}
