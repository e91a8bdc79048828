package settings

import (
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

const maxConfigSize = 4 << 20 // bytes; a larger file is not a web server's configuration

// nginxReader reads nginx configurations: whole ones that begin with an nginx.conf, and fragments (a server block
// in conf.d, a location) whose nginx.conf is not in the tree.
func nginxReader() reader {
	return reader{layer: "nginx", hints: []string{"nginx", "sites-available", "sites-enabled"}, wants: wantsNginx, read: readNginx, resolve: resolveNginx}
}

func wantsNginx(e *checks.Entry) bool {
	if e.Size > maxConfigSize {
		return false
	}
	switch ext := path.Ext(withoutTemplateSuffix(e.Name())); ext {
	case ".conf", ".nginx", ".vhost", ".ngx":
		return true
	case "", ".inc", ".include", ".location", ".server":
		return pathHas(e.Path, "nginx", "sites-available", "sites-enabled", "openresty", "tengine")
	}
	return pathHas(e.Path, "sites-available", "sites-enabled") || nginxName.MatchString(e.Name()) && !sourceFile.MatchString(e.Name())
}

// nginxName are names such as nginx.app and nginx-shop.tpl; what the files hold decides.
var nginxName = regexp.MustCompile(`^nginx[._-][\w-]+$|^nginx.*\.(tpl|template|site|server|ctmpl|tftpl|mustache)$`)

var sourceFile = regexp.MustCompile(`\.(go|py|js|ts|rb|php|pl|sh|vim|el|lua|c|h|md|rst|txt|txtar|html|adoc|json|ya?ml|toml|xml|log|pid|service|logrotate|nix|pp|zip|gz|svg|png)$`)

// nginxDoc is one file.
type nginxDoc struct {
	path string
	conf *nginx.Config
	role nginxRole
}

// nginxRole is the context that a file's content belongs in.
type nginxRole int

const (
	nginxSnippet  nginxRole = iota + 1 // plain directives: means something only where it is included
	nginxMain                          // a whole configuration
	nginxHTTP                          // the inside of http: servers, maps, upstreams
	nginxInServer                      // the inside of a server: locations
)

func readNginx(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	conf := nginx.Of(f)
	role := roleOfNginx(f.Path, conf)
	if role == 0 {
		return nil, nil
	}
	doc := &nginxDoc{f.Path, conf, role}
	if len(conf.Notes) == 0 || withoutTemplateSuffix(f.Name()) != f.Name() {
		return doc, nil
	}
	note := conf.Notes[0]
	return doc, []checks.Problem{{Op: "read nginx configuration", Expected: "blocks and directives that end",
		Actual: note.Text, Retry: checks.RetryUseless, Where: note.Place.String()}}
}

// roleOfNginx decides by what the file holds whether it is nginx's at all: many programs have .conf files, some of
// them with braces.
func roleOfNginx(p string, conf *nginx.Config) nginxRole {
	role := nginxRole(0)
	simple, unknown := 0, 0
	for _, d := range conf.Directives {
		switch found := roleOfBlock(d); {
		case found == nginxMain:
			return nginxMain
		case found != 0:
			role = max(role, found)
			if found == nginxHTTP {
				role = nginxHTTP
			}
		case d.Block && !d.Template():
			unknown++
		case knownToNginx(d.Name):
			simple++
		default:
			unknown++
		}
	}
	if role == nginxInServer && unknown > simple+1 {
		return 0
	}
	if role != 0 {
		return role
	}
	if nginxName.MatchString(path.Base(p)) && path.Ext(p) != ".conf" {
		return 0 // nginx.vim and the like: plain words are no evidence
	}
	named := pathHas(p, "nginx", "openresty", "tengine") || strings.Contains(path.Base(p), "nginx") ||
		pathHas(p, "conf.d", "sites-available", "sites-enabled", "snippets")
	if simple > 0 && (unknown == 0 && len(conf.Notes) == 0 || named && unknown*3 <= simple) {
		return nginxSnippet
	}
	return 0
}

// roleOfBlock is the role that a top-level block gives its file, 0 where the block is not surely nginx's.
func roleOfBlock(d *nginx.Directive) nginxRole {
	if !d.Block {
		return 0
	}
	switch {
	case d.Name == "http" && len(d.Args) == 0 && mostlyNginx(d.Body):
		return nginxMain
	case d.Name == "events" && len(d.Args) == 0 && (len(d.Body) == 0 || mostlyNginx(d.Body)):
		return nginxMain
	case d.Name == "server" && len(d.Args) == 0 && mostlyNginx(d.Body):
		return nginxHTTP
	case d.Name == "upstream" && len(d.Args) == 1 && mostlyNginx(d.Body):
		return nginxHTTP
	case (d.Name == "map" || d.Name == "geo") && strings.HasPrefix(d.Arg(len(d.Args)-1), "$"):
		return nginxHTTP
	case d.Name == "location" && len(d.Args) > 0 && (len(d.Body) == 0 || mostlyNginx(d.Body)):
		return nginxInServer
	}
	return 0
}

func mostlyNginx(body []*nginx.Directive) bool {
	known := 0
	for _, d := range body {
		if knownToNginx(d.Name) {
			known++
		}
	}
	return known > 0 && known*2 >= len(body)
}

var (
	nginxNames = words(`listen root index location return rewrite include try_files alias deny allow internal if set
		upstream map geo types default_type user pid events http server autoindex charset etag satisfy stub_status
		mirror break merge_slashes port_in_redirect absolute_redirect sendfile expires resolver aio directio
		zone ip_hash least_conn hash daemon use multi_accept accept_mutex limit_except userid perl js_content ssi
		recursive_error_pages chunked_transfer_encoding underscores_in_headers ignore_invalid_headers msie_padding
		large_client_header_buffers connection_pool_size request_pool_size output_buffers postpone_output
		random_index empty_gif dav_methods mp4 flv slice split_clients vhost_traffic_status pcre_jit env lingering_close`)
	nginxPrefixes = strings.Fields(`proxy_ fastcgi_ uwsgi_ scgi_ grpc_ memcached_ ssl_ gzip client_ keepalive limit_
		access_ error_ log_ auth_ http2 http3 worker_ server_ open_ sub_filter more_ resolver_ add_header add_trailer
		real_ip_ set_real_ip_from types_hash_ send_ tcp_no reset_timedout_ variables_hash_ map_hash_ image_filter
		charset_ content_by_lua rewrite_by_lua access_by_lua header_filter_by_lua init_by_lua lua_ brotli
		modsecurity pagespeed passenger_ js_ secure_link vhost_traffic_ lingering_ quic_ zstd`)
)

func knownToNginx(name string) bool {
	if nginxNames[name] {
		return true
	}
	for _, p := range nginxPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func words(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		out[w] = true
	}
	return out
}
