//go:build unix

package realserver

import (
	"maps"
	"strings"
	"testing"
)

// Product is a server with its configuration. "{port}" and "{dir}" are filled in as by Start.
type Product struct {
	file, config string
	args         []string
}

// Start starts the product with further files beside its configuration.
func (p Product) Start(t testing.TB, files map[string]string) *Server {
	t.Helper()
	all := map[string]string{p.file: p.config}
	maps.Copy(all, files)
	return Start(t, all, p.args[0], p.args[1:]...)
}

// Nginx is nginx with these directives in its http block.
func Nginx(http string) Product {
	return Product{"nginx.conf", `daemon off; pid {dir}/pid; error_log stderr; events {}
http {
	access_log off; types { text/html html; }
	client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
` + http + "\n}\n", []string{"nginx", "-c", "{dir}/nginx.conf"}}
}

// Apache is Apache with these modules, such as "alias", besides the few that every set-up needs.
func Apache(config string, modules ...string) Product {
	var load strings.Builder
	for _, m := range append([]string{"mpm_event", "authz_core", "dir", "mime"}, modules...) {
		load.WriteString("LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n")
	}
	return Product{"httpd.conf", "ServerRoot {dir}\nServerName localhost\nPidFile {dir}/pid\nErrorLog {dir}/error.log\nListen 127.0.0.1:{port}\n" +
		load.String() + "TypesConfig /etc/mime.types\n" + config, []string{"apache2", "-f", "{dir}/httpd.conf", "-D", "FOREGROUND"}}
}

// Caddy is Caddy with these sites; its administration and its certificates are off.
func Caddy(sites string) Product {
	return Product{"Caddyfile", "{\n\tadmin off\n\tauto_https off\n}\n" + sites,
		[]string{"caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/Caddyfile"}}
}

// HAProxy is HAProxy with this configuration, in the foreground.
func HAProxy(config string) Product {
	return Product{"haproxy.cfg", config, []string{"haproxy", "-db", "-f", "{dir}/haproxy.cfg"}}
}

// Lighttpd is lighttpd with this configuration.
func Lighttpd(config string) Product {
	return Product{"lighttpd.conf", "server.port = {port}\nserver.bind = \"127.0.0.1\"\nserver.pid-file = \"{dir}/pid\"\nserver.errorlog = \"{dir}/error.log\"\n" + config,
		[]string{"lighttpd", "-D", "-f", "{dir}/lighttpd.conf"}}
}

// Puma serves a Rack application (config.ru).
func Puma(rackup string) Product {
	return Product{"config.ru", rackup, []string{"puma", "--quiet", "--bind", "tcp://127.0.0.1:{port}", "--threads", "1:4", "{dir}/config.ru"}}
}

// PHPFPM is a pool of PHP-FPM that speaks FastCGI on the port, with further lines in the pool's section.
func PHPFPM(pool string) Product {
	return Product{"fpm.conf", "[global]\nerror_log = {dir}/error.log\ndaemonize = no\n[www]\nuser = www-data\ngroup = www-data\nlisten = 127.0.0.1:{port}\npm = static\npm.max_children = 2\n" + pool,
		[]string{"php-fpm8.2", "-n", "-y", "{dir}/fpm.conf"}}
}

// Hypercorn serves the ASGI application "app" of a Python module.
func Hypercorn(module string) Product {
	return Product{"served.py", module, []string{"/usr/bin/python3", "-m", "hypercorn", "--bind", "127.0.0.1:{port}", "served:app"}}
}

// Uvicorn serves the ASGI application "app" of a Python module.
func Uvicorn(module string) Product {
	return Product{"served.py", module, []string{"uvicorn", "--app-dir", "{dir}", "--port", "{port}", "served:app"}}
}

// Gunicorn serves the WSGI application "app" of a Python module.
func Gunicorn(module string) Product {
	return Product{"served.py", module, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "served:app"}}
}

// Python runs a program with the distribution's Python, whose libraries are the packaged ones.
func Python(program string) Product {
	return Product{"program.py", program, []string{"/usr/bin/python3", "{dir}/program.py"}}
}

// PythonFiles is Python's http.server over the directory of that name.
func PythonFiles(dir string) Product {
	return Product{"unused", "", []string{"/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", "{dir}/" + dir, "{port}"}}
}
