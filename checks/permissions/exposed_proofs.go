package permissions

import (
	"bytes"
	"regexp"
	"strings"
)

// exposedFile is a file that must not be served, and what proves that an answer is that file.
type exposedFile struct {
	path, rule, message string
	proof               func(body []byte) (actual string, ok bool)
}

const (
	gitServed    = "the site serves its git repository: anyone can download the source and its history"
	dumpServed   = "the site serves a copy of its data: users, passwords and settings are known to anyone who asked"
	configServed = "the site serves a copy of its settings as text: credentials in it are known to anyone who asked"
)

var exposedList = []exposedFile{
	{"/.git/HEAD", "git-directory", gitServed, gitHead},
	{"/.git/config", "git-directory", gitServed, gitConfig},
	{"/.env", "dotenv", "the site serves its .env file: whatever it holds is known to anyone who asked", dotenvBody},
	{"/.svn/wc.db", "version-control", "the site serves its Subversion checkout: anyone can download the source", beginsWith("SQLite format 3\x00", "a database of Subversion")},
	{"/.hg/requires", "version-control", "the site serves its Mercurial repository: anyone can download the source and its history", hgRequires},
	{"/.DS_Store", "folder-index", "the file tells names of the directory's files, those nobody linked to among them", beginsWith("\x00\x00\x00\x01Bud1", "a folder index of macOS")},
	{"/.htpasswd", "password-file", "the site serves the hashes of its passwords, which are guessed offline", htpasswd},
	{"/backup.zip", "backup", dumpServed, beginsWith("PK\x03\x04", "a zip archive")},
	{"/backup.tar.gz", "backup", dumpServed, beginsWith("\x1f\x8b\x08", "a gzip archive")},
	{"/backup.sql", "backup", dumpServed, sqlDump},
	{"/dump.sql", "backup", dumpServed, sqlDump},
	{"/wp-config.php.bak", "backup", configServed, phpSource},
}

var (
	headBranch = regexp.MustCompile(`^ref: (refs/[!-~]+)\s*$`)
	headCommit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})\s*$`)
)

// gitHead recognises the file HEAD of a git repository: a branch, or a commit.
func gitHead(body []byte) (string, bool) {
	if len(body) > 1024 {
		return "", false
	}
	if m := headBranch.FindSubmatch(body); m != nil {
		return "a git repository on " + string(m[1]), true
	}
	if m := headCommit.FindSubmatch(body); m != nil {
		return "a git repository at commit " + string(m[1][:12]), true
	}
	return "", false
}

var repositoryFormat = regexp.MustCompile(`(?m)^\[core\]\r?\n(?:[\t ]+.*\r?\n)*?[\t ]+repositoryformatversion = [0-9]`)

// gitConfig recognises a repository's configuration. Its addresses of remotes may hold credentials and are not shown.
func gitConfig(body []byte) (string, bool) {
	if len(body) > 64<<10 || !repositoryFormat.Match(body) {
		return "", false
	}
	return "the configuration of a git repository", true
}

// beginsWith recognises a format by its first bytes.
func beginsWith(magic, what string) func([]byte) (string, bool) {
	return func(body []byte) (string, bool) {
		return what, bytes.HasPrefix(body, []byte(magic)) && len(body) > len(magic)
	}
}

// hgRequires recognises Mercurial's list of what a repository needs: a word in each line, well-known ones among them.
func hgRequires(body []byte) (string, bool) {
	if len(body) > 1024 {
		return "", false
	}
	known := false
	for _, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		if strings.ContainsAny(line, " <>{}\t") || line == "" {
			return "", false
		}
		known = known || line == "store" || line == "revlogv1" || line == "share-safe"
	}
	return "a Mercurial repository", known
}

var htpasswdLine = regexp.MustCompile(`^[^\s:<>{}"]{1,255}:(\$apr1\$|\$2[aby]\$[0-9]{2}\$|\{SHA\}|\$[156]\$)[^\s:]+$`)

// htpasswd recognises a file of nothing but users and hashes.
func htpasswd(body []byte) (string, bool) {
	if len(body) > 256<<10 {
		return "", false
	}
	users := 0
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !htpasswdLine.MatchString(line) {
			return "", false
		}
		users++
	}
	return "a file of users and password hashes", users > 0
}

var (
	dumpHead  = regexp.MustCompile(`(?m)^(-- (MySQL|MariaDB|PostgreSQL database|phpMyAdmin SQL) (dump|Dump)|/\*M!|PRAGMA foreign_keys)`)
	statement = regexp.MustCompile(`(?mi)^(CREATE TABLE|INSERT INTO|COPY [^\n]+ FROM stdin)`)
)

// sqlDump recognises a dump of a database: its tool's first lines, or statements at the beginning of lines.
func sqlDump(body []byte) (string, bool) {
	head := body[:min(len(body), 64<<10)]
	if bytes.Contains(head[:min(len(head), 1024)], []byte("<html")) {
		return "", false
	}
	return "a dump of a database", dumpHead.Match(head) || len(statement.FindAllIndex(head, 2)) == 2
}

// phpSource recognises PHP that the server did not run.
func phpSource(body []byte) (string, bool) {
	return "the source of a PHP file", bytes.HasPrefix(bytes.TrimSpace(body), []byte("<?php")) && bytes.Contains(body, []byte("define("))
}
