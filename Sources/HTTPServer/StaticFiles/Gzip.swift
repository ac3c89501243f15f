internal import CZlib

enum Gzip {
    /// The gzip form of `bytes` (RFC 1952); `nil` when it saves less than a tenth.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let capacity = czlib_gzip_bound(bytes.count)
        let compressed = [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
            count = czlib_gzip(bytes, bytes.count, memory.baseAddress, capacity)
        }
        guard !compressed.isEmpty, compressed.count < bytes.count - bytes.count / 10 else { return nil }
        return Array(compressed)  // in memory of its own size
    }
}
