import CArgon2
import Glibc

/// The password hash argon2id, version 1.3. Source: RFC 9106.
public enum Argon2id {
    /// What a hash costs whoever computes it.
    public struct Parameters: Sendable, Hashable {
        /// Memory, in KiB.
        public let memory: UInt32
        /// Passes over the memory.
        public let passes: UInt32
        /// Lanes of the memory. They are computed one after the other: a login shall not take all cores.
        public let lanes: UInt32

        /// 19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet.
        public static let standard = Parameters(memory: 19 * 1024, passes: 2, lanes: 1)

        public init(memory: UInt32, passes: UInt32, lanes: UInt32) {
            self.memory = memory
            self.passes = passes
            self.lanes = lanes
        }
    }

    /// Version 1.3 as hashes tell it. Source: RFC 9106 §3.1.
    static let version = ARGON2_VERSION_13.rawValue

    /// Computes a tag of `count` bytes. Takes tens of milliseconds and `parameters.memory`: never on an event loop.
    ///
    /// - Parameters:
    ///   - secret: The function's `K`, which we leave empty.
    ///   - associatedData: The function's `X`, likewise.
    static func tag(
        for password: [UInt8], salt: [UInt8], secret: [UInt8] = [], associatedData: [UInt8] = [], parameters: Parameters, count: Int
    ) throws(PasswordHashingError) -> [UInt8] {
        // The library wants each where it may write: one copy holds them all, first the tag.
        var buffer = [UInt8](repeating: 0, count: count) + password + salt + secret + associatedData
        let result = buffer.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            func take(_ count: Int) -> (UnsafeMutablePointer<UInt8>?, UInt32) {
                defer { next = next?.advanced(by: count) }
                return (next, UInt32(count))
            }
            var context = argon2_context()
            (context.out, context.outlen) = take(count)
            (context.pwd, context.pwdlen) = take(password.count)
            (context.salt, context.saltlen) = take(salt.count)
            (context.secret, context.secretlen) = take(secret.count)
            (context.ad, context.adlen) = take(associatedData.count)
            context.t_cost = parameters.passes
            context.m_cost = parameters.memory
            context.lanes = parameters.lanes
            context.threads = 1
            context.version = version
            context.allocate_cbk = allocate
            context.free_cbk = free
            return argon2id_ctx(&context)
        }
        guard result == ARGON2_OK.rawValue else { throw .failed(code: result) }
        return Array(buffer[..<count])
    }
}

// The memory comes straight from the kernel and goes back at once: malloc would keep the 19 MiB of each thread once the first logins are
// done. Large pages, where they are to be had, save a third of the time, which is page faults.

private func allocate(_ memory: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int) -> Int32 {
    let pages = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else {
        memory?.pointee = nil  // which is what the library looks at
        return ARGON2_MEMORY_ALLOCATION_ERROR.rawValue
    }
    madvise(pages, count, MADV_HUGEPAGE)
    memory?.pointee = pages.assumingMemoryBound(to: UInt8.self)
    return ARGON2_OK.rawValue
}

private func free(_ memory: UnsafeMutablePointer<UInt8>?, _ count: Int) {
    munmap(memory, count)
}
