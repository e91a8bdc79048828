package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func TestPHP(t *testing.T) {
	scopes := scopesOf(t, phpReader(), `-- etc/php/8.2/fpm/php.ini --
[PHP]
expose_php = Off ; not told
post_max_size = 8M
upload_max_filesize = "10M"
display_errors = stderr
memory_limit = ${PHP_MEMORY}
error_reporting = E_ALL & ~E_NOTICE
[Session]
session.cookie_secure = 1
[PATH=/srv/www/big]
post_max_size = 0
-- etc/php/8.2/fpm/conf.d/20-uploads.ini --
post_max_size = 512M
-- etc/php/8.2/fpm/pool.d/www.conf --
[global]
pid = /run/php.pid
[www]
listen = /run/php/php8.2-fpm.sock
php_admin_value[post_max_size] = 20M
php_value[post_max_size] = 1G
php_flag[display_errors] = on
[other]
pm = dynamic
[third]
php_admin_flag[log_errors] = {{ log }}
-- www/php-app/.user.ini --
upload_max_filesize = 64M
-- etc/php/8.2/cli/php.ini --
post_max_size = 0
-- php/phpstan.ini --
level = 8
-- nginx/php-fpm.conf --
upstream php { server unix:/run/php.sock; }
-- app/application.ini --
display_errors = 1
`)
	compare(t, `
php file: php.ini @etc/php/8.2/fpm/php.ini:1
  expose_php=false @2
  upload_max_filesize=10485760 @4
  display_errors=stderr @5
  memory_limit~${PHP_MEMORY} @6
  session.cookie_secure=true @9
  post_max_size=536870912 (inherited) @etc/php/8.2/fpm/conf.d/20-uploads.ini:1
php file: 20-uploads.ini @etc/php/8.2/fpm/conf.d/20-uploads.ini:1
  post_max_size=536870912 @1
php pool: pool www @etc/php/8.2/fpm/pool.d/www.conf:5
  post_max_size=20971520 @5
  display_errors=true @7
php pool: pool third @etc/php/8.2/fpm/pool.d/www.conf:11
  log_errors~{{ log }} @11
php file: .user.ini @www/php-app/.user.ini:1
  upload_max_filesize=67108864 @1
`, lines(scopes, false))
	for name, want := range map[string]any{"max_input_vars": int64(1000), "log_errors": true, "open_basedir": nil, "session.cookie_samesite": ""} {
		if set, ok := scopes[0].Get(name); !ok || set.Origin != checks.OriginDefault || set.Value != want {
			t.Errorf("default %s: %+v", name, set)
		}
	}
}

func TestPHPValues(t *testing.T) {
	for _, c := range []struct {
		read func(string) any
		text string
		want any
	}{
		{phpSize, "8M", int64(8 << 20)}, {phpSize, " 2g ", int64(2 << 30)}, {phpSize, "512", int64(512)}, {phpSize, "8MB", int64(8)},
		{phpSize, "1.5G", int64(1 << 30)}, {phpSize, "-1", int64(-1)}, {phpSize, "0", int64(0)}, {phpSize, "", int64(0)}, {phpSize, "0x10", int64(16)},
		{phpSize, "010K", int64(8 << 10)}, {phpSize, "0b11", int64(3)}, {phpSize, "0o7", int64(7)}, {phpSize, "none", int64(0)}, {phpSize, "10 M", int64(10 << 20)},
		{phpSize, "9223372036854775807", int64(9223372036854775807)}, {phpSize, "9223372036854775807K", "9223372036854775807K"},
		{phpSize, "99999999999999999999", "99999999999999999999"}, {phpSize, "0x", int64(0)},
		{phpBool, "On", true}, {phpBool, "yes", true}, {phpBool, "off", false}, {phpBool, "none", false}, {phpBool, "", false}, {phpBool, "2", true},
		{phpDisplay, "stdout", true}, {phpDisplay, "STDERR", "stderr"}, {phpDisplay, "1", true}, {phpDisplay, "2", "stderr"}, {phpDisplay, "Off", false},
	} {
		if diff := cmp.Diff(c.want, c.read(c.text)); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}
