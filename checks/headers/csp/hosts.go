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
	// needsEval marks script that the attacker steers only where strings are compiled.
	needsEval bool
}

// gadgetClass says how an attacker uses a host.
type gadgetClass uint8

const (
	published gadgetClass = iota // anyone publishes files there under a path of their own
	rented                       // anyone rents a name below it
	callback                     // an endpoint answers with script that calls what the caller names (JSONP)
	library                      // a library there runs expressions that it finds in markup
	seized                       // the name passed into hands that served malicious script
)

// gadgets are the hosts, by class. What a wildcard over the public suffix list matches needs no entry (see attackerBelow).
// Only what a browser runs is here: raw.githubusercontent.com, for one, sends text/plain with nosniff.
var gadgets = []gadget{
	// Packages, repositories and files of anyone.
	{published, "cdn.jsdelivr.net", "/npm/attacker@1/x.js", false}, {published, "cdn.jsdelivr.net", "/gh/attacker/x/x.js", false},
	{published, "fastly.jsdelivr.net", "/npm/attacker@1/x.js", false}, {published, "gcore.jsdelivr.net", "/npm/attacker@1/x.js", false},
	{published, "testingcf.jsdelivr.net", "/npm/attacker@1/x.js", false}, {published, "esm.run", "/attacker", false},
	{published, "unpkg.com", "/attacker@1/x.js", false}, {published, "esm.sh", "/attacker@1/x.js", false},
	{published, "cdn.esm.sh", "/attacker@1/x.js", false}, {published, "cdn.skypack.dev", "/attacker", false},
	{published, "ga.jspm.io", "/npm:attacker@1/x.js", false}, {published, "deno.land", "/x/attacker/x.js", false},
	{published, "jsr.io", "/@attacker/x/1/x.js", false}, {published, "esm.unpkg.com", "/attacker@1/x.js", false},
	{published, "npm.elemecdn.com", "/attacker@1/x.js", false}, {published, "registry.npmmirror.com", "/attacker/1/files/x.js", false},
	{published, "raw.githack.com", "/attacker/x/x.js", false}, {published, "rawcdn.githack.com", "/attacker/x/x.js", false},
	{published, "cdn.statically.io", "/gh/attacker/x/x.js", false}, {published, "cdn.shopify.com", "/s/files/1/attacker/x.js", false},
	{published, "script.google.com", "/macros/s/attacker/exec", false}, {published, "script.googleusercontent.com", "/macros/echo", false},
	{published, "ipfs.io", "/ipfs/attacker/x.js", false}, {published, "dweb.link", "/ipfs/attacker/x.js", false},
	{published, "arweave.net", "/attacker", false}, {published, "web.archive.org", "/web/1js_/https://attacker.example/x.js", false},

	// Buckets addressed by path.
	{published, "s3.amazonaws.com", "/attacker/x.js", false}, {published, "s3.dualstack.us-east-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.us-east-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3.us-east-2.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.us-west-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3.us-west-2.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.ca-central-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3.sa-east-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.eu-west-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3.eu-west-2.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.eu-west-3.amazonaws.com", "/attacker/x.js", false}, {published, "s3.eu-central-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.eu-north-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3.eu-south-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.ap-south-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3.ap-northeast-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.ap-northeast-2.amazonaws.com", "/attacker/x.js", false}, {published, "s3.ap-southeast-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3.ap-southeast-2.amazonaws.com", "/attacker/x.js", false}, {published, "s3-us-west-2.amazonaws.com", "/attacker/x.js", false},
	{published, "s3-us-west-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3-eu-west-1.amazonaws.com", "/attacker/x.js", false},
	{published, "s3-eu-central-1.amazonaws.com", "/attacker/x.js", false}, {published, "s3-ap-southeast-1.amazonaws.com", "/attacker/x.js", false},
	{published, "storage.googleapis.com", "/attacker/x.js", false}, {published, "commondatastorage.googleapis.com", "/attacker/x.js", false},
	{published, "firebasestorage.googleapis.com", "/v0/b/attacker/o/x.js", false}, {published, "nyc3.digitaloceanspaces.com", "/attacker/x.js", false},
	{published, "objectstorage.us-ashburn-1.oraclecloud.com", "/p/attacker/x.js", false}, {published, "s3.wasabisys.com", "/attacker/x.js", false},
	{published, "f000.backblazeb2.com", "/file/attacker/x.js", false},
	// Names that anyone rents and the public suffix list does not have. Policies reach them by a wildcard only.
	{rented, ".s3.amazonaws.com", "/x.js", false}, {rented, ".storage.googleapis.com", "/x.js", false},
	{rented, ".cloudfront.net", "/x.js", false}, {rented, ".herokuapp.com", "/x.js", false},
	{rented, ".appspot.com", "/x.js", false}, {rented, ".firebaseapp.com", "/x.js", false}, {rented, ".web.app", "/x.js", false},
	{rented, ".azureedge.net", "/x.js", false}, {rented, ".azurefd.net", "/x.js", false}, {rented, ".azurewebsites.net", "/x.js", false},
	{rented, ".blob.core.windows.net", "/x.js", false}, {rented, ".b-cdn.net", "/x.js", false}, {rented, ".akamaihd.net", "/x.js", false},
	{rented, ".fastly.net", "/x.js", false}, {rented, ".edgecastcdn.net", "/x.js", false}, {rented, ".stackpathcdn.com", "/x.js", false},
	{rented, ".kxcdn.com", "/x.js", false}, {rented, ".cdn77.org", "/x.js", false}, {rented, ".r2.dev", "/x.js", false},
	{rented, ".googleusercontent.com", "/x.js", false}, {rented, ".linodeobjects.com", "/x.js", false}, {rented, ".myqcloud.com", "/x.js", false},
	{rented, ".aliyuncs.com", "/x.js", false}, {rented, ".ngrok.io", "/x.js", false}, {rented, ".ngrok-free.app", "/x.js", false},
	{rented, ".trycloudflare.com", "/x.js", false}, {rented, ".azurestaticapps.net", "/x.js", false},
	// Endpoints that call back.
	{callback, "accounts.google.com", "/o/oauth2/revoke", false}, {callback, "www.google.com", "/complete/search", false},
	{callback, "google.com", "/complete/search", false}, {callback, "clients1.google.com", "/complete/search", false},
	{callback, "suggestqueries.google.com", "/complete/search", false}, {callback, "cse.google.com", "/api/x/cse/x", false},
	{callback, "docs.google.com", "/spreadsheets/d/x/gviz/tq", false}, {callback, "spreadsheets.google.com", "/feeds/list/x/1/public/values", false},
	{callback, "www.googleapis.com", "/customsearch/v1", false}, {callback, "maps.googleapis.com", "/maps/api/js", false},
	{callback, "maps.google.com", "/maps/api/js", false}, {callback, "translate.googleapis.com", "/$discovery/rest", false},
	{callback, "content.googleapis.com", "/discovery/v1/apis", false}, {callback, "people.googleapis.com", "/$discovery/rest", false},
	{callback, "www.youtube.com", "/oembed", false}, {callback, "youtube.com", "/oembed", false},
	{callback, "googleads.g.doubleclick.net", "/pagead/conversion/x/wcm", false}, {callback, "www.googleadservices.com", "/pagead/conversion/x/wcm", false},
	{callback, "graph.facebook.com", "/me", false}, {callback, "cdn.syndication.twimg.com", "/widgets/timelines/x", false},
	{callback, "syndication.twitter.com", "/widgets/timelines/x", false}, {callback, "api.twitter.com", "/1/statuses/oembed.json", false},
	{callback, "publish.twitter.com", "/oembed", false}, {callback, "api.github.com", "/users/x", false},
	{callback, "vimeo.com", "/api/oembed.json", false}, {callback, "api.vimeo.com", "/oembed", false}, {callback, "soundcloud.com", "/oembed", false},
	{callback, "noembed.com", "/embed", false}, {callback, "api.embed.ly", "/1/oembed", false}, {callback, "www.reddit.com", "/.json", false},
	{callback, "www.flickr.com", "/services/oembed", false}, {callback, "api.flickr.com", "/services/feeds/photos_public.gne", false},
	{callback, ".wikipedia.org", "/w/api.php", false}, {callback, "commons.wikimedia.org", "/w/api.php", false}, {callback, "www.wikidata.org", "/w/api.php", false},
	{callback, "itunes.apple.com", "/search", false}, {callback, "api.stackexchange.com", "/2.3/info", false},
	{callback, "nominatim.openstreetmap.org", "/search", false}, {callback, "dev.virtualearth.net", "/REST/v1/Locations", false},
	{callback, "api.bing.com", "/qsonhs.aspx", false}, {callback, "api.ipify.org", "/", false}, {callback, "ipinfo.io", "/", false},
	{callback, "ipapi.co", "/jsonp/", false}, {callback, "ip-api.com", "/json/", false}, {callback, "get.geojs.io", "/v1/ip.js", false},
	{callback, ".firebaseio.com", "/x.json", false}, {callback, ".tumblr.com", "/api/read/json", false}, {callback, ".disqus.com", "/api/ping", false},
	{callback, "api.mixpanel.com", "/track", false}, {callback, "api.tumblr.com", "/v2/blog/x/info", false},
	{callback, "api.pinterest.com", "/v1/urls/count.json", false}, {callback, "www.linkedin.com", "/countserv/count/share", false},
	{callback, "api.map.baidu.com", "/api", false}, {callback, "suggestion.baidu.com", "/su", false}, {callback, "restapi.amap.com", "/v3/ip", false},
	{callback, "suggest.yandex.ru", "/suggest-ya.cgi", false}, {callback, "api-maps.yandex.ru", "/2.1/", false}, {callback, "api.vk.com", "/method/users.get", false},
	{callback, "m.addthis.com", "/live/red_lojson/300lo.json", false}, {callback, "api.duckduckgo.com", "/", false}, {callback, "archive.org", "/advancedsearch.php", false},
	// Containers of anyone, whose own code is compiled from strings.
	{callback, "www.googletagmanager.com", "/gtm.js", true}, {callback, "www.google-analytics.com", "/gtm/js", true},
	{callback, "tagmanager.google.com", "/gtm.js", true}, {callback, "optimize.google.com", "/optimize.js", true},
	// AngularJS and its like, which compile markup.
	{library, "ajax.googleapis.com", "/ajax/libs/angularjs/1.8.3/angular.min.js", false},
	{library, "cdnjs.cloudflare.com", "/ajax/libs/angular.js/1.8.3/angular.min.js", false},
	{library, "code.angularjs.org", "/1.8.3/angular.min.js", false}, {library, "yastatic.net", "/angularjs/1.3.16/angular.min.js", false},
	{library, "yandex.st", "/angularjs/1.3.16/angular.min.js", false},
	{library, "lib.baomitu.com", "/angular.js/1.8.3/angular.min.js", false}, {library, "cdn.bytedance.com", "/cdn/angular.js/1.8.3/angular.min.js", false},
	{library, "lf3-cdn-tos.bytecdntp.com", "/cdn/expire-1-M/angular.js/1.8.2/angular.min.js", false},
	{library, "lf6-cdn-tos.bytecdntp.com", "/cdn/expire-1-M/angular.js/1.8.2/angular.min.js", false},
	{library, "mirrors.sustech.edu.cn", "/cdnjs/ajax/libs/angular.js/1.8.3/angular.min.js", false},
	{library, "www.gstatic.com", "/fsn/angular_js-bundle1.js", false},
	// Names taken over in 2024 (polyfill.io and the networks of the same operator).
	{seized, "polyfill.io", "/v3/polyfill.min.js", false}, {seized, "cdn.polyfill.io", "/v3/polyfill.min.js", false},
	{seized, "cdn.bootcss.com", "/x.js", false}, {seized, "cdn.bootcdn.net", "/x.js", false}, {seized, "bootcdn.net", "/x.js", false},
	{seized, "cdn.staticfile.net", "/x.js", false}, {seized, "cdn.staticfile.org", "/x.js", false}, {seized, "polyfill.com", "/v3/polyfill.min.js", false},
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
