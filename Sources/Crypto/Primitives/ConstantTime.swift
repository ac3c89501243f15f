import CCrypto

/// Whether two secrets are the same, found out in a time that tells nothing about where they differ. Their lengths are no secret.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && ccrypto_equal(left, right, left.count)
}
