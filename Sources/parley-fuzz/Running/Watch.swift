import Glibc

/// Remembers which input is being parsed, so that it is told even when the process is ended by a trap, by a fault or by
/// taking too long.
///
/// What the handlers read is plain memory that is written before each input: a signal handler may not allocate.
enum Watch {
    // `nonisolated(unsafe)`: the process has one thread that parses, and signal handlers that only read.
    nonisolated(unsafe) private static var input = UnsafeRawBufferPointer(start: nil, count: 0)
    nonisolated(unsafe) private static var number: Int = 0
    nonisolated(unsafe) private static var title: UnsafeMutablePointer<CChar>?
    nonisolated(unsafe) private static var numberAtLastTick: Int = -1
    nonisolated(unsafe) private static var ticksOnOneInput: Int = 0

    /// One input may take a second of CPU time before it counts as a hang: ten times what is allowed. Counted in many small ticks,
    /// since a machine that was held up tells of a large step of time in a burst of them.
    private static let ticksPerSecond = 50
    private static let stackSize = 65_536

    /// Installs the handlers.
    ///
    /// - Parameter title: begins the line that tells a crash.
    static func start(title: String) {
        self.title = strdup(title)
        var stack = stack_t(ss_sp: malloc(stackSize), ss_flags: 0, ss_size: stackSize)
        sigaltstack(&stack, nil)  // an overflow of the stack is told on another one
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] { handle(number) { Watch.tell("crash, signal ", $0) } }
        handle(SIGPROF) { _ in Watch.tick() }
        let interval = timeval(tv_sec: 0, tv_usec: 1_000_000 / ticksPerSecond)
        var timer = itimerval(it_interval: interval, it_value: interval)
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    }

    /// - Parameter bytes: valid until the next call.
    static func begin(_ bytes: UnsafeRawBufferPointer, number: Int) {
        input = bytes
        self.number = number
    }

    private static func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_ONSTACK
        sigaction(number, &action, nil)
    }

    private static func tick() {
        ticksOnOneInput = number == numberAtLastTick ? ticksOnOneInput + 1 : 0
        numberAtLastTick = number
        if ticksOnOneInput > ticksPerSecond { tell("hang, signal ", SIGPROF) }
    }

    /// Writes the finding in hexadecimal, and ends the process.
    private static func tell(_ what: StaticString, _ signal: Int32) {
        if let title { write(1, title, strlen(title)) }
        put(", input ")
        put(decimal: number)
        put(": ")
        put(what)
        put(decimal: Int(signal))
        put("\n  ")
        for byte in input {
            put(digit: Int(byte >> 4))
            put(digit: Int(byte & 0xF))
        }
        put("\n")
        _exit(1)
    }

    private static func put(_ text: StaticString) { write(1, text.utf8Start, text.utf8CodeUnitCount) }

    private static func put(decimal value: Int) {
        if value >= 10 { put(decimal: value / 10) }
        put(digit: value % 10)
    }

    private static func put(digit: Int) {
        let digits: StaticString = "0123456789abcdef"
        write(1, digits.utf8Start + digit, 1)
    }
}
