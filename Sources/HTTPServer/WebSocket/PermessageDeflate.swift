/// The negotiation of permessage-deflate (RFC 7692 §7.1).
///
/// Both sides always start each message afresh (`no_context_takeover`), so that an idle socket owns no window of 32 KiB.
package struct PermessageDeflate: Sendable, Equatable {
    /// Whether we may compress what we send. A client that wants a smaller window than ours gets plain messages, which
    /// are always allowed.
    let compressesOutput: Bool
    /// The value of `Sec-WebSocket-Extensions` in the answer.
    package let response: String

    /// Accepts the first offer that is in order; `nil` when there is none.
    ///
    /// - Parameter offers: the members of the client's `Sec-WebSocket-Extensions`, in order of preference.
    package static func negotiate(_ offers: [String]) -> PermessageDeflate? {
        offers.lazy.compactMap(accept).first
    }

    /// An offer with an unknown, repeated or malformed parameter is declined (§7.1).
    private static func accept(_ offer: String) -> PermessageDeflate? {
        var parts = offer.split(separator: ";", omittingEmptySubsequences: false).map { Array($0.utf8).trimmingWhiteSpace }
        guard parts.removeFirst().equalsIgnoringCase("permessage-deflate".utf8) else { return nil }
        var seen: Set<String> = []
        var serverBits: Int?
        for part in parts {
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let name = String(decoding: part[..<(equals ?? part.endIndex)], as: UTF8.self)
            let value = equals.map { part[($0 + 1)...] }
            guard seen.insert(name).inserted else { return nil }
            switch name {
            case "server_no_context_takeover", "client_no_context_takeover":
                guard value == nil else { return nil }
            case "client_max_window_bits":
                guard value.map({ windowBits($0) != nil }) ?? true else { return nil }
            case "server_max_window_bits":
                guard let bits = value.flatMap(windowBits) else { return nil }
                serverBits = bits
            default: return nil
            }
        }
        let bits = serverBits.map { "; server_max_window_bits=\($0)" } ?? ""
        return PermessageDeflate(
            compressesOutput: (serverBits ?? 15) == 15,
            response: "permessage-deflate; server_no_context_takeover; client_no_context_takeover" + bits)
    }

    /// 8…15 without a leading zero, as a token or a quoted string (§7.1.2.1).
    private static func windowBits(_ text: ArraySlice<UInt8>) -> Int? {
        var digits = text
        if digits.count > 2, digits.first == UInt8(ascii: "\""), digits.last == UInt8(ascii: "\"") {
            digits = digits.dropFirst().dropLast()
        }
        return (8...15).first { digits.elementsEqual("\($0)".utf8) }
    }
}
