package settings

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/apache"
)

// apacheReader reads Apache httpd configurations: whole ones that begin with httpd.conf or apache2.conf, sites and
// fragments whose main file is not in the tree, and .htaccess files.
func apacheReader() reader {
	return reader{layer: "apache", hints: []string{"apache", "httpd", ".htaccess", "sites-available", "sites-enabled"}, wants: wantsApache, read: readApache, resolve: resolveApache}
}

func wantsApache(e *checks.Entry) bool {
	if e.Size > maxConfigSize {
		return false
	}
	if e.Name() == ".htaccess" {
		return true
	}
	switch path.Ext(withoutTemplateSuffix(e.Name())) {
	case ".conf", ".vhost":
		return true
	case "":
		return pathHas(e.Path, "apache2", "httpd", "apache", "sites-available", "sites-enabled")
	}
	return pathHas(e.Path, "sites-available", "sites-enabled")
}

// apacheDoc is one file.
type apacheDoc struct {
	path string
	conf *apache.Config
	role apacheRole
}

type apacheRole int

const (
	apacheSnippet  apacheRole = iota + 1 // plain directives: counts where it is included, or by its place
	apacheFragment                       // sections and directives of a server
	apacheMain                           // a whole configuration
	apacheAccess                         // .htaccess
)

func readApache(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	conf := apache.Of(f)
	role := roleOfApache(f.Path, conf)
	if role == 0 {
		return nil, nil
	}
	doc := &apacheDoc{f.Path, conf, role}
	if len(conf.Notes) == 0 || withoutTemplateSuffix(f.Name()) != f.Name() {
		return doc, nil
	}
	note := conf.Notes[0]
	return doc, []checks.Problem{{Op: "read Apache configuration", Expected: "sections that end",
		Actual: note.Text, Retry: checks.RetryUseless, Where: note.Place.String()}}
}

// roleOfApache decides by what the file holds whether it is Apache's at all.
func roleOfApache(p string, conf *apache.Config) apacheRole {
	name := withoutTemplateSuffix(path.Base(p))
	if name == ".htaccess" {
		return apacheAccess
	}
	sections, simple, unknown, whole := 0, 0, 0, false
	for _, d := range conf.Directives {
		lower := strings.ToLower(d.Name)
		switch {
		case d.Section && apacheSections[lower] && len(d.Args) > 0:
			sections++
		case d.Section:
			return 0 // fonts.conf, D-Bus, ProFTPD: other programs write sections too
		case knownToApache(lower) && len(d.Args) > 0 && !strings.HasPrefix(d.Args[0], "="):
			simple++
			whole = whole || lower == "serverroot" || lower == "loadmodule"
		default:
			unknown++
		}
	}
	if strings.Contains(p, "proftpd") || unknown*2 > simple+sections*2 {
		return 0
	}
	switch {
	case (name == "httpd.conf" || name == "apache2.conf" || whole) && simple+sections > 0:
		return apacheMain
	case sections > 0:
		return apacheFragment
	case simple > 0 && unknown*4 <= simple:
		return apacheSnippet
	}
	return 0
}

var (
	apacheSections = words(`virtualhost directory directorymatch location locationmatch files filesmatch ifmodule ifdefine
		ifversion iffile ifdirective ifsection if elseif else proxy proxymatch limit limitexcept macro requireall requireany
		requirenone`)
	apacheNames = words(`acceptpathinfo accessfilename action adddefaultcharset addencoding addhandler addicon addtype
		addoutputfilterbytype alias aliasmatch allow allowoverride allowencodedslashes browsermatch cgipassauth contentdigest customlog
		define undefine deny directoryindex documentroot enablesendfile errordocument errorlog errorlogformat expiresactive
		expiresdefault expiresbytype extendedstatus fallbackresource fileetag forcetype forensiclog group header hostnamelookups
		include includeoptional keepalive keepalivetimeout listen loadmodule logformat loglevel maxkeepaliverequests
		maxrequestworkers mutex namevirtualhost nameservicemonitor options order passenv pidfile redirect redirectmatch
		redirectpermanent removehandler requestheader requestreadtimeout require satisfy scriptalias scriptaliasmatch
		serveradmin serveralias servername serverroot serversignature servertokens setenv setenvif setenvifnocase
		sethandler setinputfilter setoutputfilter timeout traceenable typesconfig unsetenv usecanonicalname user
		php_value php_flag php_admin_value php_admin_flag use wsgidaemonprocess wsgiprocessgroup wsgiscriptalias
		directoryslash indexoptions indexignore readmename headername`)
	apachePrefixes = strings.Fields(`ssl limitrequest limitxml limitinternal rewrite proxy auth dav cache security sec mod_ dumpio balancermember
		remoteip substitute deflate brotli session h2 md cookietracking passenger`)
)

func knownToApache(lower string) bool {
	if apacheNames[lower] {
		return true
	}
	for _, p := range apachePrefixes {
		if strings.HasPrefix(lower, p) {
			return true
		}
	}
	return false
}
