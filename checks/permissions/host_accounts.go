package permissions

import (
	"slices"
	"strconv"
	"strings"
)

// account is a line of etc/passwd (passwd(5)).
type account struct {
	name        string
	uid, gid    int
	home, shell string
	line        int
}

// unixGroup is a line of etc/group (group(5)).
type unixGroup struct {
	name    string
	gid     int
	members []string
	line    int
}

// idRange is a line of etc/subuid or etc/subgid: numbers that belong to an account's user namespaces (subuid(5)).
type idRange struct{ first, count int }

// accounts are the system's own files about who is who.
type accounts struct {
	users          []account
	groups         []unixGroup
	userOf         map[int]account
	groupOf        map[int]unixGroup
	subUID, subGID []idRange
	loginDefs      map[string]string // login.defs(5)
}

func readAccounts(h *host) accounts {
	a := accounts{userOf: map[int]account{}, groupOf: map[int]unixGroup{}, loginDefs: map[string]string{}}
	for line, fields := range colonLines(h.text("etc/passwd"), 7) {
		uid, err1 := strconv.Atoi(fields[2])
		gid, err2 := strconv.Atoi(fields[3])
		if err1 == nil && err2 == nil {
			a.users = append(a.users, account{fields[0], uid, gid, strings.Trim(fields[5], "/"), fields[6], line})
		}
	}
	for line, fields := range colonLines(h.text("etc/group"), 4) {
		if gid, err := strconv.Atoi(fields[2]); err == nil {
			a.groups = append(a.groups, unixGroup{fields[0], gid, strings.FieldsFunc(fields[3], func(r rune) bool { return r == ',' || r == ' ' }), line})
		}
	}
	for _, u := range slices.Backward(a.users) {
		a.userOf[u.uid] = u
	}
	for _, g := range slices.Backward(a.groups) {
		a.groupOf[g.gid] = g
	}
	a.subUID, a.subGID = ranges(h.text("etc/subuid")), ranges(h.text("etc/subgid"))
	for line := range strings.Lines(h.text("etc/login.defs")) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0][0] != '#' {
			a.loginDefs[fields[0]] = fields[1]
		}
	}
	return a
}

// colonLines yields the line number and the fields of each line that has so many.
func colonLines(text string, count int) func(func(int, []string) bool) {
	return func(yield func(int, []string) bool) {
		n := 0
		for line := range strings.Lines(text) {
			n++
			line = strings.TrimRight(line, "\r\n")
			fields := strings.Split(line, ":")
			if len(fields) >= count && line[0] != '#' && !yield(n, fields) {
				return
			}
		}
	}
}

func ranges(text string) (out []idRange) {
	for _, fields := range colonLines(text, 3) {
		first, err1 := strconv.Atoi(fields[1])
		count, err2 := strconv.Atoi(fields[2])
		if err1 == nil && err2 == nil {
			out = append(out, idRange{first, count})
		}
	}
	return out
}

func inRanges(list []idRange, id int) bool {
	return slices.ContainsFunc(list, func(r idRange) bool { return id >= r.first && id-r.first < r.count })
}

// dynamicUsers are the numbers that systemd gives to services and machines that have no account (systemd, UIDS-GIDS):
// containers 524288 to 1879048191, dynamic users 61184 to 65519, home directories 60001 to 60513, and nobody.
var dynamicUsers = []idRange{{524288, 1879048192 - 524288}, {61184, 65520 - 61184}, {60001, 513}, {65534, 1}}

// members are the accounts other than root that are in a group, by its line or as their first group.
func (a *accounts) members(gid int) (names []string) {
	for _, g := range a.groups {
		if g.gid == gid {
			names = append(names, g.members...)
		}
	}
	for _, u := range a.users {
		if u.gid == gid {
			names = append(names, u.name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(n string) bool { return n == "root" })
}

// userName is "deploy (1000)", or the number alone.
func (a *accounts) userName(uid int) string {
	if u, ok := a.userOf[uid]; ok {
		return u.name + " (" + strconv.Itoa(uid) + ")"
	}
	return strconv.Itoa(uid)
}

func (a *accounts) groupName(gid int) string {
	if g, ok := a.groupOf[gid]; ok {
		return g.name + " (" + strconv.Itoa(gid) + ")"
	}
	return strconv.Itoa(gid)
}

// interactive reports an account of a person: one that can log in and is no system account (login.defs UID_MIN).
func (a *accounts) interactive(u account) bool {
	least, err := strconv.Atoi(a.loginDefs["UID_MIN"])
	if err != nil {
		least = 1000
	}
	return u.uid >= least && u.uid < 60001 && a.logsIn(u)
}

// logsIn reports an account whose shell starts anything.
func (*accounts) logsIn(u account) bool {
	base := u.shell[strings.LastIndexByte(u.shell, '/')+1:]
	return base != "nologin" && base != "false" && base != "sync" && base != "true"
}
