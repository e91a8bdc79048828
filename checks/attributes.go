package checks

import "encoding/binary"

// Names of the extended attributes that give more than a mode shows (xattr(7), capabilities(7), acl(5)).
const (
	AttributeCapability = "security.capability"
	AttributeACL        = "system.posix_acl_access"
	AttributeDefaultACL = "system.posix_acl_default"
)

// MaxAttribute bounds the bytes that are read of one extended attribute: an ACL of 8,000 entries.
const MaxAttribute = 64 << 10

// WithAttributes gives the entry what reads its extended attributes: nil bytes where it has none of that name. The
// reader is asked during the visit only, and only by checks that need it.
func (e *Entry) WithAttributes(read func(name string) []byte) { e.attribute = read }

// Attribute reads an extended attribute, or nil. It costs a system call: ask where the mode leaves a doubt.
func (e *Entry) Attribute(name string) []byte {
	if e.attribute == nil {
		return nil
	}
	return e.attribute(name)
}

// FileCapabilities are what a program gains when it is run (capabilities(7), struct vfs_cap_data).
type FileCapabilities struct {
	Permitted, Inheritable uint64 // a bit for each capability
	Effective              bool
	RootID                 uint32 // of the user namespace they count in; 0 for the machine
}

// Capabilities decodes the file capabilities of an entry.
func (e *Entry) Capabilities() (FileCapabilities, bool) {
	return DecodeCapabilities(e.Attribute(AttributeCapability))
}

// DecodeCapabilities reads the little-endian vfs_cap_data of revisions 1 to 3.
func DecodeCapabilities(data []byte) (c FileCapabilities, ok bool) {
	if len(data) < 4 {
		return c, false
	}
	head := binary.LittleEndian.Uint32(data)
	words, size := 0, 0
	switch head >> 24 {
	case 1:
		words, size = 1, 12
	case 2:
		words, size = 2, 20
	case 3:
		words, size = 2, 24
	}
	if size == 0 || len(data) != size {
		return c, false
	}
	for i := range words {
		c.Permitted |= uint64(binary.LittleEndian.Uint32(data[4+8*i:])) << (32 * i)
		c.Inheritable |= uint64(binary.LittleEndian.Uint32(data[8+8*i:])) << (32 * i)
	}
	if size == 24 {
		c.RootID = binary.LittleEndian.Uint32(data[20:])
	}
	c.Effective = head&1 != 0
	return c, true
}

// ACLTag is the kind of one entry of an access control list (acl(5)).
type ACLTag uint16

// Tags as the kernel stores them.
const (
	ACLOwner      ACLTag = 0x01
	ACLUser       ACLTag = 0x02
	ACLOwnerGroup ACLTag = 0x04
	ACLGroup      ACLTag = 0x08
	ACLMask       ACLTag = 0x10
	ACLOther      ACLTag = 0x20
)

// ACLEntry is one entry of an access control list. Perm is after the mask: what is really given.
type ACLEntry struct {
	Tag  ACLTag
	Perm uint16 // 4 read, 2 write, 1 execute
	ID   int    // of ACLUser and ACLGroup
}

// ACL decodes the access control list of an entry; nil where the mode says it all.
func (e *Entry) ACL() []ACLEntry { return DecodeACL(e.Attribute(AttributeACL)) }

// DefaultACL decodes what a directory hands down to new entries.
func (e *Entry) DefaultACL() []ACLEntry { return DecodeACL(e.Attribute(AttributeDefaultACL)) }

// DecodeACL reads a posix_acl_xattr: version 2, then entries of eight bytes, little-endian.
func DecodeACL(data []byte) []ACLEntry {
	if len(data) < 4 || len(data) > MaxAttribute || len(data)%8 != 4 || binary.LittleEndian.Uint32(data) != 2 {
		return nil
	}
	list, mask := make([]ACLEntry, 0, len(data)/8), uint16(7)
	for at := 4; at < len(data); at += 8 {
		entry := ACLEntry{Tag: ACLTag(binary.LittleEndian.Uint16(data[at:])), Perm: binary.LittleEndian.Uint16(data[at+2:]) & 7,
			ID: int(binary.LittleEndian.Uint32(data[at+4:]))}
		if entry.Tag == ACLMask {
			mask = entry.Perm
		}
		list = append(list, entry)
	}
	for i := range list {
		if t := list[i].Tag; t == ACLUser || t == ACLGroup || t == ACLOwnerGroup {
			list[i].Perm &= mask
		}
	}
	return list
}
