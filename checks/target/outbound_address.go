package target

import (
	"net/netip"
	"syscall"
)

// privateError is an address that no provider has.
type privateError struct{}

func (privateError) Error() string { return "a private address" }

// notPublic are the networks that the registries of special-purpose addresses (RFC 6890) keep from the public internet,
// and those of tunnels, behind which such an address may hide.
var notPublic = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
	"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

// nat64 is how networks without IPv4 reach an IPv4 address (RFC 6052): its last four bytes.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public reports whether an address can be a provider's.
func public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if raw := addr.As16(); nat64.Contains(addr) {
		addr = netip.AddrFrom4([4]byte(raw[12:]))
	}
	for _, p := range notPublic {
		if p.Contains(addr) {
			return false
		}
	}
	return addr.IsValid()
}

// refusePrivate is called with each address before it is connected to, whatever name led there.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	if ap, err := netip.ParseAddrPort(address); err != nil || !public(ap.Addr()) {
		return privateError{}
	}
	return nil
}
