/// A signed token as it travels: header, payload and signature in base64url, with dots between them. Source: RFC 7515 §3.1.
struct CompactToken {
    /// The header, decoded and unchecked.
    let header: [UInt8]

    private let bytes: [UInt8]
    private let encodedPayload: ArraySlice<UInt8>
    private let encodedSignature: ArraySlice<UInt8>

    /// - Throws: ``TokenRefusal/malformed``.
    init(_ bytes: [UInt8]) throws(TokenRefusal) {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.url.decode(parts[0]) else { throw .malformed }
        self.bytes = bytes
        self.header = header
        encodedPayload = parts[1]
        encodedSignature = parts[2]
    }

    /// The payload, once the signature is found to be good. Nothing of it is read before.
    ///
    /// - Parameter isValid: whether a signature is the right one for these bytes.
    /// - Throws: ``TokenRefusal/malformed`` or ``TokenRefusal/badSignature``.
    func payload(ifSigned isValid: (_ signature: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool) throws(TokenRefusal) -> [UInt8] {
        guard let payload = Base64.url.decode(encodedPayload), let signature = Base64.url.decode(encodedSignature) else { throw .malformed }
        let isSigned = bytes[..<encodedPayload.endIndex].withUnsafeBytes { isValid(signature, $0) }
        guard isSigned else { throw .badSignature }
        return payload
    }
}
