package systemdunit

import (
	"net/netip"
	"strings"
)

// families is what RestrictAddressFamilies= adds up to.
type families struct {
	allow bool
	names map[string]bool
}

func (f *families) add(value string) {
	switch value {
	case "":
		*f = families{}
		return
	case "none":
		*f = families{allow: true}
		return
	}
	value, deny := strings.CutPrefix(value, "~")
	if f.names == nil {
		f.names, f.allow = map[string]bool{}, !deny
	}
	for _, name := range strings.Fields(value) {
		if !strings.HasPrefix(name, "AF_") {
			continue
		}
		if f.allow != deny {
			f.names[name] = true
		} else {
			delete(f.names, name)
		}
	}
}

// named are the families that are weighed one by one.
var namedFamilies = map[string]bool{"AF_INET": true, "AF_INET6": true, "AF_UNIX": true, "AF_NETLINK": true, "AF_PACKET": true}

// open reports whether a socket of one of the families can be made; none means every family that is not weighed alone.
func (f *families) open(list ...string) bool {
	listed := false
	for _, name := range list {
		listed = listed || f.names[name]
	}
	for name := range f.names {
		listed = listed || len(list) == 0 && !namedFamilies[name]
	}
	return listed == f.allow
}

// addressWords are the names of address ranges (systemd.resource-control(5), IPAddressAllow=).
var addressWords = map[string][]string{
	"any": {"0.0.0.0/0", "::/0"}, "localhost": {"127.0.0.0/8", "::1/128"},
	"link-local": {"169.254.0.0/16", "fe80::/64"}, "multicast": {"224.0.0.0/4", "ff00::/8"},
}

// maxPrefixes bounds the ranges of one unit.
const maxPrefixes = 1000

func prefixes(before []netip.Prefix, value string) []netip.Prefix {
	if value == "" {
		return nil
	}
	for _, word := range strings.Fields(value) {
		ranges := addressWords[word]
		if ranges == nil {
			ranges = []string{word}
		}
		for _, text := range ranges {
			p, err := netip.ParsePrefix(text)
			if a, aerr := netip.ParseAddr(text); aerr == nil {
				p, err = netip.PrefixFrom(a, a.BitLen()), nil
			}
			if err == nil && len(before) < maxPrefixes {
				before = append(before, p)
			}
		}
	}
	return before
}

// addressBadness weighs IPAddressDeny= and IPAddressAllow=.
func (s *Sandbox) addressBadness() uint64 {
	var four, six, local, other bool
	for _, p := range s.deny {
		four = four || p.Bits() == 0 && p.Addr().Is4()
		six = six || p.Bits() == 0 && p.Addr().Is6()
	}
	for _, p := range s.allow {
		local = local || p.Addr().IsLoopback()
		other = other || !p.Addr().IsLoopback()
	}
	switch {
	case s.filters:
		return 0
	case !four || !six:
		return 10
	case other:
		return 5
	case local:
		return 2
	}
	return 0
}
