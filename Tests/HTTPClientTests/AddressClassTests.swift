import Networking
import Testing

@testable import HTTPClient

@Suite struct AddressClassTests {
    @Test(
        arguments: [
            ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("10.0.0.1", .private), ("10.255.255.255", .private),
            ("100.64.0.1", .carrierGrade), ("100.100.100.200", .carrierGrade), ("100.127.255.255", .carrierGrade), ("127.0.0.1", .loopback),
            ("127.255.255.254", .loopback), ("169.254.0.1", .linkLocal), ("169.254.169.254", .linkLocal), ("169.254.170.2", .linkLocal),
            ("172.16.0.1", .private), ("172.31.255.255", .private), ("192.0.0.8", .reserved), ("192.0.0.192", .reserved),
            ("192.0.2.1", .documentation), ("192.88.99.1", .translated), ("192.168.0.1", .private), ("198.18.0.1", .benchmarking),
            ("198.19.255.255", .benchmarking), ("198.51.100.7", .documentation), ("203.0.113.7", .documentation),
            ("168.63.129.16", .metadata), ("224.0.0.1", .multicast), ("239.255.255.255", .multicast), ("240.0.0.1", .reserved),
            ("255.255.255.255", .reserved), ("::", .unspecified), ("::1", .loopback), ("::127.0.0.1", .reserved), ("::2", .reserved),
            ("::ffff:127.0.0.1", .loopback), ("::ffff:10.0.0.1", .private), ("::ffff:169.254.169.254", .linkLocal),
            ("::ffff:0:127.0.0.1", .reserved), ("64:ff9b::7f00:1", .translated), ("64:ff9b::808:808", .translated),
            ("64:ff9b:1::1", .translated), ("100::1", .reserved), ("2001::1", .translated),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", .translated),
            ("2001:2::1", .benchmarking), ("2001:10::1", .reserved), ("2001:20::1", .reserved), ("2001:db8::1", .documentation),
            ("2002:7f00:1::", .translated), ("2002:808:808::1", .translated), ("3fff::1", .documentation), ("5f00::1", .reserved),
            ("fc00::1", .private), ("fd00:ec2::254", .private), ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .private),
            ("ff02::1", .multicast), ("ff0e::1", .multicast), ("4000::1", .reserved), ("8000::1", .reserved),
        ] as [(String, AddressClass)])
    func `an address that is not of the public net is refused`(text: String, meaning: AddressClass) throws {
        let address = try address(text)
        #expect(AddressClass(address) == meaning)
        #expect(!DestinationPolicy.strangers.allows(address))
        #expect(!DestinationPolicy.strangers.allows(addressText: text))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "168.63.129.15", "168.63.129.17", "192.0.1.1", "192.0.3.1",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888",
        "2001:db7::1", "2001:db9::1", "2003::1", "2606:4700:4700::1111", "2a00::1", "3ffe::1",
    ])
    func `an address of the public net is not`(text: String) throws {
        #expect(AddressClass(try address(text)) == .global)
        #expect(DestinationPolicy.strangers.allows(addressText: text))
    }

    @Test func `IPv4 in the clothes of IPv6 is refused, whatever it holds`() throws {
        #expect(!DestinationPolicy.strangers.allows(addressText: "::ffff:8.8.8.8"))
        #expect(!DestinationPolicy.strangers.allows(addressText: "::ffff:808:808"))
        #expect(!DestinationPolicy.strangers.allows(addressText: "not an address"))
    }

    @Test func `what the operator names is allowed, and nothing beside it`() throws {
        var policy = DestinationPolicy.strangers
        policy.allowedBlocks = [try #require(AddressBlock("10.1.0.0/16")), try #require(AddressBlock("fd00::/8"))]
        #expect(policy.allows(addressText: "10.1.2.3") && policy.allows(addressText: "fd00::1"))
        #expect(!policy.allows(addressText: "10.2.0.1") && !policy.allows(addressText: "127.0.0.1"))
        #expect(!policy.allows(addressText: "::ffff:10.1.2.3"))
    }
}
