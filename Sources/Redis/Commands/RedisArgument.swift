/// What may stand in a command: text, bytes, whole numbers.
public protocol RedisArgument: Sendable {
    /// Appends the argument's bytes, bare: length and order are the command's to tell.
    func append(to bytes: inout [UInt8])
}

extension String: RedisArgument {
    public func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension Array<UInt8>: RedisArgument {
    public func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

extension Int: RedisArgument {
    public func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: String(self).utf8) }
}

extension Int64: RedisArgument {
    public func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: String(self).utf8) }
}
