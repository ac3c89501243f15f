internal import CHiredis

/// Builds replies from what hiredis' reader calls out: elements one after the other, an array before what is in it.
final class ReplyAssembly {
    /// An array whose elements are still coming.
    private struct OpenArray {
        let count: Int
        var elements: [RedisReply] = []
    }

    private let limits: RedisReplyLimits
    private var open: [OpenArray] = []
    private var complete: RedisReply?
    private var bytesLeft: Int
    private var elementsLeft: Int

    init(limits: RedisReplyLimits) {
        self.limits = limits
        bytesLeft = limits.total
        elementsLeft = limits.elements
    }

    /// The reply that is complete, if one is. Once.
    func take() -> RedisReply? {
        guard let reply = complete else { return nil }
        complete = nil
        bytesLeft = limits.total
        elementsLeft = limits.elements
        return reply
    }

    // MARK: What hiredis calls. Each answers whether that was within the limits.

    fileprivate func string(_ kind: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        bytesLeft -= bytes.count
        guard bytes.count <= limits.value, bytesLeft >= 0 else { return false }
        switch kind {
        case REDIS_REPLY_STATUS: add(.status(bytes.elementsEqual(Self.ok) ? "OK" : String(decoding: bytes, as: UTF8.self)))
        case REDIS_REPLY_ERROR: add(.error(RedisErrorReply(String(decoding: bytes, as: UTF8.self))))
        default: add(.bytes([UInt8](bytes)))
        }
        return true
    }

    fileprivate func array(_ count: Int) -> Bool {
        elementsLeft -= count
        guard elementsLeft >= 0 else { return false }
        if count == 0 { add(.array([])) } else { open.append(OpenArray(count: count)) }
        return true
    }

    fileprivate func add(_ reply: RedisReply) {
        var reply = reply
        while !open.isEmpty {
            open[open.count - 1].elements.append(reply)
            guard open[open.count - 1].elements.count == open[open.count - 1].count else { return }
            reply = .array(open.removeLast().elements)
        }
        complete = reply
    }

    private static let ok = Array("OK".utf8)
}

extension ReplyAssembly {
    /// hiredis keeps a pointer to each object that it had made; ours are in the assembly, so it is given one that means nothing.
    private static var made: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    /// Made once and never freed: hiredis keeps the pointer.
    // `nonisolated(unsafe)`: written once, before it is read, and never again.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, length in
                    guard let task, let assembly = ReplyAssembly.of(task) else { return nil }
                    let bytes = UnsafeRawBufferPointer(start: text, count: length)
                    return assembly.string(task.pointee.type, bytes) ? ReplyAssembly.made : nil
                },
                createArray: { task, count in
                    guard let task, let assembly = ReplyAssembly.of(task), assembly.array(Int(count)) else { return nil }
                    return ReplyAssembly.made
                },
                createInteger: { task, number in
                    guard let task, let assembly = ReplyAssembly.of(task) else { return nil }
                    assembly.add(.integer(Int64(number)))
                    return ReplyAssembly.made
                },
                createNil: { task in
                    guard let task, let assembly = ReplyAssembly.of(task) else { return nil }
                    assembly.add(.null)
                    return ReplyAssembly.made
                },
                freeObject: { _ in }))
        return functions
    }()

    private static func of(_ task: UnsafePointer<redisReadTask>) -> ReplyAssembly? {
        task.pointee.privdata.map { Unmanaged<ReplyAssembly>.fromOpaque($0).takeUnretainedValue() }
    }
}
