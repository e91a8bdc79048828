package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApacheScopes(t *testing.T) {
	tests := []struct {
		name, archive string
		names         []string
		want          map[string][]string
	}{
		{"headers add up from the server to the location", `
-- apache2.conf --
ServerTokens Prod
<IfModule mod_headers.c>
  Header always set X-Frame-Options DENY
</IfModule>
<VirtualHost *:80>
  ServerName a.example
  Header set X-Site yes
  <Location /api>
    Header always unset X-Frame-Options
    Header always set Cache-Control "no-store"
  </Location>
  <Location /api/v1>
    Header set X-Frame-Options SAMEORIGIN
  </Location>
</VirtualHost>`, []string{"Header", "ServerTokens"}, map[string][]string{
			"server": {"ServerTokens=Prod", "Header X-Frame-Options=DENY[always]"},
			"virtualhost a.example": {"ServerTokens=Prod (inherited)", "Header X-Frame-Options=DENY[always] (inherited)",
				"Header X-Site=yes"},
			"virtualhost a.example / location /api": {"ServerTokens=Prod (inherited)", "Header X-Site=yes (inherited)",
				"Header X-Frame-Options=<nil>[always remove]", "Header Cache-Control=no-store[always]"},
			"virtualhost a.example / location /api/v1": {"ServerTokens=Prod (inherited)", "Header X-Site=yes (inherited)",
				"Header X-Frame-Options=<nil>[always remove] (inherited)", "Header Cache-Control=no-store[always] (inherited)",
				"Header X-Frame-Options=SAMEORIGIN"},
		}},
		{"macros count where they are used", `
-- apache2.conf --
ServerRoot /etc/apache2
Include macros.conf
Use Site a.example 1000
use SITE b.example 0
Use Site c.example
Use Absent x
-- macros.conf --
<Macro Site $name $namelimit>
  <VirtualHost *:80>
    ServerName $name
    LimitRequestBody $namelimit
    LogLevel debug
    Use Site $name 1
  </VirtualHost>
</Macro>`, []string{"LimitRequestBody", "LogLevel"}, map[string][]string{
			"server":                {"LimitRequestBody=1073741824 (default)", "LogLevel=warn (default)"},
			"virtualhost a.example": {"LimitRequestBody=1000", "LogLevel=debug"},
			"virtualhost b.example": {"LimitRequestBody=0", "LogLevel=debug"},
		}},
		{"sections that cover the document root count for the host", `
-- httpd.conf --
ServerRoot /etc/httpd
<Directory />
  Options -Indexes
  LimitRequestBody 1000
</Directory>
<VirtualHost *:443>
  ServerName b.example
  DocumentRoot /srv/www
  <Directory /srv/www>
    LimitRequestBody 2000
    Options +Indexes
  </Directory>
  <Directory /srv/other>
    Options None
  </Directory>
  <Location "/">
    Header always set A 1
  </Location>
</VirtualHost>`, []string{"LimitRequestBody", "Options", "Header"}, map[string][]string{
			"server":               {"Options=FollowSymlinks (inherited)", "LimitRequestBody=1000 (inherited)"},
			"server / directory /": {"Options=FollowSymlinks", "LimitRequestBody=1000"},
			"virtualhost b.example": {"LimitRequestBody=2000 (inherited)", "Options=FollowSymlinks Indexes (inherited)",
				"Header A=1[always] (inherited)"},
			"virtualhost b.example / directory /srv/www": {"LimitRequestBody=2000", "Options=FollowSymlinks Indexes",
				"Header A=1[always] (inherited)"},
			"virtualhost b.example / directory /srv/other": {"LimitRequestBody=1000 (inherited)", "Options=None",
				"Header A=1[always] (inherited)"},
			"virtualhost b.example / location /": {"LimitRequestBody=2000 (inherited)", "Options=FollowSymlinks Indexes (inherited)",
				"Header A=1[always]"},
		}},
		{"sites that are enabled by links, defined variables", `
-- etc/apache2/apache2.conf --
Define LOGS /var/log/shop
ErrorLog ${LOGS}/error.log
CustomLog ${APACHE_LOG_DIR}/access.log combined
LogFormat "%h %l %u" common
IncludeOptional sites-enabled/*.conf
-- etc/apache2/sites-available/shop.conf --
<VirtualHost *:80>
  ServerName shop.example
  CustomLog /a.log common
  CustomLog /b.log common
</VirtualHost>
<VirtualHost *:81>
  <IfDefine DEBUG>
    TraceEnable On
  </IfDefine>
</VirtualHost>`, []string{"ErrorLog", "CustomLog", "LogFormat", "TraceEnable"}, map[string][]string{
			"server": {"ErrorLog=/var/log/shop/error.log", "CustomLog~${APACHE_LOG_DIR}/access.log combined", "LogFormat common=%h %l %u",
				"TraceEnable=true (default)"},
			"virtualhost shop.example": {"ErrorLog=/var/log/shop/error.log (inherited)",
				"CustomLog=/a.log common", "CustomLog=/b.log common", "TraceEnable=true (default)"},
			"virtualhost *:81": {"ErrorLog=/var/log/shop/error.log (inherited)", "CustomLog~${APACHE_LOG_DIR}/access.log combined (inherited)",
				"TraceEnable~On"},
		}},
		{"a site alone, and .htaccess", `
-- deploy/site.conf --
<VirtualHost *:80>
  ServerName c.example
  Header always append Vary Origin
  Header set A "%{UNIQUE_ID}e"
  Header set B 1 env=HTTPS
  Header edit Set-Cookie ^(.*)$ "$1; Secure"
</VirtualHost>
-- www/.htaccess --
Header set X-Frame-Options DENY
LimitRequestBody 100
`, []string{"Header", "LimitRequestBody"}, map[string][]string{
			"virtualhost c.example": {"Header Vary=Origin[always append]", "Header A~%{UNIQUE_ID}e", "Header B=1[conditional env=HTTPS]",
				"Header Set-Cookie=[^(.*)$ $1; Secure][edit]", "LimitRequestBody=1073741824 (default)"},
			"directory www (.htaccess)": {"Header X-Frame-Options=DENY", "LimitRequestBody=100"},
		}},
		{"files inside a directory, directories by pattern", `
-- site.conf --
<VirtualHost *:80>
  ServerName d.example
  DocumentRoot /srv/www
  <Directory ~ "^/srv/.*/private">
    Header set A pattern
  </Directory>
  <Directory /srv/www>
    Header set A directory
    <FilesMatch "\.php$">
      Header set B php
    </FilesMatch>
  </Directory>
  <Files *>
    Header set C all
  </Files>
</VirtualHost>`, []string{"Header"}, map[string][]string{
			"virtualhost d.example":                                           {"Header A=directory (inherited)", "Header B=php (inherited)", "Header C=all (inherited)"},
			"virtualhost d.example / directory ~ ^/srv/.*/private":            {"Header B=php (inherited)", "Header A=pattern", "Header C=all (inherited)"},
			"virtualhost d.example / directory /srv/www":                      {"Header A=directory", "Header B=php (inherited)", "Header C=all (inherited)"},
			"virtualhost d.example / directory /srv/www / filesmatch \\.php$": {"Header A=directory (inherited)", "Header C=all (inherited)", "Header B=php"},
			"virtualhost d.example / files *":                                 {"Header A=directory (inherited)", "Header B=php (inherited)", "Header C=all"},
		}},
		{"include loop", `
-- httpd.conf --
ServerTokens Prod
Include a.conf
-- a.conf --
ServerSignature Off
Include a.conf
Include httpd.conf
`, []string{"ServerTokens", "ServerSignature"}, map[string][]string{
			"server": {"ServerTokens=Prod", "ServerSignature=false"},
		}},
		{"other programs' files", `
-- fonts.conf --
<?xml version="1.0"?>
<fontconfig>
<dir>/usr/share/fonts</dir>
</fontconfig>
-- proftpd.conf --
<Global>
User nobody
</Global>
-- dbus.conf --
<busconfig>
<policy user="root">
</policy>
</busconfig>
-- app.conf --
user = nobody
timeout = 3
-- nginx.conf --
http { server { listen 80; } }
-- smartd.conf --
DEVICESCAN -d removable
`, nil, map[string][]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tell(scopesOf(t, apacheReader(), tt.archive), tt.names...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
