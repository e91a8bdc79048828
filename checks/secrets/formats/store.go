package formats

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// storeForm is a file that keeps keys or passwords, told by how it begins.
type storeForm struct {
	title string
	magic string
	at    int
	names []string // endings, where the magic alone says too little
}

var storeForms = []storeForm{
	{"KeePass database", "\x03\xd9\xa2\x9a\x67\xfb\x4b", 0, nil},
	{"Java key store", "\xfe\xed\xfe\xed\x00\x00\x00", 0, nil},
	{"Java key store", "\xce\xce\xce\xce\x00\x00\x00", 0, nil},
	{"macOS keychain", "kych\x00\x01", 0, nil},
	{"KDE wallet", "KWALLET\n\r\x00\r\n", 0, nil},
	{"GNOME keyring", "GnomeKeyring\n\r\x00\n", 0, nil},
	{"Kerberos keytab", "\x05\x02\x00\x00", 0, []string{".keytab"}},
	{"PKCS #12 key store", "\x02\x01\x03\x30", 4, nil}, // PFX ::= SEQUENCE { version 3, ... } of RFC 7292
	{"Firefox key database", "SQLite format 3\x00", 0, []string{"key4.db", "key3.db"}},
	{"browser's password database", "SQLite format 3\x00", 0, []string{"Login Data", "signons.sqlite"}},
	{"1Password vault", "opdata01", 0, nil},
	{"Password Safe database", "PWS3", 0, nil},
}

// Store names the kind of key store that the file is, "" where it is none.
func Store(name string, data []byte) string {
	base := path.Base(name)
	for _, f := range storeForms {
		if len(data) < f.at || !bytes.HasPrefix(data[f.at:], []byte(f.magic)) {
			continue
		}
		if f.at > 0 && (data[0] != 0x30 || data[1] != 0x82) {
			continue
		}
		if f.names == nil || slices.ContainsFunc(f.names, func(end string) bool { return strings.HasSuffix(base, end) }) {
			return f.title
		}
	}
	return ""
}
