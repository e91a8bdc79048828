package target

import (
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"hardcheck/checks"
)

// intrusive are the active probes that leave something behind, such as lines in logs. A site on the public internet
// is sent them only where the user says that it is theirs.
var intrusive = []string{"canary"}

// guarded reports whether connections to the base's host must not lead to a public address.
func guarded(o SiteOptions, host string) bool {
	owned := slices.ContainsFunc(o.Owned, func(own string) bool { return strings.EqualFold(own, host) })
	return !owned && slices.ContainsFunc(o.Active, func(probe string) bool { return slices.Contains(intrusive, probe) })
}

// refusePublic is called with each address before it is connected to, whatever name led there: nothing was sent yet.
func refusePublic(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err == nil && !public(ap.Addr()) {
		return nil
	}
	return &checks.Problem{Op: checks.OpConnect, Where: address, Blind: true, Retry: checks.RetryUseless,
		Expected: "a loopback or private address, or the host named by --i-own-this-target, before a probe that leaves something behind is sent",
		Actual:   "a public address"}
}
