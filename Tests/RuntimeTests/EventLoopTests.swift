import Glibc
import Runtime
import Synchronization
import Testing

@Suite struct EventLoopTests {
    @Test func `code isolated to a loop runs on its thread, and comes back after waiting elsewhere`() async {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let places = await group.loops[1].run { loop in EventLoop.current?.index }
        #expect(places == 1)
        let after = await sleepAndTell(group.loops[0])
        #expect(after == [0, 0])
    }

    private func sleepAndTell(_ loop: EventLoop) async -> [Int?] {
        await Task { await hop(loop) }.value
    }

    private func hop(_ loop: isolated EventLoop) async -> [Int?] {
        let before = EventLoop.current?.index
        try? await Task.sleep(for: .milliseconds(2))
        return [before, EventLoop.current?.index]
    }

    @Test @MainActor func `a task of elsewhere stays on the loop that hosts it, whatever it calls, and then goes back`() async {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let places = await group.loops[1].perform {
            let before = EventLoop.current?.index
            let inside = await withTaskCancellationHandler {
                await Task.yield()
                return EventLoop.current?.index
            } onCancel: {
            }
            try? await Task.sleep(for: .milliseconds(2))
            return [before, inside, EventLoop.current?.index]
        }
        #expect(places == [1, 1, 1])
        #expect(EventLoop.current == nil)
        MainActor.assertIsolated()
    }

    @Test func `letters of one thread arrive in order, and none is lost`() async {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let seen = Mutex<[Int]>([])
        for number in 0..<10_000 { group.loops[0].post { seen.withLock { $0.append(number) } } }
        await group.loops[0].run { _ in }
        #expect(seen.withLock { $0 } == Array(0..<10_000))
    }

    @Test func `a task entered from a callback stays on the loop`() async {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        let index = await withCheckedContinuation { continuation in
            loop.post {
                loop.start {
                    await Task.yield()
                    continuation.resume(returning: EventLoop.current?.index)
                }
            }
        }
        #expect(index == 0)
    }

    @Test func `work that makes more work in every tick does not starve timers`() async {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        let turns = await withCheckedContinuation { continuation in
            loop.post { loop.atEndOfTick(Spinner(loop) { continuation.resume(returning: $0) }) }
        }
        #expect(turns > 1)
    }

    /// Asks for the end of the tick again whenever it is told of one, until a timer that it started has fired.
    private final class Spinner: TickParticipant {
        private let loop: EventLoop
        private let report: (Int) -> Void
        private var turns = 0
        private var isOver = false

        init(_ loop: EventLoop, report: @escaping (Int) -> Void) {
            self.loop = loop
            self.report = report
        }

        func tickEnded() {
            turns += 1
            if turns == 1 { loop.schedule(after: .milliseconds(1)) { self.isOver = true } }
            if isOver { report(turns) } else { loop.atEndOfTick(self) }
        }
    }

    @Test func `a cancelled timer does not fire, a repeating one fires until it is cancelled`() async {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        let fired = await withCheckedContinuation { continuation in
            loop.post {
                var fired: [String] = []
                loop.schedule(after: .milliseconds(1)) { fired.append("cancelled") }.cancel()
                var beats: LoopTimer?
                beats = loop.schedule(every: .milliseconds(1)) {
                    fired.append("beat")
                    if fired.count == 3 { beats?.cancel() }
                }
                loop.schedule(after: .milliseconds(60)) { continuation.resume(returning: fired) }
            }
        }
        #expect(fired == ["beat", "beat", "beat"])
    }

    @Test func `who asks for the end of the tick is told once, after the tick's other work`() async {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let loop = group.loops[0]
        let order = await withCheckedContinuation { continuation in
            loop.post {
                let recorder = Recorder(continuation)
                loop.atEndOfTick(recorder)
                loop.start {
                    await recorder.waitUntilWoken()
                    recorder.order.append("job")
                }
                recorder.wake()
                recorder.order.append("letter")
            }
        }
        #expect(order == ["letter", "job", "end of tick"])
    }

    /// Confined to the loop that tells it.
    private final class Recorder: TickParticipant, @unchecked Sendable {
        var order: [String] = []
        private let report: CheckedContinuation<[String], Never>
        init(_ report: CheckedContinuation<[String], Never>) { self.report = report }
        private var waiter: CheckedContinuation<Void, Never>?
        func waitUntilWoken() async { await withCheckedContinuation { waiter = $0 } }
        func wake() { waiter?.resume() }
        func tickEnded() { report.resume(returning: order + ["end of tick"]) }
    }

    @Test func `every loop has a value of its own`() async throws {
        let group = EventLoopGroup(count: 2)
        defer { group.shutdown() }
        let local = try await LoopLocal(group) { loop in loop.index * 10 }
        for loop in group.loops { #expect(await loop.run { _ in local.current } == loop.index * 10) }
    }

    @Test func `a watched pipe tells when it can be read`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let (reading, writing) = (ends[0], ends[1])
        let loop = group.loops[0]
        let byte = await withCheckedContinuation { continuation in
            loop.post {
                let reader = PipeReader(descriptor: reading, loop: loop) { continuation.resume(returning: $0) }
                reader.start()
            }
            var byte: UInt8 = 42
            write(writing, &byte, 1)
        }
        #expect(byte == 42)
    }

    /// Reads one byte, holding itself alive until then.
    private final class PipeReader: DescriptorOwner {
        private let descriptor: Int32
        private let loop: EventLoop
        private let done: (UInt8) -> Void
        private var watcher: DescriptorWatcher?
        private var me: PipeReader?

        init(descriptor: Int32, loop: EventLoop, done: @escaping (UInt8) -> Void) {
            self.descriptor = descriptor
            self.loop = loop
            self.done = done
        }

        func start() {
            me = self
            watcher = try? DescriptorWatcher(descriptor: descriptor, on: loop, owner: self)
            watcher?.interest = .readable
        }

        func descriptorReady(_ readiness: Readiness) {
            var byte: UInt8 = 0
            read(descriptor, &byte, 1)
            watcher?.close()
            done(byte)
            me = nil
        }
    }
}
