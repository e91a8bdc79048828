package target

import (
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"hardcheck/checks"
)

// guarded reports whether connections to the base's host must not lead to a public address: active probes strain a site or
// leave lines in its logs, so that a public one is sent them only where the user says that it is theirs.
func guarded(o SiteOptions, host string) bool {
	return len(o.Active) > 0 && !slices.ContainsFunc(o.Owned, func(own string) bool { return strings.EqualFold(own, host) })
}

// refusePublic is called with each address before it is connected to, whatever name led there: nothing was sent yet.
func refusePublic(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err == nil && !public(ap.Addr()) {
		return nil
	}
	return &checks.Problem{Op: checks.OpConnect, Where: address, Blind: true, Retry: checks.RetryUseless,
		Expected: "a loopback or private address, or the host named by --i-own-this-target, before an active probe is sent",
		Actual:   "a public address"}
}
