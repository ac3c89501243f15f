internal import CHiredis

/// Turns bytes into replies, in whatever pieces they come. Belongs to its connection.
public final class RedisReplyParser {
    /// Why what arrived is no reply. Nothing after it can be understood.
    public enum Fault: Error, Equatable {
        case malformed
        /// More than ``RedisReplyLimits`` allow.
        case tooLarge
    }

    private let reader: UnsafeMutablePointer<redisReader>
    private let limits: RedisReplyLimits
    private let assembly: ReplyAssembly

    /// The longest line in front of a value: a mark, nineteen digits, a line end; and a line end behind the value.
    private static let frame = 24

    public init(limits: RedisReplyLimits = RedisReplyLimits()) {
        self.limits = limits
        assembly = ReplyAssembly(limits: limits)
        guard let reader = redisReaderCreateWithFunctions(ReplyAssembly.functions) else { preconditionFailure("no memory for a parser") }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(assembly).toOpaque()
    }

    deinit { redisReaderFree(reader) }

    /// Takes `bytes` and hands every reply that they complete to `deliver`, which answers whether to go on.
    ///
    /// What is kept between two calls is what an unfinished reply needs, and no more than the limits.
    public func feed(_ bytes: UnsafeRawBufferPointer, deliver: (RedisReply) -> Bool) throws(Fault) {
        guard redisReaderFeed(reader, bytes.baseAddress, bytes.count) == REDIS_OK else { throw fault }
        while true {
            guard redisReaderGetReply(reader, nil) == REDIS_OK else { throw fault }
            guard let reply = assembly.take() else { break }
            guard deliver(reply) else { return }
        }
        // An element that is still incomplete: hiredis would gather all of what its length promises.
        guard reader.pointee.len - reader.pointee.pos <= limits.value + Self.frame else { throw .tooLarge }
    }

    /// hiredis knows one more reason: memory is out. It is told that by ``ReplyAssembly`` when a limit is exceeded.
    private var fault: Fault { reader.pointee.err == REDIS_ERR_OOM ? .tooLarge : .malformed }
}
