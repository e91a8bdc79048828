package csp

import (
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// gadget is script of use to an attacker on a host that policies allow for another reason.
type gadget struct {
	class gadgetClass
	// host is a name, or begins with "." for every name below it.
	host string
	path string
}

// gadgetClass says how an attacker uses a host.
type gadgetClass uint8

const (
	published gadgetClass = iota // anyone publishes files there under a path of their own
	rented                       // anyone rents a name below it
	callback                     // an endpoint answers with script that calls what the caller names (JSONP)
	container                    // anyone fills a container with code, which is compiled from strings: only where 'unsafe-eval' is allowed
	library                      // a library there runs expressions that it finds in markup
	seized                       // the name passed into hands that served malicious script
)

// gadgets are the hosts, by class. What a wildcard over the public suffix list matches needs no entry (see attackerBelow).
// Only what a browser runs is here: raw.githubusercontent.com, for one, sends text/plain with nosniff.
var gadgets = []gadget{
	// Packages, repositories and files of anyone.
	{published, "cdn.jsdelivr.net", "/npm/attacker@1/x.js"}, {published, "cdn.jsdelivr.net", "/gh/attacker/x/x.js"},
	{published, "fastly.jsdelivr.net", "/npm/attacker@1/x.js"}, {published, "gcore.jsdelivr.net", "/npm/attacker@1/x.js"},
	{published, "testingcf.jsdelivr.net", "/npm/attacker@1/x.js"},
	{published, "unpkg.com", "/attacker@1/x.js"}, {published, "esm.sh", "/attacker@1/x.js"},
	{published, "cdn.esm.sh", "/attacker@1/x.js"}, {published, "cdn.skypack.dev", "/attacker"},
	{published, "ga.jspm.io", "/npm:attacker@1/x.js"}, {published, "deno.land", "/x/attacker/x.js"},
	{published, "jsr.io", "/@attacker/x/1/x.js"}, {published, "esm.unpkg.com", "/attacker@1/x.js"},
	{published, "npm.elemecdn.com", "/attacker@1/x.js"}, {published, "registry.npmmirror.com", "/attacker/1/files/x.js"},
	{published, "raw.githack.com", "/attacker/x/x.js"}, {published, "rawcdn.githack.com", "/attacker/x/x.js"},
	{published, "cdn.statically.io", "/gh/attacker/x/x.js"}, {published, "cdn.shopify.com", "/s/files/1/attacker/x.js"},
	{published, "script.googleusercontent.com", "/macros/echo"},
	{published, "ipfs.io", "/ipfs/attacker/x.js"}, {published, "dweb.link", "/ipfs/attacker/x.js"},
	{published, "arweave.net", "/attacker"}, {published, "web.archive.org", "/web/1js_/https://attacker.example/x.js"},

	// Buckets addressed by path.
	{published, "s3.amazonaws.com", "/attacker/x.js"}, {published, "s3.dualstack.us-east-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3.us-east-1.amazonaws.com", "/attacker/x.js"}, {published, "s3.us-east-2.amazonaws.com", "/attacker/x.js"},
	{published, "s3.us-west-1.amazonaws.com", "/attacker/x.js"}, {published, "s3.us-west-2.amazonaws.com", "/attacker/x.js"},
	{published, "s3.ca-central-1.amazonaws.com", "/attacker/x.js"}, {published, "s3.sa-east-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3.eu-west-1.amazonaws.com", "/attacker/x.js"}, {published, "s3.eu-west-2.amazonaws.com", "/attacker/x.js"},
	{published, "s3.eu-west-3.amazonaws.com", "/attacker/x.js"}, {published, "s3.eu-central-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3.eu-north-1.amazonaws.com", "/attacker/x.js"}, {published, "s3.eu-south-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3.ap-south-1.amazonaws.com", "/attacker/x.js"}, {published, "s3.ap-northeast-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3.ap-northeast-2.amazonaws.com", "/attacker/x.js"}, {published, "s3.ap-southeast-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3.ap-southeast-2.amazonaws.com", "/attacker/x.js"}, {published, "s3-us-west-2.amazonaws.com", "/attacker/x.js"},
	{published, "s3-us-west-1.amazonaws.com", "/attacker/x.js"}, {published, "s3-eu-west-1.amazonaws.com", "/attacker/x.js"},
	{published, "s3-eu-central-1.amazonaws.com", "/attacker/x.js"}, {published, "s3-ap-southeast-1.amazonaws.com", "/attacker/x.js"},
	{published, "storage.googleapis.com", "/attacker/x.js"}, {published, "commondatastorage.googleapis.com", "/attacker/x.js"},
	{published, "firebasestorage.googleapis.com", "/v0/b/attacker/o/x.js"}, {published, "nyc3.digitaloceanspaces.com", "/attacker/x.js"},
	{published, "objectstorage.us-ashburn-1.oraclecloud.com", "/p/attacker/x.js"}, {published, "s3.wasabisys.com", "/attacker/x.js"},
	{published, "f000.backblazeb2.com", "/file/attacker/x.js"},
	// Names that anyone rents and the public suffix list does not have. Policies reach them by a wildcard only.
	{rented, ".s3.amazonaws.com", "/x.js"}, {rented, ".storage.googleapis.com", "/x.js"},
	{rented, ".cloudfront.net", "/x.js"}, {rented, ".herokuapp.com", "/x.js"},
	{rented, ".appspot.com", "/x.js"}, {rented, ".firebaseapp.com", "/x.js"}, {rented, ".web.app", "/x.js"},
	{rented, ".azureedge.net", "/x.js"}, {rented, ".azurefd.net", "/x.js"}, {rented, ".azurewebsites.net", "/x.js"},
	{rented, ".blob.core.windows.net", "/x.js"}, {rented, ".b-cdn.net", "/x.js"}, {rented, ".akamaihd.net", "/x.js"},
	{rented, ".fastly.net", "/x.js"}, {rented, ".edgecastcdn.net", "/x.js"}, {rented, ".stackpathcdn.com", "/x.js"},
	{rented, ".kxcdn.com", "/x.js"}, {rented, ".cdn77.org", "/x.js"}, {rented, ".r2.dev", "/x.js"},
	{rented, ".googleusercontent.com", "/x.js"}, {rented, ".linodeobjects.com", "/x.js"}, {rented, ".myqcloud.com", "/x.js"},
	{rented, ".aliyuncs.com", "/x.js"}, {rented, ".ngrok.io", "/x.js"}, {rented, ".ngrok-free.app", "/x.js"},
	{rented, ".trycloudflare.com", "/x.js"}, {rented, ".azurestaticapps.net", "/x.js"},
	// Endpoints that call back.
	{callback, "accounts.google.com", "/o/oauth2/revoke"}, {callback, "www.google.com", "/complete/search"},
	{callback, "google.com", "/complete/search"}, {callback, "clients1.google.com", "/complete/search"},
	{callback, "suggestqueries.google.com", "/complete/search"}, {callback, "cse.google.com", "/api/x/cse/x"},
	{callback, "docs.google.com", "/spreadsheets/d/x/gviz/tq"}, {callback, "spreadsheets.google.com", "/feeds/list/x/1/public/values"},
	{callback, "www.googleapis.com", "/customsearch/v1"}, {callback, "maps.googleapis.com", "/maps/api/js"},
	{callback, "maps.google.com", "/maps/api/js"}, {callback, "translate.googleapis.com", "/$discovery/rest"},
	{callback, "content.googleapis.com", "/discovery/v1/apis"}, {callback, "people.googleapis.com", "/$discovery/rest"},
	{callback, "www.youtube.com", "/oembed"}, {callback, "youtube.com", "/oembed"},
	{callback, "googleads.g.doubleclick.net", "/pagead/conversion/x/wcm"}, {callback, "www.googleadservices.com", "/pagead/conversion/x/wcm"},
	{callback, "graph.facebook.com", "/me"}, {callback, "cdn.syndication.twimg.com", "/widgets/timelines/x"},
	{callback, "syndication.twitter.com", "/widgets/timelines/x"}, {callback, "api.twitter.com", "/1/statuses/oembed.json"},
	{callback, "publish.twitter.com", "/oembed"}, {callback, "api.github.com", "/users/x"},
	{callback, "vimeo.com", "/api/oembed.json"}, {callback, "api.vimeo.com", "/oembed"}, {callback, "soundcloud.com", "/oembed"},
	{callback, "noembed.com", "/embed"}, {callback, "api.embed.ly", "/1/oembed"}, {callback, "www.reddit.com", "/.json"},
	{callback, "www.flickr.com", "/services/oembed"}, {callback, "api.flickr.com", "/services/feeds/photos_public.gne"},
	{callback, ".wikipedia.org", "/w/api.php"}, {callback, "commons.wikimedia.org", "/w/api.php"}, {callback, "www.wikidata.org", "/w/api.php"},
	{callback, "itunes.apple.com", "/search"}, {callback, "api.stackexchange.com", "/2.3/info"},
	{callback, "nominatim.openstreetmap.org", "/search"}, {callback, "dev.virtualearth.net", "/REST/v1/Locations"},
	{callback, "api.bing.com", "/qsonhs.aspx"}, {callback, "api.ipify.org", "/"}, {callback, "ipinfo.io", "/"},
	{callback, "ipapi.co", "/jsonp/"}, {callback, "ip-api.com", "/json/"}, {callback, "get.geojs.io", "/v1/ip.js"},
	{callback, ".firebaseio.com", "/x.json"}, {callback, ".tumblr.com", "/api/read/json"}, {callback, ".disqus.com", "/api/ping"},
	{callback, "api.mixpanel.com", "/track"}, {callback, "api.tumblr.com", "/v2/blog/x/info"},
	{callback, "api.pinterest.com", "/v1/urls/count.json"}, {callback, "www.linkedin.com", "/countserv/count/share"},
	{callback, "api.map.baidu.com", "/api"}, {callback, "suggestion.baidu.com", "/su"}, {callback, "restapi.amap.com", "/v3/ip"},
	{callback, "suggest.yandex.ru", "/suggest-ya.cgi"}, {callback, "api-maps.yandex.ru", "/2.1/"}, {callback, "api.vk.com", "/method/users.get"},
	{callback, "m.addthis.com", "/live/red_lojson/300lo.json"}, {callback, "api.duckduckgo.com", "/"}, {callback, "archive.org", "/advancedsearch.php"},
	// Containers of anyone, whose own code is compiled from strings.
	{container, "www.googletagmanager.com", "/gtm.js"}, {container, "www.google-analytics.com", "/gtm/js"},
	{container, "tagmanager.google.com", "/gtm.js"}, {container, "optimize.google.com", "/optimize.js"},
	// AngularJS and its like, which compile markup.
	{library, "ajax.googleapis.com", "/ajax/libs/angularjs/1.8.3/angular.min.js"},
	{library, "cdnjs.cloudflare.com", "/ajax/libs/angular.js/1.8.3/angular.min.js"},
	{library, "code.angularjs.org", "/1.8.3/angular.min.js"}, {library, "yastatic.net", "/angularjs/1.3.16/angular.min.js"},
	{library, "yandex.st", "/angularjs/1.3.16/angular.min.js"},
	{library, "lib.baomitu.com", "/angular.js/1.8.3/angular.min.js"}, {library, "cdn.bytedance.com", "/cdn/angular.js/1.8.3/angular.min.js"},
	{library, "lf3-cdn-tos.bytecdntp.com", "/cdn/expire-1-M/angular.js/1.8.2/angular.min.js"},
	{library, "lf6-cdn-tos.bytecdntp.com", "/cdn/expire-1-M/angular.js/1.8.2/angular.min.js"},
	{library, "mirrors.sustech.edu.cn", "/cdnjs/ajax/libs/angular.js/1.8.3/angular.min.js"},
	{library, "www.gstatic.com", "/fsn/angular_js-bundle1.js"},
	// Names taken over in 2024 (polyfill.io and the networks of the same operator).
	{seized, "polyfill.io", "/v3/polyfill.min.js"}, {seized, "cdn.polyfill.io", "/v3/polyfill.min.js"},
	{seized, "cdn.bootcss.com", "/x.js"}, {seized, "cdn.bootcdn.net", "/x.js"}, {seized, "bootcdn.net", "/x.js"},
	{seized, "cdn.staticfile.net", "/x.js"}, {seized, "cdn.staticfile.org", "/x.js"}, {seized, "polyfill.com", "/v3/polyfill.min.js"},
}

// redirectors are addresses on which anyone has an allowed host answer with a redirect elsewhere.
var redirectors = []URL{
	{Scheme: "https", Host: "bit.ly", Path: "/x"}, {Scheme: "https", Host: "tinyurl.com", Path: "/x"}, {Scheme: "https", Host: "is.gd", Path: "/x"},
	{Scheme: "https", Host: "rb.gy", Path: "/x"}, {Scheme: "https", Host: "cutt.ly", Path: "/x"}, {Scheme: "https", Host: "ow.ly", Path: "/x"},
	{Scheme: "https", Host: "t.ly", Path: "/x"}, {Scheme: "https", Host: "ad.doubleclick.net", Path: "/ddm/clk/x"},
	{Scheme: "https", Host: "googleads.g.doubleclick.net", Path: "/pcs/click"}, {Scheme: "https", Host: "adclick.g.doubleclick.net", Path: "/pcs/click"},
	{Scheme: "https", Host: "www.googleadservices.com", Path: "/pagead/aclk"}, {Scheme: "https", Host: "click.linksynergy.com", Path: "/deeplink"},
}

// gadgetIndex finds the gadgets of a name.
var gadgetIndex = sync.OnceValue(func() map[string][]int {
	index := map[string][]int{}
	for i, g := range gadgets {
		index[g.host] = append(index[g.host], i)
	}
	return index
})

// url is where the gadget is, on a host that the attacker picks where any will do.
func (g *gadget) url(host string) URL { return URL{Scheme: "https", Host: host, Path: g.path} }

// reached is a gadget and the name of the host that it is tried on.
type reached struct {
	*gadget
	name string
}

// gadgets appends the gadgets on hosts that the source names.
func (s *Source) gadgets(out []reached) []reached {
	rest, wildcard := s.wildcard()
	switch {
	case !wildcard:
		for _, i := range gadgetIndex()[s.host] {
			out = append(out, reached{&gadgets[i], s.host})
		}
		for i := range len(s.host) {
			if s.host[i] != '.' {
				continue
			}
			for _, n := range gadgetIndex()[s.host[i:]] {
				if gadgets[n].class == callback { // every name below calls back, also this one
					out = append(out, reached{&gadgets[n], s.host})
				}
			}
		}
	case rest != "":
		for i := range gadgets {
			out = gadgets[i].below(rest, out)
		}
	}
	return out
}

// below appends the gadget if names that end in rest reach it.
func (g *gadget) below(rest string, out []reached) []reached {
	switch {
	case strings.HasSuffix(g.host, rest):
		name := g.host
		if name[0] == '.' {
			name = "attacker" + name
		}
		return append(out, reached{g, name})
	case g.class == callback && g.host[0] == '.' && strings.HasSuffix(rest, g.host):
		return append(out, reached{g, "attacker" + rest})
	}
	return out
}

// attackerBelow returns a name that an attacker registers below a wildcard over a public suffix, and whether the suffix
// is a registry's (*.com) rather than a hosting provider's (*.github.io); "" where nobody registers names there.
func (s *Source) attackerBelow() (host string, registry bool) {
	rest, wildcard := s.wildcard()
	if !wildcard || len(rest) < 2 {
		return "", false
	}
	host = "attacker" + rest
	suffix, icann := publicsuffix.PublicSuffix(host)
	if suffix == host {
		return "x." + host, icann // the suffix is itself a wildcard: names are registered one level below
	}
	if suffix != rest[1:] || !icann && !strings.Contains(suffix, ".") {
		return "", false
	}
	return host, icann
}
