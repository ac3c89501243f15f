internal import CUV

/// What a file descriptor is ready for, or what its owner waits for.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: 1)
    public static let writable = Readiness(rawValue: 2)
}

/// Whoever reads and writes a watched descriptor.
public protocol DescriptorOwner: AnyObject {
    /// The descriptor is ready, or failed: then it counts as ready for everything, and the next read or write tells the error.
    func descriptorReady(_ readiness: Readiness)
}

/// Tells an owner when its non-blocking descriptor can be read or written. Belongs to its loop.
public final class DescriptorWatcher {
    private var handle: UnsafeMutablePointer<uv_poll_t>?
    private unowned let owner: any DescriptorOwner

    /// - Parameter descriptor: stays the owner's, who closes it after ``close()``.
    /// - Throws: ``WatchError`` when the kernel cannot watch it.
    public init(descriptor: Int32, on loop: EventLoop, owner: any DescriptorOwner) throws {
        assert(loop.isCurrent)
        self.owner = owner
        let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        let status = uv_poll_init(loop.executor.uv, handle, descriptor)
        guard status == 0 else {
            handle.deallocate()
            throw WatchError(errno: -status)
        }
        self.handle = handle
        handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { close() }

    /// What the owner waits for now. Empty: nothing, and the loop spends no time on it.
    public var interest: Readiness = [] {
        didSet {
            if interest != oldValue { watch() }
        }
    }

    private func watch() {
        guard let handle else { return }
        if interest.isEmpty {
            uv_poll_stop(handle)
            return
        }
        // `Readiness` has libuv's bits: UV_READABLE is 1, UV_WRITABLE is 2.
        uv_poll_start(handle, Int32(interest.rawValue)) { handle, status, events in
            guard let data = handle?.pointee.data else { return }
            let watcher = Unmanaged<DescriptorWatcher>.fromOpaque(data).takeUnretainedValue()
            if status == 0 {
                watcher.owner.descriptorReady(Readiness(rawValue: UInt8(truncatingIfNeeded: events)))
            } else {
                watcher.owner.descriptorReady([.readable, .writable])
                // libuv has ended the watch, but the owner may not have come to the error yet: bytes lie in front of it.
                watcher.watch()
            }
        }
    }

    /// Ends the watch. The descriptor may be closed right afterwards.
    public func close() {
        guard let handle else { return }
        self.handle = nil
        let base = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        handle.pointee.data = nil
        guard uv_is_closing(base) == 0 else { return }
        uv_close(base) { handle in UnsafeMutableRawPointer(handle)?.deallocate() }
    }
}

/// The kernel refused to watch a descriptor.
public struct WatchError: Error, Sendable {
    /// As in `errno.h`.
    public let errno: Int32
}
