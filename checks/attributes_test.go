package checks

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func little(words ...uint32) (data []byte) {
	for _, w := range words {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	return data
}

func TestDecodeCapabilities(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want FileCapabilities
		ok   bool
	}{
		{"revision 1", little(0x01000001, 1<<7, 0), FileCapabilities{Permitted: 1 << 7, Effective: true}, true},
		{"revision 2", little(0x02000001, 1<<13, 0, 0, 0), FileCapabilities{Permitted: 1 << 13, Effective: true}, true},
		{"above 31", little(0x02000000, 0, 1<<3, 1<<6, 0), FileCapabilities{Permitted: 1 << 6 << 32, Inheritable: 1 << 3}, true},
		{"revision 3", little(0x03000001, 1, 0, 0, 0, 100000), FileCapabilities{Permitted: 1, Effective: true, RootID: 100000}, true},
		{"unknown revision", little(0x04000001, 1, 0, 0, 0), FileCapabilities{}, false},
		{"cut short", little(0x02000001, 1)[:6], FileCapabilities{}, false},
		{"none", nil, FileCapabilities{}, false},
	} {
		got, ok := DecodeCapabilities(c.data)
		if diff := cmp.Diff(c.want, got); ok != c.ok || ok && diff != "" {
			t.Errorf("%s: %v %s", c.name, ok, diff)
		}
	}
}

func acl(entries ...ACLEntry) []byte {
	data := little(2)
	for _, e := range entries {
		data = binary.LittleEndian.AppendUint16(data, uint16(e.Tag))
		data = binary.LittleEndian.AppendUint16(data, e.Perm)
		data = binary.LittleEndian.AppendUint32(data, uint32(e.ID))
	}
	return data
}

func TestDecodeACLMasks(t *testing.T) {
	got := DecodeACL(acl(ACLEntry{ACLOwner, 7, 0}, ACLEntry{ACLUser, 7, 1000}, ACLEntry{ACLOwnerGroup, 6, 0}, ACLEntry{ACLMask, 5, 0}, ACLEntry{ACLOther, 7, 0}))
	want := []ACLEntry{{ACLOwner, 7, 0}, {ACLUser, 5, 1000}, {ACLOwnerGroup, 4, 0}, {ACLMask, 5, 0}, {ACLOther, 7, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range [][]byte{nil, little(1), little(2)[:3], append(acl(ACLEntry{ACLOwner, 7, 0}), 1)} {
		if got := DecodeACL(bad); len(got) > 0 {
			t.Errorf("%x: %v", bad, got)
		}
	}
}

func FuzzDecodeACL(f *testing.F) {
	f.Add(acl(ACLEntry{ACLUser, 7, 1000}, ACLEntry{ACLMask, 5, 0}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := len(DecodeACL(data)); n > len(data)/8 {
			t.Errorf("%d entries of %d bytes", n, len(data))
		}
	})
}

func FuzzDecodeCapabilities(f *testing.F) {
	f.Add(little(0x03000001, 1, 0, 0, 0, 100000))
	f.Fuzz(func(_ *testing.T, data []byte) { DecodeCapabilities(data) })
}
